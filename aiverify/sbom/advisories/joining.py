"""Records that are names of one thing, made one vulnerability."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiverify.sbom.advisories.details import details_of
from aiverify.sbom.advisories.record import Record
from aiverify.sbom.vulnerability import Affects, Effect, Vulnerability

DATABASE = "OSV"

PUBLISHED = frozenset({"CVE", "GHSA", "PYSEC", "GO", "RUSTSEC", "MAL", "OSV", "DSA", "DLA"}) | {
    "DEBIAN",
    "UBUNTU",
    "USN",
    "ALPINE",
    "PSF",
    "RSEC",
    "HSEC",
    "EEF",
}
"""Prefixes of ids that osv.dev has a page for."""

PAGE = "https://osv.dev/vulnerability/"

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")


@dataclass(frozen=True, slots=True)
class Hit:
    """A record, and the components that it does something to."""

    record: Record
    affects: tuple[Affects, ...]


def joined(hits: Sequence[Hit]) -> tuple[Vulnerability, ...]:
    """One vulnerability for all records that are aliases of each other, sorted by id.

    Its id is the CVE where there is exactly one, and otherwise that of a record, GitHub's
    first. Being an alias is symmetric and transitive (OSV schema, `aliases`).
    """
    found = (_vulnerability(group) for group in _groups(hits))
    return tuple(sorted(found, key=lambda vulnerability: vulnerability.id))


def _groups(hits: Sequence[Hit]) -> list[list[Hit]]:
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        parents.setdefault(name, name)
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    for hit in hits:
        for alias in hit.record.aliases:
            parents[root(alias)] = root(hit.record.id)
    groups: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=_precedence):
        groups.setdefault(root(hit.record.id), []).append(hit)
    return list(groups.values())


def _precedence(hit: Hit) -> tuple[bool, str, str]:
    return not hit.record.id.startswith("GHSA-"), hit.record.id, hit.record.where


def _vulnerability(group: Sequence[Hit]) -> Vulnerability:
    records = [hit.record for hit in group]
    names = {name for record in records for name in (record.id, *record.aliases)}
    cves = [name for name in names if _CVE.fullmatch(name)]
    known = cves[0] if len(cves) == 1 else records[0].id
    parts = [details_of(record) for record in records]
    warnings = [warning for part in parts for warning in part.warnings]
    return Vulnerability(
        id=known,
        affects=_effects(group),
        aliases=tuple(sorted(names - {known})),
        database=DATABASE,
        url=_page(records[0].id),
        summary=next((part.summary for part in parts if part.summary), ""),
        detail=next((part.detail for part in parts if part.detail), ""),
        ratings=tuple(dict.fromkeys(rating for part in parts for rating in part.ratings)),
        cwes=tuple(sorted({cwe for part in parts for cwe in part.cwes})),
        advisories=tuple(dict.fromkeys(url for part in parts for url in part.advisories)),
        published=min((part.published for part in parts if part.published), default=""),
        updated=max((part.updated for part in parts), default=""),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _effects(group: Sequence[Hit]) -> tuple[Affects, ...]:
    """What any record says of each component: affected beats unknown."""
    found: dict[str, Affects] = {}
    for affects in (affects for hit in group for affects in hit.affects):
        known = found.get(affects.ref)
        found[affects.ref] = _worse(known, affects) if known else affects
    return tuple(found[ref] for ref in sorted(found))


def _worse(one: Affects, other: Affects) -> Affects:
    fixed = tuple(dict.fromkeys((*one.fixed, *other.fixed)))
    if Effect.AFFECTED in (one.effect, other.effect):
        return replace(one, effect=Effect.AFFECTED, fixed=fixed, reason="")
    reasons = dict.fromkeys((*one.reason.split("; "), *other.reason.split("; ")))
    return replace(one, fixed=fixed, reason="; ".join(reasons))


def _page(name: str) -> str:
    """Where a record can be read. A private database's records have no page there."""
    return f"{PAGE}{name}" if name.partition("-")[0] in PUBLISHED else ""
