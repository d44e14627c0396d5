"""From what was judged to what is answered: refused or not, and why, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from aiverify.core import rules
from aiverify.core.admission import Exemption, Mode
from aiverify.core.finding import Finding, Severity
from aiverify.core.names import printable
from aiverify.core.report import Verdict
from aiverify.core.words import counted
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.judging.asking import OBJECT, REQUEST
from aiverify.webhook.judging.loading import Loaded
from aiverify.webhook.judging.wanted import shown
from aiverify.webhook.request import AdmissionRequest

FORBIDDEN = 403
UNAVAILABLE = 503
OUR_FAILURE = 500

MOST_REASONS = 10
MOST_WARNINGS = 20
WARNING_LENGTH = 120
"""Characters of a warning that clients show (Kubernetes, admission webhook response)."""

REASON_LENGTH = 400
VALUE_LENGTH = 2000
"""Characters of an annotation: the audit log keeps it with every event."""


def answer(
    request: AdmissionRequest,
    judged: Sequence[Judged],
    loaded: Loaded,
    expired: Sequence[Exemption] = (),
) -> Decision:
    """What is answered where references were judged."""
    by_mode: dict[Mode, list[tuple[Judged, Finding]]] = {mode: [] for mode in Mode}
    informing: list[tuple[Judged, Finding]] = []
    for item in judged:
        by_mode[Mode.ENFORCE] += ((item, finding) for finding in _unexplained(item))
        for finding in item.findings:
            if finding.severity is Severity.ERROR:
                mode = loaded.admission.mode(request.namespace, finding.rule)
                by_mode[mode].append((item, finding))
            elif finding.severity is Severity.WARNING:
                informing.append((item, finding))
    refused = _once(by_mode[Mode.ENFORCE])
    warned = _once(by_mode[Mode.WARN])
    reasons = [_reason(item, finding) for item, finding in refused]
    warnings = [_warning(finding, "would be refused: ") for _, finding in warned]
    warnings += [_warning(finding) for _, finding in _once(informing)]
    warnings += [_cut(f"the exemption that ended {_day(it)} counts no longer") for it in expired]
    annotations = _annotations(judged, by_mode, loaded, expired)
    return Decision(
        allowed=not reasons,
        message=_message(request, reasons) if reasons else "",
        warnings=tuple(dict.fromkeys(warnings))[:MOST_WARNINGS],
        annotations=annotations,
        judged=tuple(judged),
        code=_code([finding for _, finding in refused]),
    )


def _unexplained(item: Judged) -> Iterator[Finding]:
    """What stands in where something was not allowed and nothing says why: it is no allow."""
    explained = any(finding.severity is Severity.ERROR for finding in item.findings)
    if item.verdict is not Verdict.ALLOW and not explained:
        yield rules.admission.FAILED.found("it was not allowed, and nothing says why")


def passed(why: str, loaded: Loaded, **more: str) -> Decision:
    """What is answered where nothing is judged, and why that is."""
    annotations = {"verdict": why, "profile": loaded.profile.digest, **more}
    return Decision(
        True, annotations={key: _cut(v, VALUE_LENGTH) for key, v in annotations.items()}
    )


def exempted(by: Exemption, expired: Sequence[Exemption], found: int, loaded: Loaded) -> Decision:
    """What is answered where the profile makes an exemption."""
    told = f"{printable(by.reason)} (until {_day(by)})"
    more = {"exempted-by": told, "references": str(found)}
    if expired:
        more["exemption-expired"] = "; ".join(printable(item.reason) for item in expired)
    return passed("exempt", loaded, **more)


def failed() -> Decision:
    """What is answered where we failed. What went wrong is none of the client's business."""
    rule = rules.admission.FAILED
    message = f"aiverify failed by itself, and so admits nothing [{rule.id}]. {rule.fix}"
    annotations = {"verdict": Verdict.ERROR.value, "rules": rule.id}
    return Decision(False, message, annotations=annotations, code=OUR_FAILURE)


def _once(found: Iterable[tuple[Judged, Finding]]) -> list[tuple[Judged, Finding]]:
    """Each finding once for each place: one about the request is found with every reference."""
    seen: dict[tuple[str, str, str], tuple[Judged, Finding]] = {}
    for item, finding in found:
        where = _where(item, finding)
        seen.setdefault((finding.rule, where, finding.message), (item, finding))
    return list(seen.values())


