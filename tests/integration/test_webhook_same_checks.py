"""What the webhook refuses, the command line refuses: by the same rules, in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.report import Verdict
from aiverify.webhook.decision import Judged
from tests.support.commands import Completed, call
from tests.support.judging import COMMIT, HUB_MODEL, Court, court, pod, request, serving
from tests.support.registry_stage import hurried
from tests.support.small_registry import Fault, Out
from tests.support.story import Story
from tests.support.torch_files import torch_zip
from tests.support.verifying import sign_with, signed_bundle, unsigned_bundle, write_tree

POLICIES = ["aiverify:licence_allowlist", "aiverify:no_pickled_weights", "aiverify:signer_count"]
CLUSTER = ["aiverify:allowed_namespaces", "aiverify:no_trust_remote_code"]


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@pytest.fixture
def sitting(tmp_path: Path, story: Story) -> Iterator[Court]:
    with court(tmp_path, story) as made:
        yield made


@dataclass(frozen=True)
class Case:
    """Something in a registry, by which profile it is judged, and what that comes to."""

    name: str
    put: Callable[[Court], str]
    verdict: Verdict
    profile: dict[str, Any]


def the_model(sitting: Court) -> str:
    return sitting.put(sitting.story.model_tar)


def the_adapter(sitting: Court) -> str:
    return sitting.put(sitting.story.adapter_tar)


def files(sitting: Court) -> Path:
    """The model's files, which nobody signed."""
    tree = sitting.story.copy(sitting.story.model, sitting.place / "files")
    (tree / "model.sig").unlink()
    return tree


def unsigned(sitting: Court) -> str:
    return sitting.put(unsigned_bundle(files(sitting), sitting.place / "u.tar"))


def by_a_stranger(sitting: Court) -> str:
    key = sitting.story.key("stranger")
    return sitting.put(signed_bundle(files(sitting), sitting.place / "s.tar", by=key))


def with_a_pickle(sitting: Court) -> str:
    files = {"config.json": b"{}", "model.bin": torch_zip()}
    tree = write_tree(sitting.place / "pickled", files)
    key = sitting.story.key("release")
    return sitting.put(signed_bundle(tree, sitting.place / "p.tar", by=key))


def with_no_attestation(sitting: Court) -> str:
    """Signed, and its SBOM and contents taken away."""
    reference = the_model(sitting)
    for digest, value in sitting.liar.referrers().items():
        if "model_signing" not in json.dumps(value.get("annotations", {})):
            sitting.liar.drop(digest)
    return reference


def with_another_file(sitting: Court) -> str:
    """A file is another than was signed, and the signatures are attached to that manifest."""
    liar = sitting.liar
    the_model(sitting)
    before = liar.referrers()
    planted = liar.blob(b"planted")
    digest = liar.change(lambda value: value["layers"][0].update(planted))
    for value in before.values():
        liar.manifest({**value, "subject": liar.described()})
    return f"{liar.registry.host}/{liar.name}@{digest}"


def with_broken_attachments(sitting: Court) -> str:
    reference = the_model(sitting)
    sitting.liar.attach(b"nonsense")
    return reference


def revoked(sitting: Court) -> str:
    reference = the_model(sitting)
    value = json.loads(sitting.profile.read_text())
    value["trust"]["revoked"] = {"digests": [reference.partition("@")[2]]}
    sitting.profile.write_text(json.dumps(value))
    sitting.rise()
    return reference


