"""From the words of the command line to trust, and policies alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiverify.core.finding import Severity
from aiverify.core.report import Verdict
from aiverify.errors import InputError, UndecidedError, UsageError
from aiverify.files.progress import Silent
from aiverify.operations.keys import generate_pair
from aiverify.operations.policy import evaluate
from aiverify.operations.verify import VerifyRequest, Whom, context_for, verify_target
from aiverify.signing.keys import read_private, read_public
from aiverify.verify.profile import read_profile
from tests.support.story import Story


def context(story: Story, **given):
    return context_for(VerifyRequest(story.model, **given), Silent())


def keys(*paths: Path) -> Whom:
    return Whom(tuple(map(str, paths)))


def test_every_key_is_a_signer_of_its_own_and_one_is_enough(story: Story):
    trust = context(story, whom=keys(story.public("release"), story.public("second"))).trust
    assert [len(signer.keys) for signer in trust.signers] == [1, 1]
    assert trust.threshold == 1


def test_one_key_named_twice_is_one_signer(story: Story):
    whom = keys(story.public("release"), story.root / "." / "release.pub")
    assert len(context(story, whom=whom).trust.signers) == 1


def test_keys_alone_take_an_unread_file_for_a_remark_and_a_profile_for_a_refusal(story: Story):
    assert context(story, whom=keys(story.public("release"))).unread is Severity.WARNING
    assert context(story, profile=story.profile).unread is Severity.ERROR


@pytest.mark.parametrize("both", [True, False])
def test_trust_comes_from_one_place(story: Story, both: bool):
    given = {"whom": keys(story.public("release")), "profile": story.profile} if both else {}
    with pytest.raises(UsageError):
        context(story, **given)


def test_policies_of_the_command_line_are_added_to_the_profiles(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "own.rego").write_text('package own\n\ndeny contains "no"\n')
    monkeypatch.chdir(tmp_path)
    request = VerifyRequest(story.model_tar, profile=story.profile)
    assert verify_target(request, Silent()).verdict is Verdict.ALLOW
    request = VerifyRequest(story.model_tar, profile=story.profile, policies=("own.rego",))
    report = verify_target(request, Silent())
    assert report.verdict is Verdict.DENY
    assert [item.rule for item in report.findings] == ["own.deny"]


def test_a_report_names_profile_and_policies_by_digest(story: Story):
    report = verify_target(VerifyRequest(story.model_tar, profile=story.profile), Silent())
    assert report.profile.startswith("sha256:")
    folders = {name.partition("/")[0] for name in report.policies}
    assert folders == {"aiverify:lib", *read_profile(story.profile).policies}
    assert all(digest.startswith("sha256:") for digest in report.policies.values())


@pytest.mark.parametrize("password", [b"", b"secret"])
def test_a_pair_is_readable_by_its_owner_and_belongs_together(tmp_path: Path, password: bytes):
    pair = generate_pair(tmp_path / "a.b", "p384", lambda: password)
    assert (pair.private_path.name, pair.public_path.name) == ("a.b.key", "a.b.pub")
    assert pair.private_path.stat().st_mode & 0o777 == 0o600
    private = read_private(pair.private_path, lambda _: password)
    assert private.public == read_public(pair.public_path) == pair.public


def rule(folder: Path, text: str) -> str:
    path = folder / "p.rego"
    path.write_text(f"package p\n\n{text}\n")
    return str(path)


def test_an_artifact_is_judged_as_one_that_nobody_signed(story: Story, tmp_path: Path):
    named = rule(tmp_path, 'deny contains "unsigned" if count(input.signatures) == 0')
    judged = evaluate(story.model, [named])
    assert (judged.verdict, judged.findings[0].message) == (Verdict.DENY, "unsigned")


@pytest.mark.parametrize(
    ("document", "verdict"), [({"ok": True}, Verdict.ALLOW), ({"ok": False}, Verdict.DENY)]
)
def test_a_document_is_judged_as_it_stands(tmp_path: Path, document, verdict: Verdict):
    target = tmp_path / "x.json"
    target.write_text(json.dumps(document))
    judged = evaluate(target, [rule(tmp_path, "verify := input.ok")], query="data.p.verify")
    assert (judged.verdict, judged.value) == (verdict, document["ok"])


def test_a_rule_that_is_undefined_gives_no_verdict(tmp_path: Path):
    target = tmp_path / "x.json"
    target.write_text("{}")
    with pytest.raises(UndecidedError, match="undefined"):
        evaluate(target, [rule(tmp_path, "verify if input.ok")], query="data.p.verify")


def test_rules_see_the_settings_that_are_given(tmp_path: Path):
    target, config = tmp_path / "x.json", tmp_path / "config.json"
    target.write_text("{}")
    config.write_text('{"limit": 3}')
    named = rule(tmp_path, 'deny contains sprintf("%d", [data.config.limit])')
    assert evaluate(target, [named], config=config).findings[0].message == "3"


def test_nothing_is_judged_without_a_policy_or_by_one_that_is_not_there(story: Story):
    with pytest.raises(UsageError, match="no policy"):
        evaluate(story.model, [])
    with pytest.raises(InputError, match="cannot be read"):
        evaluate(story.model, ["nowhere.rego"])
