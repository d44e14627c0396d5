"""Step 7: Rego over what was verified. No answer is an error, and never an allow."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from aiverify.core import moments
from aiverify.core.finding import Severity
from aiverify.core.report import Outcome, StepName, Verdict
from aiverify.core.terms import Terms
from aiverify.core.waiver import Waiver
from aiverify.errors import MalformedError
from aiverify.policy.weighing import Scale
from aiverify.verify.judgement import policy_document
from tests.support import artifacts
from tests.support.commands import PROJECT
from tests.support.rego import engine
from tests.support.verifying import (
    ALICE,
    NOW,
    context,
    found,
    sbom_in,
    signed_bundle,
    signed_tree,
    step_of,
    up_to,
    verified,
)

UNDECIDED = "AIV-POLICY-UNDECIDED"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return signed_tree(tmp_path / "tiny")


def judged(target: Path, *rules: str):
    """The step's result for policies of package `p`."""
    return up_to(StepName.POLICY, target, context(engine=engine(*rules), policies={"p.rego": ""}))


def test_without_a_policy_the_step_is_skipped(tree: Path):
    step, _ = up_to(StepName.POLICY, tree)
    assert (step.outcome, step.detail) == (Outcome.SKIPPED, "no policy")


@pytest.mark.parametrize(
    ("rule", "outcome", "findings"),
    [
        ('deny contains "no" if input.artifact.kind == "adapter"', Outcome.PASS, []),
        ('deny contains "no"', Outcome.DENY, [("p.deny", Severity.ERROR, "")]),
        ('violation contains {"msg": "m"}', Outcome.DENY, [("p.violation", Severity.ERROR, "")]),
        ('warn contains "hm"', Outcome.PASS, [("p.warn", Severity.WARNING, "")]),
        (
            'deny contains {"code": "c", "msg": "m", "path": "/x", "fix": "f"}',
            Outcome.DENY,
            [("p.c", Severity.ERROR, "")],
        ),
    ],
)
def test_the_sets_of_a_policy_decide(tree: Path, rule: str, outcome: Outcome, findings):
    step, _ = judged(tree, rule)
    assert (step.outcome, found(step)) == (outcome, findings)


@pytest.mark.parametrize(
    "rule",
    [
        "deny contains 1",
        'deny contains {"code": "no message"}',
        'deny contains "x" if to_number("y") > 0',
        'deny contains "x" if 1 / 0 > 0',
    ],
)
def test_a_policy_without_an_answer_is_an_error_and_never_an_allow(tree: Path, rule: str):
    report = verified(tree, engine=engine(rule), policies={"p.rego": ""})
    assert (report.verdict, report.exit_code) == (Verdict.ERROR, 11)
    assert found(report) == [(UNDECIDED, Severity.ERROR, "")]
    assert step_of(report, StepName.POLICY).outcome is Outcome.ERROR


def test_policies_that_can_refuse_nothing_are_refused(tree: Path):
    with pytest.raises(MalformedError, match="define no deny, violation or warn"):
        judged(tree, "allow := true")


def test_a_policy_sees_who_signed_and_what_was_found_so_far(tree: Path):
    (tree / ".gitattributes").write_bytes(b"")
    rule = """
    deny contains sprintf("%s %s", [signature.signer, finding.rule]) if {
        some signature in input.signatures
        some finding in input.findings
    }"""
    step, _ = judged(tree, rule)
    assert [item.message for item in step.findings] == ["alice AIV-INTEGRITY-UNSIGNED"]


EXCEPTED = Waiver("p.*", "**", "because", moments.of_nanoseconds(NOW) + timedelta(days=1))
DENY = 'deny contains {"code": "c", "msg": "m"}'


def test_what_an_exception_covers_is_a_note_and_does_not_deny(tree: Path):
    report = verified(tree, engine=engine(DENY), policies={"p.rego": ""}, waivers=(EXCEPTED,))
    assert report.verdict is Verdict.ALLOW
    assert found(report) == [("p.c", Severity.NOTE, "")]
    assert report.until == EXCEPTED.until


