"""The report: all findings, the evidence for them, and the verdict they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiverify.core.artifact import Artifact
from aiverify.core.digest import Digest
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.moments import rfc3339
from aiverify.core.names import printable
from aiverify.core.terms import Terms

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
    """One signature or attestation, and the signer that it counted for (empty: none).

    `key` is the fingerprint of the key that made it, `certificate` that of the signer's
    certificate, each `sha256:<hex>` over the DER; `name` is who the certificate is for and
    `issuer` who vouches for that name. `logged` says whether a trusted log has it, `time` is
    when a trusted witness first saw it, in RFC 3339; empty where none did.
    """

    source: str
    predicate_type: str
    signer: str = ""
    key: str = ""
    certificate: str = ""
    name: str = ""
    issuer: str = ""
    logged: bool = False
    time: str = ""

    def to_json(self) -> dict[str, Json]:
        """The form that the report carries."""
        return {
            "source": self.source,
            "predicate_type": self.predicate_type,
            "signer": self.signer,
            "key": self.key,
            "certificate": self.certificate,
            "name": self.name,
            "issuer": self.issuer,
            "logged": self.logged,
            "time": self.time,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What verification came to.

    `policies`, `profile` and `trust` are digests, `sha256:<hex>`, the last one over everything
    that trust says; `digests` are what the artifact may be called by; `base` says how an adapter
    fits the base model that was named; `only` are the paths that were verified, empty for all.
    `terms` are those on which policies judged; `until` is when the first thing begins to deny
    that did not, by the days that policies and exceptions state.
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
    only: tuple[str, ...] = ()
    trust: str = ""
    digests: frozenset[Digest] = frozenset()
    terms: Terms = field(default_factory=Terms)
    until: datetime | None = None

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
            "only": list(self.only),
            "base": self.base,
            "steps": [step.to_json() for step in self.steps],
            "signatures": [item.to_json() for item in self.evidence],
            "profile": self.profile,
            "trust": self.trust,
            "policies": dict(self.policies),
            "terms": self.terms.to_json(),
            "until": rfc3339(self.until) if self.until else "",
        }
