"""Whether a version is affected (OSV schema, "Evaluation").

What cannot be compared is unknown, and what is unknown is never taken for unaffected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from aiverify.core.names import printable
from aiverify.sbom.advisories.packages import Subject
from aiverify.sbom.advisories.record import Affected, Event, Range
from aiverify.sbom.advisories.schemes import SEMANTIC, SEMVER, Scheme
from aiverify.sbom.vulnerability import Effect

MAX_SHOWN = 100

FIRST = "0"
"""A version before all others, where one is said to be introduced."""

UNLIMITED = "*"

_FIXED_LAST = ("introduced", "last_affected", "fixed")
_FIXED_FIRST = ("fixed", "introduced", "last_affected")
"""The order of events at one version. Where the two disagree, the record contradicts itself."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a vulnerability does to a version, and why nobody knows where nobody does."""

    effect: Effect
    reason: str = ""


AFFECTED = Verdict(Effect.AFFECTED)
UNAFFECTED = Verdict(Effect.UNAFFECTED)


def judge(subject: Subject, entries: Sequence[Affected]) -> Verdict:
    """What the entries of a record that name a component's package say of its version."""
    stated = [entry for entry in entries if entry.package.is_of(subject.release)]
    if subject.release or not any(entry.package.suffix for entry in entries):
        return worst(_of_entry(subject, entry) for entry in stated)
    verdicts = [_of_entry(subject, entry) for entry in entries]
    found = worst(verdicts)
    if found.effect is Effect.AFFECTED and any(verdict != AFFECTED for verdict in verdicts):
        release = f"the release of {subject.ecosystem} that it belongs to is not known"
        return Verdict(Effect.UNKNOWN, release)
    return found


def worst(verdicts: Iterator[Verdict] | Sequence[Verdict]) -> Verdict:
    """Affected if any is, and otherwise unknown if any is."""
    found = UNAFFECTED
    for verdict in verdicts:
        if verdict.effect is Effect.AFFECTED:
            return verdict
        if found.effect is Effect.UNAFFECTED:
            found = verdict
    return found


def fixes(subject: Subject, entries: Sequence[Affected]) -> tuple[str, ...]:
    """The versions, in their order, that repair it and come after the component's own."""
    scheme = subject.scheme
    mine = scheme.parse(subject.version) if scheme else None
    found = dict.fromkeys(
        event.version
        for entry in entries
        if not subject.release or entry.package.is_of(subject.release)
        for item in entry.ranges
        if item.kind in ("SEMVER", "ECOSYSTEM")
        for event in item.events
        if event.kind == "fixed"
    )
    if not scheme:
        return tuple(found)
    places = {version: scheme.parse(version) for version in found}
    later = [
        version
        for version, place in places.items()
        if place is not None and (mine is None or mine < place)
    ]
    later.sort(key=lambda version: places[version])
    return (*later, *(version for version, place in places.items() if place is None))


def _of_entry(subject: Subject, entry: Affected) -> Verdict:
    if not subject.version:
        return _unknown("its version is not known")
    if _is_listed(subject, entry):
        return AFFECTED
    if entry.fault:
        return _unknown(entry.fault)
    if not entry.versions and not entry.ranges:
        return _unknown("the record states no versions")
    return worst([_of_list(subject, entry), *_of_ranges(subject, entry)])


def _is_listed(subject: Subject, entry: Affected) -> bool:
    if subject.version in entry.versions:
        return True
    scheme = subject.scheme
    mine = scheme.parse(subject.version) if scheme else None
    if not scheme or mine is None:
        return False
    return any(
        _compared(scheme.beside(mine, place), place) == 0
        for place in map(scheme.parse, entry.versions)
        if place is not None
    )


def _of_list(subject: Subject, entry: Affected) -> Verdict:
    """What it means not to be listed: nothing where the same version can be written otherwise."""
    if entry.versions and (reason := _unread(subject)):
        return _unknown(reason)
    return UNAFFECTED


def _unread(subject: Subject) -> str:
    """Why a component's version cannot be compared, or empty."""
    if not subject.scheme:
        return f"versions of {subject.ecosystem} cannot be compared here"
    if subject.scheme.parse(subject.version) is None:
        return f"{_shown(subject.version)} is no version by the rules of {subject.scheme.name}"
    return ""


def _of_ranges(subject: Subject, entry: Affected) -> Iterator[Verdict]:
    # Commits are another way to say what a list or a range of versions says beside them.
    is_told = bool(entry.versions) or any(item.kind != "GIT" for item in entry.ranges)
    for item in entry.ranges:
        if item.kind != "GIT":
            yield _of_range(subject, item)
        elif not is_told:
            yield _unknown("the record states commits, and no versions")


def _of_range(subject: Subject, item: Range) -> Verdict:
    if item.kind not in ("SEMVER", "ECOSYSTEM"):
        return _unknown(f"a range is of the type {_shown(item.kind)}")
    if item.fault:
        return _unknown(item.fault)
    scheme = subject.scheme
    if item.kind == "SEMVER" and scheme not in SEMANTIC:
        scheme = SEMVER
    if not scheme:
        return _unknown(_unread(subject))
    mine = scheme.parse(subject.version)
    for text in [subject.version, *(event.version for event in item.events if _is_bound(event))]:
        if scheme.parse(text) is None:
            return _unknown(f"{_shown(text)} is no version by the rules of {scheme.name}")
    return _within(scheme, mine, item.events)


def _is_bound(event: Event) -> bool:
    """Whether an event's version has to be compared."""
    special = {"introduced": FIRST, "limit": UNLIMITED}
    return event.version != special.get(event.kind)


def _within(scheme: Scheme, mine: Any, events: Sequence[Event]) -> Verdict:
    """IncludedInRanges and BeforeLimits of the specification."""
    limits = [event for event in events if event.kind == "limit"]
    if limits and not any(
        event.version == UNLIMITED or _sign(scheme, mine, event) < 0 for event in limits
    ):
        return UNAFFECTED
    changes = [event for event in events if event.kind != "limit"]
    one, other = (_walk(scheme, mine, changes, order) for order in (_FIXED_LAST, _FIXED_FIRST))
    if one != other:
        return _unknown("the record says that one version both introduces and repairs it")
    return AFFECTED if one else UNAFFECTED


def _walk(scheme: Scheme, mine: Any, events: Sequence[Event], order: Sequence[str]) -> bool:
    def compare(one: Event, other: Event) -> int:
        first, second = not _is_bound(one), not _is_bound(other)
        if first or second:
            by_version = int(second) - int(first)
        else:
            by_version = _compared(scheme.parse(one.version), scheme.parse(other.version))
        return by_version or order.index(one.kind) - order.index(other.kind)

    is_affected = False
    for event in sorted(events, key=cmp_to_key(compare)):
        sign = _sign(scheme, mine, event)
        if event.kind == "introduced" and sign >= 0:
            is_affected = True
        elif (event.kind == "fixed" and sign >= 0) or (event.kind == "last_affected" and sign > 0):
            is_affected = False
    return is_affected


def _sign(scheme: Scheme, mine: Any, event: Event) -> int:
    """Where the component's version stands beside an event: -1 before, 0 at, 1 after it."""
    if not _is_bound(event):
        return 1
    bound = scheme.parse(event.version)
    return _compared(scheme.beside(mine, bound), bound)


def _compared(one: Any, other: Any) -> int:
    return -1 if one < other else int(other < one)


def _unknown(reason: str) -> Verdict:
    return Verdict(Effect.UNKNOWN, reason)


def _shown(text: str) -> str:
    return f"'{printable(text[:MAX_SHOWN])}'"