CASES = (
    Case("the signed model", the_model, Verdict.ALLOW, {}),
    Case("the signed model by policies", the_model, Verdict.ALLOW, {"policies": POLICIES}),
    Case("the signed model by all", the_model, Verdict.ALLOW, {"policies": POLICIES + CLUSTER}),
    Case("the adapter", the_adapter, Verdict.ALLOW, {"policies": POLICIES}),
    Case("nobody signed it", unsigned, Verdict.DENY, {}),
    Case("a stranger signed it", by_a_stranger, Verdict.DENY, {}),
    Case("a pickle, signed", with_a_pickle, Verdict.ALLOW, {}),
    Case("a pickle by policy", with_a_pickle, Verdict.DENY, {"policies": POLICIES}),
    Case("contents that nobody attests", with_no_attestation, Verdict.DENY, {}),
    Case("no SBOM", with_no_attestation, Verdict.DENY, {"require": {"sbom": True}}),
    Case("another file", with_another_file, Verdict.DENY, {}),
    Case("somebody attached nonsense", with_broken_attachments, Verdict.ALLOW, {}),
    Case("it was revoked", revoked, Verdict.DENY, {}),
    Case(
        "its licence is not allowed",
        the_model,
        Verdict.DENY,
        {"policies": POLICIES, "config": {"licences": {"allow": ["MIT"]}}},
    ),
    Case(
        "too few signers",
        the_model,
        Verdict.DENY,
        {
            "trust": {
                "threshold": 2,
                "signers": [
                    {"name": "release", "keys": ["release.pub"]},
                    {"name": "stranger", "keys": ["stranger.pub"]},
                ],
            }
        },
    ),
    Case(
        "an attestation is missing",
        the_model,
        Verdict.DENY,
        {"require": {"attestations": ["provenance"]}},
    ),
)


def verified(sitting: Court, reference: str) -> Completed:
    """`aiverify verify`, as it ends and what it prints."""
    words = f"verify {reference} --plain-http --profile aiverify.yaml --format json".split()
    return call(*words, cwd=sitting.place, env={"XDG_STATE_HOME": str(sitting.place / "state")})


def judged(sitting: Court, reference: str, **metadata: Any) -> Judged:
    """What the judge says of a pod that mounts it."""
    [one] = sitting.decide(request(pod(reference, **metadata))).judged
    return one


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("time", ["first", "again"])
def test_both_say_the_same(case: Case, time: str, sitting: Court):
    sitting.rule(**case.profile)
    reference = case.put(sitting)
    report = json.loads(verified(sitting, reference).out)
    if time == "again":
        judged(sitting, reference, labels={"another": "pod"})
    one = judged(sitting, reference)
    assert one.cached is (time == "again")
    assert one.report
    ours = one.report.to_json()
    assert report["verdict"] == ours["verdict"] == one.verdict == case.verdict
    assert report["steps"] == ours["steps"]
    if case.verdict is Verdict.ALLOW:
        assert report["signatures"] == ours["signatures"]
    assert (report["profile"], report["policies"]) == (ours["profile"], ours["policies"])
    theirs = [item for step in report["steps"] for item in step["findings"]]
    assert theirs == [item.to_json() for item in one.findings]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_pod_like_another_is_told_the_same(case: Case, sitting: Court):
    sitting.rule(**case.profile)
    reference = case.put(sitting)
    first = sitting.decide(request(pod(reference)))
    asked = request(pod(reference, name="other"), name="other", user="somebody else")
    settled = sitting.judge.settled(asked)
    assert settled is not None
    [one], [other] = first.judged, settled.judged
    assert replace(settled, judged=()) == replace(first, judged=())
    assert other == replace(one, report=None, cached=True)
    assert sitting.decide(asked) == settled


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_refused_says_each_reason_with_its_rule_and_its_fix(case: Case, sitting: Court):
    sitting.rule(**case.profile)
    reference = case.put(sitting)
    report = json.loads(verified(sitting, reference).out)
    decision = sitting.decide(request(pod(reference)))
    assert decision.allowed is (case.verdict is Verdict.ALLOW)
    found = [item for step in report["steps"] for item in step["findings"]]
    for item in [item for item in found if item["severity"] == "error"][:10]:
        assert item["message"][:200] in decision.message
        assert f"[{item['rule']}]" in decision.message
        assert item["fix"] in decision.message
    assert ("/spec/volumes/0/image/reference" in decision.message) is not decision.allowed


