"""Step 4: attestations, by the same trust, about this artifact and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding, Severity, denies
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Step, StepName
from aiverify.core.words import counted
from aiverify.errors import InputError, MalformedError
from aiverify.signing import predicates
from aiverify.signing.authenticate import Authentic
from aiverify.signing.statement import Statement
from aiverify.verify import believed
from aiverify.verify.evidence import Context, Evidence
from aiverify.verify.location import InRegistry
from aiverify.verify.required import Required
from aiverify.verify.signatures import distinct, quorums_for
from aiverify.verify.target import Form


def check(evidence: Evidence, context: Context) -> tuple[Step, Evidence]:
    """Keep the attestations that speak of this artifact and have not expired.

    One that speaks of another artifact is refused: nobody attaches it by mistake. An SBOM
    is believed when those attest the very same one who must have signed the artifact, and as
    many of them. Two that are both believed are refused: their order in a bundle is signed by
    nobody.
    """
    found = [item for item in evidence.authentic if not item.lists_files]
    bound = [item for item in found if _speaks_of(item, evidence.digests)]
    # Anybody may attach something to what is in a registry.
    elsewhere = evidence.target and isinstance(evidence.target.location, InRegistry)
    weight = Severity.WARNING if elsewhere else Severity.ERROR
    findings = [_misplaced(item, weight) for item in found if item not in bound]
    expired = {item.source: reason for item in bound if (reason := _expired(item, context))}
    findings += [_outdated(item, expired) for item in bound if item.source in expired]
    bound = [item for item in bound if item.source not in expired]
    quorums = quorums_for(evidence, context)
    sboms = believed.sboms(bound, quorums)
    inside: tuple[FileFacts, ...] = ()
    if evidence.target and evidence.target.form is Form.REGISTRY:
        try:
            inside = believed.contents(bound, quorums, evidence)
        except InputError as error:
            findings.append(rules.signatures.BAD_ATTESTATION.found(error.message))
    if len(sboms) > 1:
        message = f"{len(sboms)} different SBOMs are attested for this artifact"
        findings.append(rules.signatures.BAD_ATTESTATION.found(message))
    findings += _missing(bound, context)
    outcome = Outcome.DENY if denies(tuple(findings)) else Outcome.PASS
    detail = counted(len(bound), "attestation")
    return Step(StepName.ATTESTATIONS, outcome, detail, tuple(findings)), replace(
        evidence,
        attestations=tuple(bound),
        sbom=sboms[0] if len(sboms) == 1 else None,
        recorded=inside,
    )


def _speaks_of(item: Authentic, digests: Iterable[Digest]) -> bool:
    known = {(digest.algorithm, digest.hex) for digest in digests}
    return isinstance(item.says, Statement) and any(
        not known.isdisjoint(subject.digests.items()) for subject in item.says.subjects
    )


def _misplaced(item: Authentic, weight: Severity) -> Finding:
    message = f"the attestation {item.source} speaks of another artifact"
    return rules.signatures.BAD_ATTESTATION.found(message, severity=weight)


def _expired(item: Authentic, context: Context) -> str:
    """Why an attestation no longer counts, or does not count yet; or nothing."""
    now = context.ground.now
    try:
        end = predicates.expiry(item.predicate)
        begin = predicates.stated_time(item.predicate_type, item.predicate)
    except MalformedError as error:
        return error.message
    if end and now >= end:
        return f"it expired on {end:%Y-%m-%d %H:%M} UTC"
    if begin and begin > now + predicates.SKEW:
        return f"it is of {begin:%Y-%m-%d %H:%M} UTC, which is yet to come"
    return ""


def _outdated(item: Authentic, expired: Mapping[str, str]) -> Finding:
    name = printable(predicates.shown(item.predicate_type))
    message = f"the {name} {item.source} does not count: {expired[item.source]}"
    return rules.signatures.OLD_ATTESTATION.found(message)


def _missing(bound: Sequence[Authentic], context: Context) -> Iterator[Finding]:
    """A finding for each attestation that is required and not there, as new as it must be."""
    for required in context.required:
        named = [i for i in bound if i.predicate_type == required.predicate_type]
        eligible = [i for i in named if not required.signers or i.signer in required.signers]
        fresh = [i for i in eligible if _is_fresh(i, required, context.ground.now)]
        signers = len(distinct(fresh, {item.signer for item in fresh}))
        if signers >= required.threshold:
            continue
        name = printable(predicates.shown(required.predicate_type))
        yield rules.signatures.NO_ATTESTATION.found(
            f"{name}: {_short_of(required, len(named), len(eligible), signers)}",
            severity=Severity.ERROR,
        )


def _short_of(required: Required, named: int, eligible: int, signers: int) -> str:
    if not named:
        return "nobody trusted attests one"
    if not eligible:
        return (
            f"none of {counted(named, 'attestation')} is by {', '.join(sorted(required.signers))}"
        )
    if not signers:
        assert required.max_age
        days = required.max_age / timedelta(days=1)
        return f"none of {counted(eligible, 'attestation')} is known to be under {days:g} days old"
    return f"{signers} of {required.threshold} distinct signers attest one"


def _is_fresh(item: Authentic, required: Required, now: datetime) -> bool:
    """By the oldest time that is known of it. Without one that bounds its age, it is not.

    That is the time that it states, or else from when its signer's certificate counts. A witness
    only says that it is no younger: whoever has an old signature can have it stamped anew.
    """
    if required.max_age is None:
        return True
    stated = predicates.stated_time(item.predicate_type, item.predicate)
    begin = stated or item.since
    return begin is not None and now - min((begin, *item.times)) <= required.max_age
