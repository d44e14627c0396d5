"""Step 7: Rego over the policy document."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.finding import denies
from aiverify.core.jsonvalue import Json
from aiverify.core.moments import nanoseconds, of_nanoseconds
from aiverify.core.report import Outcome, SignatureEvidence, Step, StepName
from aiverify.core.waiver import waive
from aiverify.core.words import counted
from aiverify.errors import UndecidedError
from aiverify.policy.document import document
from aiverify.sbom.reading import base_digest
from aiverify.signing.authenticate import Authentic
from aiverify.signing.predicates import CONTENTS, CYCLONEDX
from aiverify.signing.witnesses import earliest
from aiverify.verify.evidence import Context, Evidence


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Judge by the policies, if there are any. No answer is an error, never an allow."""
    assert evidence.artifact
    scale = context.scale
    waivers = [waiver for waiver in context.waivers if not waiver.is_of_contents]
    if context.engine is None:
        unused = waive((), waivers, evidence.artifact, context.waived_at).remarks
        return Step(StepName.POLICY, Outcome.SKIPPED, "no policy", unused), evidence
    seen_ns = nanoseconds(scale.terms.at) if scale.terms.at else context.now_ns
    try:
        results = context.engine.evaluate(policy_document(evidence, seen_ns))
    except UndecidedError as error:
        undecided = rules.policies.UNDECIDED.found(error.message)
        return Step(StepName.POLICY, Outcome.ERROR, "no answer", (undecided,)), evidence
    found = scale.found(results, of_nanoseconds(context.now_ns))
    waived = waive(found, waivers, evidence.artifact, context.waived_at)
    outcome = Outcome.DENY if denies(waived.findings) else Outcome.PASS
    detail = f"judged by {counted(len(context.policies), 'policy file')}"
    if scale.terms:
        detail = f"{detail}, {scale.terms}"
    findings = (*waived.findings, *waived.remarks, *scale.remarks)
    return Step(StepName.POLICY, outcome, detail, findings), evidence.holding(waived.until)


def policy_document(evidence: Evidence, now_ns: int) -> dict[str, Json]:
    """What Rego sees of the evidence, as `aiverify.dev/input/v1`."""
    assert evidence.artifact
    return document(
        evidence.artifact,
        evidence.files or (),
        description=evidence.description,
        adapter=_adapter(evidence),
        sbom=evidence.sbom,
        signatures=[signature_evidence(item) for item in evidence.counted],
        attestations=[_attestation(item) for item in evidence.attestations],
        findings=evidence.findings,
        now_ns=now_ns,
        request=evidence.asked,
    )


def signature_evidence(item: Authentic) -> SignatureEvidence:
    """What a report says of an authentic signature."""
    seen = earliest(item.times)
    return SignatureEvidence(
        item.source,
        item.predicate_type,
        item.signer,
        item.key.fingerprint,
        item.certificate,
        item.name,
        item.issuer,
        item.logged,
        seen.strftime("%Y-%m-%dT%H:%M:%SZ") if seen else "",
    )


def _attestation(item: Authentic) -> dict[str, Json]:
    """An attestation with what it says: SBOM and contents have places of their own already."""
    shown = None if item.predicate_type in (CYCLONEDX, CONTENTS) else item.predicate
    return {**signature_evidence(item).to_json(), "predicate": shown}


def _adapter(evidence: Evidence) -> dict[str, Json] | None:
    """The base that an adapter names: by its own settings, and by digest in its attested SBOM."""
    if evidence.description.adapter is None:
        return None
    bases = evidence.description.base_models
    digest = base_digest(evidence.sbom) if evidence.sbom else ""
    return {
        "base": {
            "name": bases[0].value.name if bases else "",
            "revision": bases[0].value.revision if bases else "",
            "digest": digest,
        },
        "fit": evidence.base.to_json() if evidence.base else None,
    }