def test_what_a_tag_leads_to_is_judged_and_named_by_its_digest(sitting: Court):
    reference = the_model(sitting)
    report = json.loads(verified(sitting, sitting.tagged()).out)
    decision = sitting.admits(request(pod(sitting.tagged())))
    [one] = decision.judged
    assert one.digest == reference.partition("@")[2]
    assert decision.annotations["digests"] == f"oci://{sitting.tagged()}={one.digest}"
    assert one.report
    assert one.report.verdict == report["verdict"] == "allow"


def test_what_is_not_there_is_an_error_here_and_a_denial_there(sitting: Court):
    the_model(sitting)
    reference = f"{sitting.tagged()}-not"
    done = verified(sitting, reference)
    assert done.exit_code == 3
    decision = sitting.refuses(request(pod(reference)), "AIV-ADMISSION-UNREADABLE")
    sentence = done.err.splitlines()[0].removeprefix("error: ")
    assert sentence in decision.message
    assert decision.code == 403


def test_what_is_no_artifact_is_an_error_here_and_a_denial_there(sitting: Court):
    sitting.liar.manifest({"schemaVersion": 2, "layers": "none"}, "1")
    done = verified(sitting, sitting.tagged())
    assert done.exit_code == 3
    decision = sitting.refuses(request(pod(sitting.tagged())), "AIV-ADMISSION-UNREADABLE")
    assert decision.judged[0].verdict is Verdict.DENY


def test_a_registry_that_refuses_is_a_denial_for_both(sitting: Court):
    reference = the_model(sitting)
    sitting.liar.registry.faults.append(Fault(".*", times=1000, says=Out(403)))
    done = verified(sitting, reference)
    decision = sitting.decide(request(pod(reference)))
    assert done.exit_code == 10
    assert done.err.splitlines()[0].removeprefix("error: ") in decision.message
    assert decision.judged[0].verdict is Verdict.DENY


def test_a_registry_out_of_order_leaves_both_without_a_verdict(sitting: Court):
    reference = the_model(sitting)
    sitting.liar.registry.faults.append(Fault(".*", times=1000, says=Out(503)))
    done = verified(sitting, reference)
    assert done.exit_code == 11
    decision = sitting.refuses(request(pod(reference)), "AIV-ADMISSION-OUT-OF-REACH")
    assert done.err.splitlines()[0].removeprefix("error: ") in decision.message
    assert (decision.judged[0].verdict, decision.code) == (Verdict.ERROR, 503)


def test_a_summary_stands_for_the_bytes_for_both(sitting: Court):
    """The same summary, believed by digest here and by URI there."""
    uri = f"{HUB_MODEL}@{COMMIT}"
    sitting.rule({"summaries": ["vsas"]})
    (sitting.place / "vsas").mkdir()
    sitting.story.copy(sitting.story.private("second"), sitting.place / "second.key")
    sitting.story.copy(sitting.story.model, sitting.place / "llama")
    words = ["verify", "llama", "--profile", "aiverify.yaml", "--summary", "vsas/llama.json"]
    done = call(*words, "--key", "second.key", "--uri", uri, cwd=sitting.place)
    assert done.exit_code == 0, done
    decision = sitting.admits(request(serving(f"{HUB_MODEL}:{COMMIT}")))
    digest = decision.judged[0].digest
    words = ["verify", digest, "--profile", "aiverify.yaml", "--attestation", "vsas/llama.json"]
    relied = call(*words, "--uri", uri, "--format", "json", cwd=sitting.place)
    report = json.loads(relied.out)
    assert (relied.exit_code, report["verdict"]) == (0, "allow")
    assert decision.judged[0].report
    assert report["steps"] == decision.judged[0].report.to_json()["steps"]


def test_who_signs_makes_no_difference_to_which_of_them_is_asked(sitting: Court, story: Story):
    """A second signature, by somebody who is trusted for nothing here."""
    tar = story.copy(story.model_tar, sitting.place / "twice.tar")
    sign_with(story.key("stranger"), tar)
    reference = sitting.put(tar)
    report = json.loads(verified(sitting, reference).out)
    one = judged(sitting, reference)
    assert one.report
    assert report["steps"] == one.report.to_json()["steps"]
    assert one.verdict is Verdict.ALLOW
