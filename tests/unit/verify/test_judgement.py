"""Step 7: Rego over what was verified. No answer is an error, and never an allow."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from aiverify.core.finding import Severity
from aiverify.core.report import Outcome, StepName, Verdict
from aiverify.errors import MalformedError
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
