"""Known vulnerabilities of two documents: which are new or gone, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aiverify.sbom.difference.change import Change, Matters, Topic, Way
from aiverify.sbom.difference.document import Document
from aiverify.sbom.difference.item import Item
from aiverify.sbom.difference.saying import COMPONENT, shown, way_of
from aiverify.sbom.reading import Located, items, member, text

MAX_AFFECTED = 3
"""Components that a sentence lists."""

HARMLESS = frozenset({"not_affected", "false_positive", "resolved", "resolved_with_pedigree"})
"""States of an analysis (CycloneDX, `impactAnalysisState`) in which nothing is left to do."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What all records of one vulnerability say together."""

    affected: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    details: set[str] = field(default_factory=set)
    ratings: set[str] = field(default_factory=set)


def vulnerability_changes(old: Document, new: Document) -> Iterator[Change]:
    """Every change in the vulnerabilities, by their names."""
    before, after = _read(old), _read(new)
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            yield _presence(name, one, other)
        else:
            yield from _changes(name, one, other)


def _read(document: Document) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    named = document.named
    for record in items(document.place, "vulnerabilities"):
        known = found.setdefault(text(record, "id") or "without an id", _Known())
        known.affected.update(filter(None, _affected(record, named)))
        analysis = member(record, "analysis")
        known.states.update(filter(None, [_state(analysis)]))
        known.details.update(filter(None, [text(analysis, "detail")]))
        known.ratings.update(filter(None, map(_rating, items(record, "ratings"))))
    return found


def _affected(record: Located, named: Mapping[str, Item]) -> Iterator[str]:
    """The components that a record names, each with what it says of the version if it does.

    By name and not by version: that a component has another version is told elsewhere.
    """
    for item in items(record, "affects"):
        ref = text(item, "ref")
        name = named[ref].name if ref in named else ref
        said = sorted({text(version, "status") for version in items(item, "versions")} - {""})
        other = [status for status in said if status != "affected"]
        yield f"{name} ({', '.join(said)})" if other else name


def _state(analysis: Located) -> str:
    """What somebody made of it: the state, why, and what they will do."""
    state, why = text(analysis, "state"), text(analysis, "justification")
    answers = (item.value for item in items(analysis, "response"))
    said = [why, *sorted(item for item in answers if isinstance(item, str))]
    more = ", ".join(filter(None, said))
    return f"{state or 'no state'} ({more})" if more else state


def _rating(rating: Located) -> str:
    parts = (text(rating, "severity"), text(rating, "method"), text(rating, "vector"))
    return " ".join(filter(None, parts))


def _presence(name: str, old: _Known | None, new: _Known | None) -> Change:
    known = new or old or _Known()
    of = _of(known)
    if new:
        sentence, way = f"The vulnerability {shown(name)}{of} is new.", Way.ADDED
    else:
        sentence, way = f"The vulnerability {shown(name)}{of} is gone.", Way.REMOVED
    harmless = bool(known.states) and all(_word(state) in HARMLESS for state in known.states)
    matters = Matters.SECURITY if new and not harmless else Matters.NOTABLE
    said = "; ".join(sorted(known.affected)) or name
    before, after = ("", said) if new else (said, "")
    return Change(Topic.VULNERABILITIES, way, name, COMPONENT, before, after, matters, sentence)


def _changes(name: str, old: _Known, new: _Known) -> Iterator[Change]:
    for what, before, after, matters in (
        ("affected components", old.affected, new.affected, Matters.SECURITY),
        ("analysis", old.states, new.states, Matters.SECURITY),
        ("analysis detail", old.details, new.details, Matters.NOTABLE),
        ("severity", old.ratings, new.ratings, Matters.NOTABLE),
    ):
        if before != after:
            yield _field(name, what, before, after, matters)


def _field(name: str, what: str, old: set[str], new: set[str], matters: Matters) -> Change:
    before, after = "; ".join(sorted(old)), "; ".join(sorted(new))
    of = f"The {what} of {shown(name)}"
    if before and after:
        sentence = f"{of} changed from {shown(before)} to {shown(after)}."
    elif after:
        sentence = f"{of}: now {shown(after)}; before, none was given."
    else:
        sentence = f"{of}: was {shown(before)}, and is no longer given."
    way = way_of(before, after)
    return Change(Topic.VULNERABILITIES, way, name, what, before, after, matters, sentence)


def _of(known: _Known) -> str:
    names = sorted(known.affected)
    if not names:
        return ""
    more = f" and {len(names) - MAX_AFFECTED} more" if len(names) > MAX_AFFECTED else ""
    return f" of {', '.join(map(shown, names[:MAX_AFFECTED]))}{more}"


def _word(state: str) -> str:
    return state.partition(" ")[0]
