"""Judging files at a terminal or in CI, before a cluster sees what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiverify.core.names import printable
from aiverify.registry.place import Place
from aiverify.render.reviewing import Reference, Reviewed
from aiverify.webhook.decision import Decision
from aiverify.webhook.request import AdmissionRequest, User

SECONDS = 120.0
"""How long one object may take. Nobody waits for it but whoever asked."""

NOTES = {
    "deletion": "a deletion is not judged",
    "unchanged": "it changes nothing but what is said of it, so it is not judged",
}


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Files as bytes, by what they are called, and who would apply them."""

    files: Sequence[tuple[str, bytes]]
    profile: Path
    namespace: str = "default"
    user: User = field(default_factory=User)
    place: Place = field(default_factory=Place)


def review(request: ReviewRequest) -> tuple[Reviewed, ...]:
    """What the webhook would say of each object, in the order of the files.

    Raises:
        InputError: a file, the profile or what it names cannot be read.
        MalformedError: one of them is malformed.
        UndecidedError: Sigstore's keys, or a registry with policies, are out of reach.
    """
    from aiverify.webhook.caching.caches import Caches
    from aiverify.webhook.judging.judge import Judge
    from aiverify.webhook.judging.loading import load
    from aiverify.webhook.judging.manifests import requests_in

    asked = [
        (printable(name), each)
        for name, data in request.files
        for each in requests_in(
            data, printable(name), namespace=request.namespace, user=request.user
        )
    ]
    loaded = load(request.profile, place=request.place)
    try:
        judge = Judge(loaded, Caches(), place=request.place)
        return tuple(
            reviewed(name, each, judge.decide(each, seconds=SECONDS)) for name, each in asked
        )
    finally:
        loaded.close()


def reviewed(source: str, request: AdmissionRequest, decision: Decision) -> Reviewed:
    """A decision as it is shown."""
    from aiverify.webhook.judging.manifests import title_of

    undecided = decision.code in (500, 503)
    verdict = "allow" if decision.allowed else "error" if undecided else "deny"
    return Reviewed(
        source,
        printable(request.kind.kind),
        printable(request.namespace),
        title_of(request),
        verdict,
        decision.code,
        decision.message,
        decision.warnings,
        tuple(_references(decision)),
        _note(decision),
    )


def _references(decision: Decision) -> Iterable[Reference]:
    from aiverify.webhook.judging.asking import OBJECT
    from aiverify.webhook.judging.wanted import shown

    for item in decision.judged:
        where = printable(item.found.where)
        findings = tuple(
            replace(finding, place=finding.place.removeprefix(OBJECT)) for finding in item.findings
        )
        yield Reference(shown(item.found), where, item.verdict.value, item.digest, findings)


def _note(decision: Decision) -> str:
    exempted = decision.annotations.get("exempted-by", "")
    if exempted:
        return f"exempt: {exempted}"
    return NOTES.get(decision.annotations.get("verdict", ""), "")