def _where(item: Judged, finding: Finding) -> str:
    """The JSON pointer into the object: of what a policy points at, or else of the reference."""
    if finding.place.startswith(f"{OBJECT}/"):
        return finding.place.removeprefix(OBJECT)
    if _is_about_request(finding):
        return f"the request's {finding.place.removeprefix(REQUEST).strip('/') or 'object'}"
    return item.found.where


def _is_about_request(finding: Finding) -> bool:
    return finding.place == REQUEST or finding.place.startswith(f"{REQUEST}/")


def _reason(item: Judged, finding: Finding) -> str:
    """One finding: what, where, its rule, and what to do."""
    where = printable(_where(item, finding))
    about_request = _is_about_request(finding)
    sentence = finding.sentence if about_request else finding.located
    named = about_request or item.found.uri.partition("://")[2] in sentence
    subject = "" if named else f"{shown(item.found)}: "
    at = f" (at {where})" if where else ""
    told = _cut(f"{subject}{sentence}", REASON_LENGTH)
    fix = f"\n  -> {finding.fix}" if finding.fix else ""
    return f"{told}{at} [{finding.rule}]{fix}"


def _message(request: AdmissionRequest, reasons: Sequence[str]) -> str:
    """Every reason on a line of its own, with the fix below it."""
    kind = printable(request.kind.kind)
    more = len(reasons) - MOST_REASONS
    lines = [f"{kind} refused for {counted(len(reasons), 'reason')}:"]
    lines += [f"- {reason}" for reason in reasons[:MOST_REASONS]]
    if more > 0:
        lines.append(f"- and {more} more; see `aiverify webhook review`")
    return "\n".join(lines)


def _warning(finding: Finding, begins: str = "") -> str:
    rule = f" [{finding.rule}]"
    room = max(WARNING_LENGTH - len(rule), 20)
    return _cut(_cut(f"{begins}{finding.sentence}", room) + rule)


def _cut(text: str, length: int = WARNING_LENGTH) -> str:
    plain = printable(text)
    return plain if len(plain) <= length else f"{plain[: length - 3]}..."


def _code(refusing: Sequence[Finding]) -> int:
    """403, or 503 where trying again may help and nothing else is wrong."""
    if not refusing:
        return 200
    undecided = {rules.admission.OUT_OF_REACH.id, rules.policies.UNDECIDED.id}
    return UNAVAILABLE if all(item.rule in undecided for item in refusing) else FORBIDDEN


def _annotations(
    judged: Sequence[Judged],
    by_mode: Mapping[Mode, Sequence[tuple[Judged, Finding]]],
    loaded: Loaded,
    expired: Sequence[Exemption],
) -> dict[str, str]:
    told = {
        "verdict": _verdict(judged).value,
        "references": str(len(judged)),
        "digests": _listed(f"{_named(item)}" for item in judged if item.digest),
        "profile": loaded.profile.digest,
        "policies": loaded.policies_digest,
        "rules": _listed(finding.rule for found in by_mode.values() for _, finding in found),
        "warned": _listed(finding.rule for _, finding in by_mode[Mode.WARN]),
        "audited": _listed(finding.rule for _, finding in by_mode[Mode.AUDIT]),
        "stale": _listed(_named(item) for item in judged if item.stale),
        "undecided": _listed(shown(i.found) for i in judged if i.verdict is Verdict.ERROR),
        "exemption-expired": _listed(printable(item.reason) for item in expired),
    }
    return {key: _cut(value, VALUE_LENGTH) for key, value in told.items() if value}


def _named(item: Judged) -> str:
    """A reference with the digest that was judged."""
    name = shown(item.found)
    return name if not item.digest or item.digest in name else f"{name}={item.digest}"


def _verdict(judged: Sequence[Judged]) -> Verdict:
    """The worst of all: a denial before an error before an allow."""
    verdicts = {item.verdict for item in judged}
    for verdict in (Verdict.DENY, Verdict.ERROR):
        if verdict in verdicts:
            return verdict
    return Verdict.ALLOW


def _listed(items: Iterator[str] | Iterable[str]) -> str:
    return " ".join(dict.fromkeys(items))


def _day(item: Exemption) -> str:
    return f"{item.expires:%Y-%m-%d}"


def with_reason(judged: Judged) -> Judged:
    """The same with its first reason in words."""
    against = [item for item in judged.findings if item.severity is Severity.ERROR]
    if not against:
        return judged
    reason = f"{against[0].sentence} [{against[0].rule}]"
    return replace(judged, reason=_cut(reason, REASON_LENGTH))
