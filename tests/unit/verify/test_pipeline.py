"""The pipeline as a whole: what runs after what, and what the steps come to."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from aiverify.core.finding import Severity
from aiverify.core.report import Outcome, Step, StepName, Verdict
from aiverify.verify.evidence import Request
from aiverify.verify.pipeline import STEPS, verdict
from tests.support.rego import engine
from tests.support.story import Story
from tests.support.verifying import context, step_of, trusting, unsigned_bundle, verified

PROVEN = (StepName.RESOLVE, StepName.INTEGRITY, StepName.SIGNATURES)


@pytest.fixture
def release(story: Story):
    return trusting({"release": [story.key("release")]})


def outcomes() -> list[tuple[Outcome, ...]]:
    return list(product(Outcome, repeat=len(StepName)))


def test_the_steps_run_in_the_order_of_their_names():
    assert [name for name, _ in STEPS] == list(StepName)


def test_allow_takes_a_pass_of_the_proof_and_no_refusal_anywhere():
    for combination in outcomes():
        by_name = dict(zip(StepName, combination, strict=True))
        steps = [Step(name, outcome) for name, outcome in by_name.items()]
        expected = Verdict.ALLOW
        if any(by_name[name] is not Outcome.PASS for name in PROVEN):
            expected = Verdict.DENY
        if Outcome.DENY in combination:
            expected = Verdict.DENY
        if Outcome.ERROR in combination:
            expected = Verdict.ERROR
        assert verdict(steps) is expected, by_name


@pytest.mark.parametrize("count", range(len(PROVEN)))
def test_a_report_that_lacks_a_step_of_the_proof_is_no_allow(count: int):
    assert verdict([Step(name, Outcome.PASS) for name in PROVEN[:count]]) is Verdict.DENY


@pytest.mark.parametrize(
    ("verdict", "code"), [(Verdict.ALLOW, 0), (Verdict.DENY, 10), (Verdict.ERROR, 11)]
)
def test_a_verdict_is_one_exit_code(verdict: Verdict, code: int):
    assert verdict.exit_code == code


@pytest.mark.parametrize("form", ["model", "model_layout", "model_tar", "unpacked"])
def test_one_signature_verifies_every_form_of_an_artifact(story: Story, release, form: str):
    signature = story.model / "model.sig"
    report = verified(getattr(story, form), signature, trust=release)
    assert report.verdict is Verdict.ALLOW
    assert report.artifact is not None
    assert len(report.artifact.manifest.entries) == 10


def test_every_form_has_one_and_the_same_digest(story: Story, release):
    forms = (story.model, story.model_layout, story.model_tar, story.unpacked)
    digests = {verified(path, trust=release).artifact.manifest.root for path in forms}
    assert len(digests) == 1


@pytest.mark.parametrize("form", ["directory", "layout", "tar"])
def test_a_bundle_of_a_signed_directory_verifies_without_being_signed_again(
    story: Story, release, tmp_path: Path, form: str
):
    if form == "directory":
        path = story.copy(story.model, tmp_path / "llama")
    else:
        path = unsigned_bundle(story.model, tmp_path / ("llama.tar" if form == "tar" else "llama"))
    assert verified(path, trust=release).verdict is Verdict.ALLOW


HOSTILE = {
    "flipped_byte": StepName.INTEGRITY,
    "planted_file": StepName.INTEGRITY,
    "with_pickle": StepName.INTEGRITY,
    "foreign_adapter": StepName.INTEGRITY,
}


@pytest.mark.parametrize("twin", HOSTILE)
def test_a_hostile_twin_is_denied_and_no_later_step_runs(story: Story, release, twin: str):
    rules = engine('deny contains "reached"')
    signature = story.model / "model.sig"
    path = getattr(story.specimens, twin)
    report = verified(path, signature, trust=release, engine=rules)
    assert report.verdict is Verdict.DENY
    assert step_of(report, HOSTILE[twin]).outcome is Outcome.DENY
    later = report.steps[[step.name for step in report.steps].index(HOSTILE[twin]) + 1 :]
    assert {(step.outcome, step.detail) for step in later} == {(Outcome.SKIPPED, "not reached")}


def test_a_report_always_has_every_step(story: Story, release):
    for path in (story.model, story.adapter, story.specimens.with_pickle):
        assert [step.name for step in verified(path, trust=release).steps] == list(StepName)


def test_the_report_names_the_signatures_that_counted_and_those_that_did_not(story: Story, release):
    strange = trusting({"stranger": [story.key("stranger")]})
    counted = verified(story.model_tar, trust=release).evidence
    refused = verified(story.model_tar, trust=strange).evidence
    fingerprint = story.key("release").public.fingerprint
    assert [(item.signer, item.key) for item in counted] == [("release", fingerprint)] * 4
    assert [(item.signer, item.key) for item in refused] == [("", "")] * 4


def test_progress_is_told_of_every_byte_once(story: Story, release):
    class Count:
        total = seen = 0

        def begin(self, label: str, total: int) -> None:
            self.total += total

        def advance(self, count: int) -> None:
            self.seen += count

    progress = Count()
    report = verified(story.model, trust=release, progress=progress)
    assert progress.total == progress.seen == report.artifact.manifest.size


def test_findings_of_all_steps_stand_in_the_report_in_their_order(story: Story, release, tmp_path):
    path = story.copy(story.model, tmp_path / "llama")
    (path / ".gitattributes").write_bytes(b"")
    rules = engine('warn contains "last"')
    report = verified(path, trust=release, engine=rules)
    assert [item.rule for item in report.findings] == ["AIV-INTEGRITY-UNSIGNED", "p.warn"]
    assert report.verdict is Verdict.ALLOW


def test_the_context_decides_and_the_request_does_not(story: Story):
    strict = context(trust=trusting({"release": [story.key("release")]}), unread=Severity.ERROR)
    assert not hasattr(Request(story.model), "trust")
    assert strict.trust.signers[0].name == "release"
