"""Step 6: the SBOM is about the bytes that were verified, and says what they say."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.report import Outcome, Step, StepName
from aiverify.verify.evidence import Context, Evidence


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Compare the attested SBOM with the manifest and the facts."""
    assert evidence.artifact
    if evidence.sbom is None:
        findings = _absent(evidence, context)
        outcome = Outcome.DENY if denies(findings) else Outcome.SKIPPED
        return Step(StepName.SBOM, outcome, "no attested SBOM", findings), evidence
    from aiverify.sbom.agreement import disagreements

    findings = disagreements(
        evidence.sbom, evidence.artifact, evidence.description, part_of=_whole(evidence)
    )
    outcome = Outcome.DENY if denies(findings) else Outcome.PASS
    return Step(StepName.SBOM, outcome, "attested", findings), evidence


def _whole(evidence: Evidence) -> frozenset[Digest]:
    """The root digests of the whole, where the request is about a part; else none.

    A bundle's own manifest may say one more: the attestation that was believed names it.
    """
    if not evidence.request.only:
        return frozenset()
    bundle = evidence.target.bundle if evidence.target else None
    return evidence.digests | ({bundle.promised().root} if bundle else frozenset())


def _absent(evidence: Evidence, context: Context) -> tuple[Finding, ...]:
    assert evidence.target
    lies_there = bool(evidence.target.sboms())
    if not lies_there and not context.require_sbom:
        return ()
    what = "carries an SBOM that nobody attested" if lies_there else "has no attested SBOM"
    severity = Severity.ERROR if context.require_sbom else Severity.WARNING
    return (rules.sboms.UNATTESTED.found(f"{evidence.target.shown} {what}", severity=severity),)
