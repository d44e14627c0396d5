"""Relying on a signed summary of an earlier verdict, instead of the bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiverify.core import rules
from aiverify.core.digest import Digest
from aiverify.core.finding import Rule
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Report, SignatureEvidence, Step, StepName, Verdict
from aiverify.errors import DeniedError, MalformedError
from aiverify.signing import predicates
from aiverify.signing.authenticate import Authentic, authenticate
from aiverify.signing.predicates import SUMMARY
from aiverify.signing.statement import Statement
from aiverify.verify.evidence import Context
from aiverify.verify.judgement import signature_evidence
from aiverify.verify.required import SummaryTrust
from aiverify.verify.target import SignatureSource


def rely(
    digest: Digest, sources: Sequence[SignatureSource], context: Context, *, uri: str = ""
) -> Report:
    """The report on an artifact that is known by its digest alone.

    It is allowed if a trusted verifier says, in a summary that has not expired, that these very
    bytes passed this very profile with this trust and these policies. `uri` is what the summary
    must be about by name too, or empty.

    Raises:
        UndecidedError: Sigstore's keys are needed and out of reach.
    """
    if str(digest) in context.trust.revoked.digests:
        return _denied(
            digest,
            rules.integrity.REVOKED,
            [f"the artifact {digest} was revoked"],
            sources,
            context,
        )
    reasons: list[str] = []
    for source in sources:
        try:
            found = _summary(source, digest, context, uri)
        except (DeniedError, MalformedError) as error:
            reasons.append(f"the summary {source.source} does not count: {error.message}")
        else:
            return _allowed(digest, found, context)
    none = [f"no summary speaks of {digest}"]
    return _denied(digest, rules.signatures.NO_SUMMARY, reasons or none, sources, context)


def _summary(source: SignatureSource, digest: Digest, context: Context, uri: str) -> Authentic:
    trusted = context.summaries
    if trusted is None:
        raise DeniedError("the profile trusts nobody's summaries")
    found = authenticate(source.file, trusted.trust, source.source, context.ground)
    if not isinstance(found, Authentic):
        raise DeniedError(found.reason)
    if not isinstance(found.says, Statement) or found.predicate_type != SUMMARY:
        raise DeniedError("it is not a verification summary")
    if not any(s.digests.get(digest.algorithm) == digest.hex for s in found.says.subjects):
        raise DeniedError("it speaks of another artifact")
    _check_times(found, found.says.predicate, trusted, context.ground.now)
    _check_policy(found.says.predicate, context)
    if uri and found.says.predicate.get("resourceUri") != uri:
        raise DeniedError(f"it is not about {printable(uri)}")
    if found.says.predicate.get("verificationResult") != "PASSED":
        raise DeniedError("it says that the artifact was denied")
    return found


def _check_times(
    found: Authentic, predicate: Mapping[str, Json], trusted: SummaryTrust, now: datetime
) -> None:
    end = predicates.expiry(predicate)
    if end is None:
        raise DeniedError("it does not say until when it counts")
    if now >= end:
        raise DeniedError(f"it expired on {end:%Y-%m-%d %H:%M} UTC")
    made = predicates.stated_time(SUMMARY, predicate)
    if made is None or made > now + predicates.SKEW:
        raise DeniedError("it does not say when the artifact was verified, or says a time to come")
    # A witness may have seen it later, when it was stamped anew, and that makes it no younger.
    made = min((made, *found.times))
    if trusted.max_age is not None and now - made > trusted.max_age:
        raise DeniedError(f"it is of {made:%Y-%m-%d %H:%M} UTC, older than the profile allows")


def _check_policy(predicate: Mapping[str, Json], context: Context) -> None:
    """The verdict must be by what would judge now: profile, trust and policies, to the byte."""
    policy = predicate.get("policy")
    said = policy if isinstance(policy, Mapping) else {}
    notes = said.get("annotations")
    annotations = notes if isinstance(notes, Mapping) else {}
    algorithm, _, value = context.profile.partition(":")
    digests = said.get("digest")
    if not isinstance(digests, Mapping) or digests.get(algorithm) != value:
        raise DeniedError("its verdict was by another profile")
    if annotations.get("trust") != context.trust_digest:
        raise DeniedError("its verdict was by other trusted keys")
    if annotations.get("policies") != sorted(context.policies.values()):
        raise DeniedError("its verdict was by other policies")


def _allowed(digest: Digest, found: Authentic, context: Context) -> Report:
    assert isinstance(found.says, Statement)
    made = predicates.stated_time(SUMMARY, found.says.predicate)
    when = f" of {made:%Y-%m-%d %H:%M} UTC" if made else ""
    told = f"by the summary of {found.signer}{when}"
    proven = {StepName.RESOLVE: f"{digest}, 1 summary"}
    steps = tuple(
        Step(name, Outcome.PASS, proven.get(name, told))
        if name in (StepName.RESOLVE, StepName.INTEGRITY, StepName.SIGNATURES)
        else Step(name, Outcome.SKIPPED, told)
        for name in StepName
    )
    return _report(digest, steps, Verdict.ALLOW, (signature_evidence(found),), context)


def _denied(
    digest: Digest,
    rule: Rule,
    reasons: Sequence[str],
    sources: Sequence[SignatureSource],
    context: Context,
) -> Report:
    findings = tuple(rule.found(reason) for reason in reasons)
    steps = tuple(
        Step(StepName.RESOLVE, Outcome.DENY, f"{digest}, no summary that counts", findings)
        if name is StepName.RESOLVE
        else Step(name, Outcome.SKIPPED, "not reached")
        for name in StepName
    )
    refused = tuple(SignatureEvidence(item.source, "") for item in sources)
    return _report(digest, steps, Verdict.DENY, refused, context)


def _report(
    digest: Digest,
    steps: tuple[Step, ...],
    verdict: Verdict,
    evidence: tuple[SignatureEvidence, ...],
    context: Context,
) -> Report:
    return Report(
        str(digest),
        None,
        steps,
        verdict,
        evidence,
        profile=context.profile,
        policies=context.policies,
        trust=context.trust_digest,
        digests=frozenset({digest}),
    )