def test_an_exception_for_a_policy_is_used_or_remarked_on_even_without_a_policy(tree: Path):
    report = verified(tree, waivers=(EXCEPTED,))
    assert found(report) == [("AIV-EXCEPTION-UNUSED", Severity.NOTE, "")]
    assert step_of(report, StepName.POLICY).outcome is Outcome.SKIPPED


def test_no_exception_makes_an_answer_of_none(tree: Path):
    report = verified(
        tree, engine=engine("deny contains 1"), policies={"p.rego": ""}, waivers=(EXCEPTED,)
    )
    assert report.verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("days", "verdict", "rules"),
    [
        (-400, Verdict.ALLOW, ["p.c", "AIV-POLICY-AS-OF"]),
        (0, Verdict.ALLOW, ["p.c", "AIV-POLICY-AS-OF"]),
        (2, Verdict.DENY, ["p.c", "AIV-EXCEPTION-EXPIRED", "AIV-POLICY-AS-OF"]),
    ],
)
def test_a_look_ahead_ends_exceptions(tree: Path, days: int, verdict: Verdict, rules: list[str]):
    at = moments.of_nanoseconds(NOW) + timedelta(days=days)
    report = verified(
        tree,
        engine=engine(DENY),
        policies={"p.rego": ""},
        waivers=(EXCEPTED,),
        scale=Scale(Terms(at=at)),
    )
    assert report.verdict is verdict
    assert [rule for rule, _, _ in found(report)] == rules


def test_a_look_back_renews_no_exception(tree: Path):
    over = replace(EXCEPTED, until=moments.of_nanoseconds(NOW))
    at = moments.of_nanoseconds(NOW) - timedelta(days=400)
    report = verified(
        tree,
        engine=engine(DENY),
        policies={"p.rego": ""},
        waivers=(over,),
        scale=Scale(Terms(at=at)),
    )
    assert report.verdict is Verdict.DENY
    assert "AIV-EXCEPTION-EXPIRED" in {rule for rule, _, _ in found(report)}


def test_policies_see_the_time_that_is_asked_about_and_the_report_says_so(tree: Path):
    at = moments.of_nanoseconds(NOW) + timedelta(days=400)
    rule = 'deny contains sprintf("%d", [input.now_ns])'
    given = context(
        engine=engine(rule), policies={"p.rego": ""}, scale=Scale(Terms(at=at, fail_on_warn=True))
    )
    step, _ = up_to(StepName.POLICY, tree, given)
    assert step.findings[0].message == str(NOW + 400 * 86_400 * 10**9)
    assert step.findings[-1].rule == "AIV-POLICY-AS-OF"
    assert step.detail == "judged by 1 policy file, as of 2024-12-18T22:13:20Z, warnings deny"


def test_what_denies_later_tells_until_when_the_verdict_holds(tree: Path):
    later = 'deny contains {"code": "c", "msg": "m", "effective_on": "2024-01-01"}'
    report = verified(tree, engine=engine(later), policies={"p.rego": ""})
    assert (report.verdict, found(report)) == (
        Verdict.ALLOW,
        [("p.c", Severity.WARNING, "")],
    )
    assert report.to_json()["until"] == "2024-01-01T00:00:00Z"


@pytest.mark.parametrize("form", ["directory", "bundle"])
def test_the_document_is_what_its_schema_says(tmp_path: Path, form: str):
    tree = artifacts.write_tree(tmp_path / "tiny")
    path = signed_bundle(tree, tmp_path / "tiny.tar")
    if form == "directory":
        path = signed_tree(tmp_path / "signed")
    _, evidence = up_to(StepName.SBOM, path)
    document = policy_document(evidence, NOW)
    schema = json.loads((PROJECT / "docs" / "schemas" / "input.v1.json").read_bytes())
    jsonschema.validate(document, schema)
    assert document["now_ns"] == NOW
    assert document["sbom"] == (sbom_in(path) if form == "bundle" else None)
    assert [item["key"] for item in document["signatures"]] == [ALICE.public.fingerprint]
