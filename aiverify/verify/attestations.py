"""Step 4: attestations, by the same trust, about this artifact and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json, canonical
from aiverify.core.report import Outcome, Step, StepName
from aiverify.signing import oms
from aiverify.signing.authenticate import Authentic
from aiverify.signing.statement import CYCLONEDX
from aiverify.verify.evidence import Context, Evidence


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Keep the attestations whose subject is the artifact's root digest.

    One that speaks of another artifact is refused: nobody attaches it by mistake. An SBOM
    is believed when as many distinct signers attest the very same one as trust demands, and
    two that are both believed are refused: their order in a bundle is signed by nobody.
    """
    assert evidence.manifest
    found = [i for i in evidence.authentic if i.statement.predicate_type != oms.PREDICATE]
    root = evidence.manifest.root
    bound = tuple(item for item in found if _speaks_of(item, root))
    findings = [_misplaced(item) for item in found if not _speaks_of(item, root)]
    sboms = _believed(bound, context.trust.threshold)
    if len(sboms) > 1:
        message = f"{len(sboms)} different SBOMs are attested for this artifact"
        findings.append(rules.signatures.BAD_ATTESTATION.found(message))
    outcome = Outcome.DENY if findings else Outcome.PASS
    detail = f"{len(bound)} attestation{'s' * (len(bound) != 1)}"
    return Step(StepName.ATTESTATIONS, outcome, detail, tuple(findings)), replace(
        evidence, attestations=bound, sbom=sboms[0] if len(sboms) == 1 else None
    )


def _believed(bound: Sequence[Authentic], threshold: int) -> list[Mapping[str, Json]]:
    """The SBOMs that enough distinct signers attest."""
    signers: dict[bytes, set[str]] = {}
    documents: dict[bytes, Mapping[str, Json]] = {}
    for item in bound:
        if item.statement.predicate_type == CYCLONEDX:
            form = canonical(item.statement.predicate)
            documents[form] = item.statement.predicate
            signers.setdefault(form, set()).add(item.signer)
    return [documents[form] for form, names in signers.items() if len(names) >= threshold]


def _speaks_of(item: Authentic, root: Digest) -> bool:
    return any(
        subject.digests.get(root.algorithm) == root.hex for subject in item.statement.subjects
    )


def _misplaced(item: Authentic) -> Finding:
    return rules.signatures.BAD_ATTESTATION.found(
        f"the attestation {item.source} speaks of another artifact"
    )
