"""Step 4: attestations, by the same trust, about this artifact and no other."""

from __future__ import annotations

from dataclasses import replace

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.finding import Finding
from aiverify.core.report import Outcome, Step, StepName
from aiverify.signing import oms
from aiverify.signing.authenticate import Authentic
from aiverify.signing.statement import CYCLONEDX
from aiverify.verify.evidence import Context, Evidence


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Keep the attestations whose subject is the artifact's root digest.

    One that speaks of another artifact is refused: nobody attaches it by mistake. Of
    several SBOMs the one attached last counts, as the most recent word of a trusted signer.
    """
    del context
    assert evidence.manifest
    found = [i for i in evidence.authentic if i.statement.predicate_type != oms.PREDICATE]
    root = evidence.manifest.root
    bound = tuple(item for item in found if _speaks_of(item, root))
    findings = tuple(_misplaced(item) for item in found if item not in bound)
    sboms = [i.statement.predicate for i in bound if i.statement.predicate_type == CYCLONEDX]
    outcome = Outcome.DENY if findings else Outcome.PASS
    detail = f"{len(bound)} attestation{'s' * (len(bound) != 1)}"
    return Step(StepName.ATTESTATIONS, outcome, detail, findings), replace(
        evidence, attestations=bound, sbom=sboms[-1] if sboms else None
    )


def _speaks_of(item: Authentic, root: Digest) -> bool:
    return any(
        subject.digests.get(root.algorithm) == root.hex for subject in item.statement.subjects
    )


def _misplaced(item: Authentic) -> Finding:
    return rules.BAD_ATTESTATION.found(f"the attestation {item.source} speaks of another artifact")
