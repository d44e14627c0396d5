"""The report: a verdict, its exit code, and a JSON form that says all of it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import pytest

from aiverify.core.artifact import Artifact, Kind
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import canonical, load_object
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.report import (
    API_VERSION,
    Outcome,
    Report,
    SignatureEvidence,
    Step,
    StepName,
    Verdict,
)
from aiverify.core.terms import Terms

CONTENT = Digest.of(b"weights")
ARTIFACT = Artifact(
    Kind.MODEL, "tiny", "1.0", Manifest.of([Entry("model.safetensors", CONTENT, 7)])
)


def finding(rule: str) -> Finding:
    return Finding(rule, Severity.ERROR, "m")


def report(*steps: Step, verdict: Verdict = Verdict.DENY) -> Report:
    return Report("./tiny", ARTIFACT, steps, verdict)


@pytest.mark.parametrize(
    ("verdict", "code"), [(Verdict.ALLOW, 0), (Verdict.DENY, 10), (Verdict.ERROR, 11)]
)
def test_a_verdict_has_one_exit_code(verdict: Verdict, code: int) -> None:
    assert verdict.exit_code == code
    assert report(verdict=verdict).exit_code == code


def test_only_allow_ends_in_success() -> None:
    assert [verdict for verdict in Verdict if verdict.exit_code == 0] == [Verdict.ALLOW]


def test_the_steps_stand_in_the_order_of_the_pipeline() -> None:
    assert [step.value for step in StepName] == [
        "resolve",
        "integrity",
        "signatures",
        "attestations",
        "contents",
        "sbom",
        "policy",
    ]


def test_findings_come_in_the_order_of_the_steps() -> None:
    first = Step(StepName.INTEGRITY, Outcome.DENY, "", (finding("z"), finding("a")))
    last = Step(StepName.CONTENTS, Outcome.DENY, "", (finding("b"),))
    assert [found.rule for found in report(first, last).findings] == ["z", "a", "b"]


def test_the_json_form_says_everything() -> None:
    made = Report(
        target="./tiny",
        artifact=ARTIFACT,
        steps=(Step(StepName.INTEGRITY, Outcome.DENY, "1 file", (finding("r"),)),),
        verdict=Verdict.DENY,
        evidence=(
            SignatureEvidence(
                "model.sig",
                "type",
                "anna",
                "sha256:0",
                certificate="sha256:3",
                name="anna@example.com",
                issuer="https://login.example.com",
                logged=True,
                time="2025-01-31T12:00:00Z",
            ),
        ),
        profile="sha256:1",
        policies={"aiverify:licence": "sha256:2"},
        terms=Terms((), ("a.b",)),
        until=datetime(2027, 1, 1, tzinfo=UTC),
        base={"fits": True},
        only=("model.safetensors",),
        trust="sha256:4",
    )
    assert made.to_json() == {
        "apiVersion": API_VERSION,
        "target": "./tiny",
        "verdict": "deny",
        "artifact": {
            "kind": "model",
            "name": "tiny",
            "version": "1.0",
            "digest": str(Digest.of(CONTENT.raw)),
            "size": 7,
            "files": [{"name": "model.safetensors", "digest": str(CONTENT), "size": 7}],
        },
        "only": ["model.safetensors"],
        "base": {"fits": True},
        "steps": [
            {
                "name": "integrity",
                "outcome": "deny",
                "detail": "1 file",
                "findings": [finding("r").to_json()],
            }
        ],
        "signatures": [
            {
                "source": "model.sig",
                "predicate_type": "type",
                "signer": "anna",
                "key": "sha256:0",
                "certificate": "sha256:3",
                "name": "anna@example.com",
                "issuer": "https://login.example.com",
                "logged": True,
                "time": "2025-01-31T12:00:00Z",
            }
        ],
        "profile": "sha256:1",
        "trust": "sha256:4",
        "policies": {"aiverify:licence": "sha256:2"},
        "terms": {"include": [], "exclude": ["a.b"], "fail_on_warn": False, "at": ""},
        "until": "2027-01-01T00:00:00Z",
    }


def test_a_report_without_an_artifact_says_so() -> None:
    assert Report("x", None, (), Verdict.ERROR).to_json()["artifact"] is None


def test_the_json_form_holds_plain_values_only() -> None:
    said = report(Step(StepName.POLICY, Outcome.SKIPPED)).to_json()
    assert load_object(canonical(said), "it") == said
    assert not [value for value in flat(said) if isinstance(value, StrEnum)]


def flat(value: object) -> list[object]:
    """Every key and value below a JSON value."""
    if isinstance(value, dict):
        return [part for pair in value.items() for item in pair for part in flat(item)]
    if isinstance(value, list):
        return [part for item in value for part in flat(item)]
    return [value]
