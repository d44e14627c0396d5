"""Rows about software: what is listed, what needs what, and what is known to be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.compare.sboms import fixture
from tests.compare.sboms.documents import Document, Evidence
from tests.compare.sboms.found import NOTHING, Extent, Found, counted, partly
from tests.support import models


def packages(evidence: Evidence, _: fixture.Fixture) -> Found:
    return _versions(evidence, fixture.PACKAGES)


def modules(evidence: Evidence, _: fixture.Fixture) -> Found:
    return _versions(evidence, models.MODULES)


def _versions(evidence: Evidence, wanted: Mapping[str, str]) -> Found:
    """Components of a name and a version."""
    there = {(subject.name, subject.version): subject.place for subject in evidence.subjects}
    pinned = ((name, version.removeprefix("v")) for name, version in wanted.items())
    return counted(there.get(item, "") for item in pinned)


def needs(evidence: Evidence, _: fixture.Fixture) -> Found:
    """Relations of one package with another, as the lock has them."""
    known: dict[tuple[str, str], str] = {}
    for document in evidence.documents:
        for source, target, place in _relations(document):
            known.setdefault((source, target), place)
    wanted = ((name, need) for name, needed in fixture.NEEDS.items() for need in needed)
    return counted(known.get(pair, "") for pair in wanted)


def _relations(document: Document) -> Iterator[tuple[str, str, str]]:
    """Names of what depends on what, and where it says so."""
    key = "spdxId" if document.standard == "SPDX" else "bom-ref"
    names = {subject.content.get(key): subject.name for subject in document.subjects}
    if document.standard == "SPDX":
        for subject in document.subjects:
            if subject.content.get("relationshipType") == "dependsOn":
                source = names.get(subject.content.get("from"), "")
                for target in subject.content.get("to") or []:
                    yield source, names.get(target, ""), subject.place
    for number, link in enumerate(document.content.get("dependencies") or []):
        for target in link.get("dependsOn") or []:
            place = f"{document.name}#/dependencies/{number}"
            yield names.get(link.get("ref"), ""), names.get(target, ""), place


def vulnerabilities(evidence: Evidence, _: fixture.Fixture) -> Found:
    """Packages that something is said to affect, of those that it does."""
    affected = {name: place for name, _, place in _assessed(evidence)}
    return counted(affected.get(name, "") for name in fixture.VULNERABLE)


def vex(evidence: Evidence, _: fixture.Fixture) -> Found:
    """What somebody made of one that affects a package."""
    states = {state: place for _, state, place in _assessed(evidence) if state}
    if states:
        return Found(Extent.ALL, ", ".join(sorted(states)), tuple(states.values()))
    for document in evidence.of("CycloneDX"):
        for number, entry in enumerate(document.content.get("vulnerabilities") or []):
            if entry.get("analysis"):
                place = f"{document.name}#/vulnerabilities/{number}/analysis"
                return partly(place, "on findings of its own")
    return NOTHING


def _assessed(evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    """Vulnerable packages by name, each with the state of a vulnerability in it."""
    for document in evidence.of("CycloneDX"):
        names = {subject.content.get("bom-ref"): subject.name for subject in document.subjects}
        for number, entry in enumerate(document.content.get("vulnerabilities") or []):
            state = str((entry.get("analysis") or {}).get("state", ""))
            for affected in entry.get("affects") or []:
                name = names.get(affected.get("ref"), "")
                if name in fixture.VULNERABLE:
                    yield name, state, f"{document.name}#/vulnerabilities/{number}"
