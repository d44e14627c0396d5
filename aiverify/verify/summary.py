"""Relying on a signed summary of an earlier verdict, instead of the bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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


def rely_on_uri(uri: str, sources: Sequence[SignatureSource], context: Context) -> Report:
    """The report on an artifact that is known by its URI alone, with its revision.

    It is allowed if the newest summary that counts says of exactly this URI that what is there
    passed this very profile with this trust and these policies. A later denial takes an earlier
    pass back.

    Raises:
        UndecidedError: Sigstore's keys are needed and out of reach.
    """
    reasons: list[str] = []
    counted: list[tuple[datetime, Authentic]] = []
    for source in sources:
        try:
            counted.append(_counting(uri, source, context))
        except (DeniedError, MalformedError) as error:
            reasons.append(f"the summary {source.source} does not count: {error.message}")
    if not counted:
        none = [f"no signed summary speaks of {printable(uri)}"]
        return _denied(uri, rules.signatures.NO_SUMMARY, reasons or none, sources, context)
    latest = max(made for made, _ in counted)
    return _by_the_newest(uri, [found for made, found in counted if made == latest], context)


def _counting(uri: str, source: SignatureSource, context: Context) -> tuple[datetime, Authentic]:
    """A summary that counts, whatever it says, and when that was."""
    found, statement = _authentic(source, context)
    if statement.predicate.get("resourceUri") != uri:
        raise DeniedError(f"it is not about {printable(uri)}")
    assert context.summaries
    _check_times(found, statement.predicate, context.summaries, context.ground.now)
    _check_policy(statement.predicate, context)
    made = predicates.stated_time(SUMMARY, statement.predicate)
    assert made
    return made, found


def _by_the_newest(uri: str, newest: Sequence[Authentic], context: Context) -> Report:
    """By those of the same moment, each of which has to be a pass."""
    shown = [signature_evidence(item) for item in newest]
    for item in newest:
        assert isinstance(item.says, Statement)
        if item.says.predicate.get("verificationResult") != "PASSED":
            reason = f"the newest summary, {item.source}, says that {printable(uri)} was denied"
            return _refused(uri, rules.signatures.NO_SUMMARY, [reason], shown, context)
    digests = [_subject(item) for item in newest]
    if None in digests:
        reason = "the summary names no SHA-256 digest of what was verified"
        return _refused(uri, rules.signatures.NO_SUMMARY, [reason], shown, context)
    gone = sorted(_named(newest) & context.trust.revoked.digests)
    if gone:
        reason = f"the artifact {gone[0]} was revoked"
        return _refused(uri, rules.integrity.REVOKED, [reason], shown, context)
    digest = digests[0]
    assert digest
    return _allowed(digest, newest[0], context, uri)


def _subject(item: Authentic) -> Digest | None:
    assert isinstance(item.says, Statement)
    value = item.says.subjects[0].digests.get("sha256", "")
    try:
        return Digest("sha256", value)
    except MalformedError:
        return None


def _named(items: Sequence[Authentic]) -> set[str]:
    says = [item.says for item in items if isinstance(item.says, Statement)]
    subjects = [subject for each in says for subject in each.subjects]
    return {f"{key}:{value}" for subject in subjects for key, value in subject.digests.items()}


def _authentic(source: SignatureSource, context: Context) -> tuple[Authentic, Statement]:
    """A summary by somebody whose summaries are trusted; whether it counts is another matter."""
    trusted = context.summaries
    if trusted is None:
        raise DeniedError("the profile trusts nobody's summaries")
    found = authenticate(source.file, trusted.trust, source.source, context.ground)
    if not isinstance(found, Authentic):
        raise DeniedError(found.reason)
    if not isinstance(found.says, Statement) or found.predicate_type != SUMMARY:
        raise DeniedError("it is not a verification summary")
    return found, found.says


def uri_in(source: SignatureSource, context: Context) -> str:
    """What a summary speaks of, if it is authentic. Whether it counts, `rely_on_uri` says.

    Raises:
        DeniedError: it is no summary by anybody who is trusted for them, or names nothing.
        MalformedError: it cannot be read.
        UndecidedError: Sigstore's keys are needed and out of reach.
    """
    _, statement = _authentic(source, context)
    uri = statement.predicate.get("resourceUri")
    if not isinstance(uri, str) or not uri:
        raise DeniedError("it names no URI")
    return uri


def _summary(source: SignatureSource, digest: Digest, context: Context, uri: str) -> Authentic:
    found, statement = _authentic(source, context)
    if not any(s.digests.get(digest.algorithm) == digest.hex for s in statement.subjects):
        raise DeniedError("it speaks of another artifact")
    assert context.summaries
    _check_times(found, statement.predicate, context.summaries, context.ground.now)
    _check_policy(statement.predicate, context)
    if uri and statement.predicate.get("resourceUri") != uri:
        raise DeniedError(f"it is not about {printable(uri)}")
    if statement.predicate.get("verificationResult") != "PASSED":
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


def _allowed(digest: Digest, found: Authentic, context: Context, uri: str = "") -> Report:
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
    evidence = (signature_evidence(found),)
    report = _report(uri or str(digest), steps, Verdict.ALLOW, evidence, context, digest)
    return replace(report, until=_end(found, context)) if uri else report


def _end(found: Authentic, context: Context) -> datetime | None:
    """When a summary counts no longer, that counts now."""
    assert isinstance(found.says, Statement)
    assert context.summaries
    made = predicates.stated_time(SUMMARY, found.says.predicate)
    age = context.summaries.max_age
    ends = [predicates.expiry(found.says.predicate)]
    if made and age:
        ends.append(min((made, *found.times)) + age)
    return min((end for end in ends if end), default=None)


def _denied(
    target: Digest | str,
    rule: Rule,
    reasons: Sequence[str],
    sources: Sequence[SignatureSource],
    context: Context,
) -> Report:
    refused = [SignatureEvidence(item.source, "") for item in sources]
    return _refused(target, rule, reasons, refused, context)


def _refused(
    target: Digest | str,
    rule: Rule,
    reasons: Sequence[str],
    evidence: Sequence[SignatureEvidence],
    context: Context,
) -> Report:
    findings = tuple(rule.found(reason) for reason in reasons)
    shown = str(target)
    detail = f"{printable(shown)}, no summary that counts"
    steps = tuple(
        Step(StepName.RESOLVE, Outcome.DENY, detail, findings)
        if name is StepName.RESOLVE
        else Step(name, Outcome.SKIPPED, "not reached")
        for name in StepName
    )
    digest = target if isinstance(target, Digest) else None
    return _report(shown, steps, Verdict.DENY, tuple(evidence), context, digest)


def _report(
    target: str,
    steps: tuple[Step, ...],
    verdict: Verdict,
    evidence: tuple[SignatureEvidence, ...],
    context: Context,
    digest: Digest | None = None,
) -> Report:
    return Report(
        target,
        None,
        steps,
        verdict,
        evidence,
        profile=context.profile,
        policies=context.policies,
        trust=context.trust_digest,
        digests=frozenset({digest}) if digest else frozenset(),
    )
