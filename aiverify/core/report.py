"""The report: all findings, the evidence for them, and the verdict they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiverify.core.artifact import Artifact
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable

API_VERSION = "aiverify.dev/report/v1"


class Verdict(StrEnum):
    """What the evidence comes to. Never a bare boolean."""

    ALLOW = "allow"
    DENY = "deny"
    ERROR = "error"

    @property
    def exit_code(self) -> int:
        """0 allowed, 10 denied, 11 could not be decided."""
        return {"allow": 0, "deny": 10, "error": 11}[self.value]


class Outcome(StrEnum):
    """How one step of the pipeline ended."""

    PASS = "pass"  # noqa: S105
    DENY = "deny"
    ERROR = "error"
    SKIPPED = "skipped"


class StepName(StrEnum):
    """The steps of the pipeline, in their order."""

    RESOLVE = "resolve"
    INTEGRITY = "integrity"
    SIGNATURES = "signatures"
    ATTESTATIONS = "attestations"
    CONTENTS = "contents"
    SBOM = "sbom"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Step:
    """One step's outcome, what it did in a phrase, and what it found."""

    name: StepName
    outcome: Outcome
    detail: str = ""
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The form that the report carries."""
        return {
            "name": self.name.value,
            "outcome": self.outcome.value,
            "detail": self.detail,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class SignatureEvidence:
    """One signature or attestation, and the signer that it counted for (empty: none)."""

    source: str
    predicate_type: str
    signer: str = ""
    key: str = ""
    """SHA-256 over the DER SubjectPublicKeyInfo of the key that made it, `sha256:<hex>`."""

    def to_json(self) -> dict[str, Json]:
        """The form that the report carries."""
        return {
            "source": self.source,
            "predicate_type": self.predicate_type,
            "signer": self.signer,
            "key": self.key,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What verification came to.

    `policies` and `profile` are digests, `sha256:<hex>`; `base` says how an adapter fits the
    base model that was named.
    """

    target: str
    artifact: Artifact | None
    steps: tuple[Step, ...]
    verdict: Verdict
    evidence: tuple[SignatureEvidence, ...] = ()
    files: tuple[FileFacts, ...] = ()
    base: Mapping[str, Json] | None = None
    profile: str = ""
    policies: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of the steps."""
        return tuple(finding for step in self.steps for finding in step.findings)

    @property
    def exit_code(self) -> int:
        """The process's exit code for this report."""
        return self.verdict.exit_code

    def to_json(self) -> dict[str, Json]:
        """The report as `aiverify.dev/report/v1`; `docs/schemas/report.v1.json` describes it."""
        return {
            "apiVersion": API_VERSION,
            "target": printable(self.target),
            "verdict": self.verdict.value,
            "artifact": self.artifact.to_json() if self.artifact else None,
            "base": self.base,
            "steps": [step.to_json() for step in self.steps],
            "signatures": [item.to_json() for item in self.evidence],
            "profile": self.profile,
            "policies": dict(self.policies),
        }
