"""The two halves of the pipeline: what is found of an artifact once, and what policies say then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.report import Outcome, Report, StepName, Verdict
from aiverify.policy.results import PolicyResult
from aiverify.verify.evidence import Request
from aiverify.verify.pipeline import conclude, gather, verify
from tests.support.artifacts import write_tree
from tests.support.torch_files import with_pickle
from tests.support.verifying import MALLORY, context, signed_tree, trusting


class Saying:
    """An engine that denies, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def evaluate(self, document: Json) -> tuple[PolicyResult, ...]:
        self.asked.append(document)
        return (PolicyResult("own", "deny", "no", "", "no"),)

    def query(self, query: str, document: Json) -> Json:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


DANGEROUS = {"config.json": b"{}", "model.bin": with_pickle(b"cos\nsystem\n(S'id'\ntR.")}


def outcomes(report: Report) -> dict[StepName, Outcome]:
    return {step.name: step.outcome for step in report.steps}


def forgiving(rules: Sequence[str]) -> Any:
    def forgives(finding: Finding) -> bool:
        return any(finding.rule.startswith(rule) for rule in rules)

    return forgives


def test_gathered_and_concluded_is_what_verify_says(tmp_path: Path):
    given = Request(signed_tree(tmp_path / "a"))
    for using in (context(), context(engine=Saying()), context(trust=trusting({"m": [MALLORY]}))):
        assert conclude(gather(given, using), using) == verify(given, using)


def test_what_is_gathered_can_be_judged_as_often_as_one_likes(tmp_path: Path):
    engine = Saying()
    using = context(engine=engine)
    gathered = gather(Request(signed_tree(tmp_path / "a")), using)
    for namespace in ("one", "two"):
        conclude(gathered, using, asked={"namespace": namespace})
    assert [document["request"]["namespace"] for document in engine.asked] == ["one", "two"]
    assert gathered.evidence.asked is None


def test_what_is_settled_is_judged_alike(tmp_path: Path):
    using = context(engine=Saying())
    gathered = gather(Request(signed_tree(tmp_path / "a")), using)
    settled = replace(gathered, evidence=gathered.evidence.settled)
    assert conclude(settled, using).to_json() == conclude(gathered, using).to_json()
    assert settled.evidence.target is settled.evidence.tree is settled.evidence.manifest is None


@pytest.mark.parametrize("beyond", [False, True])
def test_going_beyond_a_refusal_changes_no_verdict_and_no_step_of_it(beyond: bool, tmp_path: Path):
    engine = Saying()
    using = context(engine=engine)
    given = Request(signed_tree(tmp_path / "a", DANGEROUS))
    report = conclude(gather(given, using, beyond=beyond), using)
    assert report.verdict is Verdict.DENY
    assert [step.to_json() for step in report.steps] == [
        step.to_json() for step in verify(given, using).steps
    ]
    assert engine.asked == []


def test_what_is_forgiven_keeps_no_policy_from_being_asked_and_is_denied_all_the_same(
    tmp_path: Path,
):
    using = context(engine=Saying())
    gathered = gather(Request(signed_tree(tmp_path / "a", DANGEROUS)), using, beyond=True)
    rules = {finding.rule for finding in gathered.evidence.findings}
    report = conclude(gathered, using, forgives=forgiving(sorted(rules)))
    assert outcomes(report)[StepName.CONTENTS] is Outcome.DENY
    assert outcomes(report)[StepName.POLICY] is Outcome.DENY
    assert report.verdict is Verdict.DENY
    other = conclude(gathered, using, forgives=forgiving(["own."]))
    assert outcomes(other)[StepName.POLICY] is Outcome.SKIPPED


def test_nothing_is_looked_into_that_nobody_vouches_for(tmp_path: Path):
    using = context(engine=Saying())
    given = Request(write_tree(tmp_path / "a", DANGEROUS))
    gathered = gather(given, using, beyond=True)
    report = conclude(gathered, using, forgives=lambda _: True)
    assert outcomes(report)[StepName.CONTENTS] is Outcome.SKIPPED
    assert outcomes(report)[StepName.POLICY] is Outcome.SKIPPED
    assert report.verdict is Verdict.DENY
