"""Rows about a document as a whole: whether it holds together, and says what it does not know."""

from __future__ import annotations

from collections.abc import Iterator

from tests.compare.sboms.documents import Document, Evidence
from tests.compare.sboms.fixture import Fixture
from tests.compare.sboms.found import NOTHING, Extent, Found, named
from tests.support import cyclonedx, spdx

UNKNOWN = ("unknown", "incomplete", "not_specified", "noassertion")
"""Words for what is not known in full, in lower case."""


def graph(evidence: Evidence, _: Fixture) -> Found:
    """Every reference leads somewhere, and there are some."""
    relations = [place for document in evidence.documents for place in _relations(document)]
    dangling = sum(len(_dangling(document)) for document in evidence.documents)
    if not relations:
        return NOTHING
    if dangling:
        return Found(Extent.PART, f"{len(relations)}, and {dangling} dangling", (relations[0],))
    return Found(Extent.ALL, str(len(relations)), (relations[0],))


def _relations(document: Document) -> Iterator[str]:
    """Where each relation stands."""
    for subject in document.subjects:
        if str(subject.content.get("type", "")).endswith("Relationship"):
            yield subject.place
    for number, link in enumerate(document.content.get("dependencies") or []):
        for target, _ in enumerate(link.get("dependsOn") or []):
            yield f"{document.name}#/dependencies/{number}/dependsOn/{target}"


def _dangling(document: Document) -> set[str]:
    """References that nothing in the document has, those to other documents aside."""
    content = document.content
    if document.standard == "SPDX":
        away = {name for name in spdx.references(content) if _is_elsewhere(name)}
        return set(spdx.references(content)) - set(spdx.ids(content)) - spdx.INDIVIDUALS - away
    # A statement apart from the bill points at components of the bill.
    if document.standard != "CycloneDX" or not content.get("components"):
        return set()
    defined = {ref for key, ref in cyclonedx.strings(content) if key == "bom-ref"}
    refs = {ref for ref in cyclonedx.references(content) if not ref.startswith("urn:cdx:")}
    return refs - defined


def _is_elsewhere(name: str) -> bool:
    return name.startswith(("https://spdx.org/rdf/", "https://spdx.org/licenses/"))


def known_unknowns(evidence: Evidence, _: Fixture) -> Found:
    """The document says of something that it is not known in full."""
    said: dict[str, str] = {}
    for document in evidence.documents:
        for word, place in _completeness(document):
            if word.startswith(UNKNOWN):
                said.setdefault(word, place)
    return named(said)


def _completeness(document: Document) -> Iterator[tuple[str, str]]:
    """Words for how much is known, and where they stand."""
    for number, held in enumerate(document.content.get("compositions") or []):
        yield str(held.get("aggregate")).lower(), f"{document.name}#/compositions/{number}"
    if document.standard == "SPDX":
        for subject in document.subjects:
            yield str(subject.content.get("completeness", "")).lower(), subject.place


def profile(evidence: Evidence, _: Fixture) -> Found:
    """A document that keeps to the AI profile, and how many of its terms it uses."""
    subjects = [subject for document in evidence.of("SPDX") for subject in document.subjects]
    packages = [held.place for held in subjects if held.content.get("type") == "ai_AIPackage"]
    if not packages:
        return NOTHING
    declared = any("ai" in (held.content.get("profileConformance") or []) for held in subjects)
    terms = {key for held in subjects for key in held.content if key.startswith("ai_")}
    extent = Extent.ALL if declared else Extent.PART
    return Found(extent, f"{len(terms)} of its terms", (packages[0],))
