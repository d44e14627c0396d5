"""Cluster Metadata: the document itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiverify.sbom.reading import Located, items, member, text
from aiverify.sbom.scoring import identity, relations
from aiverify.sbom.scoring.document import Document, Thing, below
from aiverify.sbom.scoring.interface import Rating, Standard, cluster
from aiverify.sbom.scoring.judging import (
    best,
    claim,
    claims,
    declared,
    found,
    missing,
    over,
    review,
)
from aiverify.sbom.scoring.words import is_placeholder, quoted

VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
"""The versions of CycloneDX that can be rated."""

_SERIAL = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

_PHASES = frozenset(
    ("design", "pre-build", "build", "post-build", "operations", "discovery", "decommission")
)

_AUTHORS = (
    "metadata/authors[]/name",
    "metadata/authors[]/email",
    "metadata/manufacturer/name",
)


def author(document: Document) -> Rating:
    """Who wrote the document: not the tool, and not who supplies what it is about."""
    said = best(claims(document, below(document.root, path)) for path in _AUTHORS)
    if said:
        return said
    if _tools(document):
        return missing("only the tool is named, and not who ran it")
    return missing("nobody is named as the author of the document")


def document_version(document: Document) -> Rating:
    """Which version of the document this is."""
    item = member(document.root, "version")
    if item.value is None:
        return missing("the document has no version")
    if isinstance(item.value, bool) or not isinstance(item.value, int) or item.value < 1:
        return review("the version of the document is no number from 1 on", item.place)
    serial = text(document.root, "serialNumber")
    of_what = "of its serial number" if _SERIAL.fullmatch(serial) else "of no serial number"
    return found(f"version {item.value} {of_what}", item.place)


def format_name(document: Document) -> Rating:
    """The name of the format."""
    item = member(document.root, "bomFormat")
    if item.value == "CycloneDX":
        return found("CycloneDX", item.place)
    return claim(document, item) or missing("the format is not named")


def format_version(document: Document) -> Rating:
    """The version of the format."""
    item = member(document.root, "specVersion")
    if item.value in VERSIONS:
        return found(f"CycloneDX {item.value}", item.place)
    said = claim(document, item)
    if said is None:
        return missing("the version of the format is not stated")
    return review("it is no version of CycloneDX from 1.2 to 1.7", item.place)


def signature(document: Document) -> Rating:
    """A signature inside the document (JSF). One beside it cannot be seen from here."""
    item = member(document.root, "signature")
    if item.value is None:
        return missing("no signature is in it; one beside it is not seen here")
    several = (*items(item, "signers"), *items(item, "chain"))
    if not all(is_placeholder(text(each, "value")) for each in (item, *several)):
        return declared(document, "a signature is in it, which was not verified here", item.place)
    return review("what stands there is no JSON signature", item.place)


def _tools(document: Document) -> list[Thing]:
    """The tools that have a name; until CycloneDX 1.4 they are a list."""
    paths = ("metadata/tools[]", "metadata/tools/components[]", "metadata/tools/services[]")
    named = (item for path in paths for item in below(document.root, path))
    return [Thing("", (item,)) for item in named if isinstance(item.value, Mapping)]


def tool_name(document: Document) -> Rating:
    """The tools that wrote it."""
    said = best(claims(document, tool.at("name")) for tool in _tools(document))
    return said or missing("no tool is named")


def tool_version(document: Document) -> Rating:
    """The version of each tool."""
    return over(document, _tools(document), identity.version, "tool", "a version")


def context(document: Document) -> Rating:
    """When in the life of what it is about the document was made."""
    said = best(_phase(document, item) for item in below(document.root, "metadata/lifecycles[]"))
    return said or missing("no phase of the life cycle is stated")


def _phase(document: Document, item: Located) -> Rating | None:
    phase = member(item, "phase")
    if phase.value is None:
        return claim(document, member(item, "name"))
    if isinstance(phase.value, str) and phase.value in _PHASES:
        return declared(document, f"it was made at {phase.value}", phase.place)
    return review(f"{quoted(str(phase.value))} is no phase", phase.place)


def timestamp(document: Document) -> Rating:
    """When the document was made."""
    said = identity.moment(document, member(member(document.root, "metadata"), "timestamp"))
    return said or missing("no time is stated")


ELEMENTS = cluster(
    Standard.G7,
    "Metadata",
    "g7-metadata",
    (
        "author",
        "Author",
        "Who made the document.",
        "metadata.authors, or metadata.manufacturer",
        author,
    ),
    ("version", "Version", "Which version of it this is.", "version", document_version),
    ("format-name", "Format", "In which format it is.", "bomFormat", format_name),
    (
        "format-version",
        "Format version",
        "In which version of that format it is.",
        "specVersion",
        format_version,
    ),
    (
        "signature",
        "Author's signature",
        "What proves that the author made it.",
        "signature; an attestation beside the document serves as well and is not seen here",
        signature,
    ),
    ("tool-name", "Tool", "With which tool it was made.", "metadata.tools: name", tool_name),
    (
        "tool-version",
        "Tool version",
        "With which version of that tool.",
        "metadata.tools: version",
        tool_version,
    ),
    (
        "generation-context",
        "Generation context",
        "At which phase of the life cycle it was made.",
        "metadata.lifecycles: phase",
        context,
    ),
    ("timestamp", "Timestamp", "When it was made.", "metadata.timestamp", timestamp),
    (
        "dependency-relationship",
        "Dependency relationship",
        "What depends on what, with no reference that leads nowhere.",
        "dependencies, with an entry for each bom-ref",
        relations.dependencies,
    ),
)
