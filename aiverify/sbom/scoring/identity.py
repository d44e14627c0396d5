"""Checks of what a thing is called, and by whom it was made and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from aiverify.core import moments
from aiverify.sbom.reading import Located, text
from aiverify.sbom.scoring.document import Document, Thing
from aiverify.sbom.scoring.interface import Rating
from aiverify.sbom.scoring.judging import (
    best,
    claim,
    claims,
    declared,
    missing,
    proved,
    review,
)
from aiverify.sbom.scoring.words import is_floating, is_link, is_placeholder, quoted

_CPE = re.compile(r"cpe:2\.3:[aho*\-](?::(?:[^:\s\\]|\\.)+){10}|cpe:/[aho](?::[^:\s]*){1,6}")
_SWHID = re.compile(r"swh:1:(?:cnt|dir|rev|rel|snp):[0-9a-f]{40}(?:;\S*)?")
_OMNIBOR = re.compile(r"gitoid:blob:sha(?:1:[0-9a-f]{40}|256:[0-9a-f]{64})")

_PRODUCERS = (
    "supplier/name",
    "manufacturer/name",
    "manufacture/name",
    "publisher",
    "authors[]/name",
    "authors[]/email",
    "author",
)

_OF_SUBJECT = ("supplier/name", "manufacture/name")
"""What the metadata of a document says of the component that the document is about."""

_TIMES = ("timestamp", "date", "released", "created", "modified", "last modified", "built")


def name(document: Document, thing: Thing) -> Rating:
    """A name."""
    return claims(document, thing.at("name")) or missing("it has no name")


def description(document: Document, thing: Thing) -> Rating:
    """A description in prose."""
    return claims(document, thing.at("description")) or missing("it has no description")


def version(document: Document, thing: Thing) -> Rating:
    """A version that names one state."""
    said = best(_version(document, item) for item in thing.at("version"))
    if said:
        return said
    for item in thing.at("versionRange"):
        return review("it has only a range of versions", item.place)
    return missing("it has no version")


def _version(document: Document, item: Located) -> Rating | None:
    said = claim(document, item)
    if said and said.status.filled and is_floating(str(item.value)):
        return review(f"the version {quoted(str(item.value))} names no one state", item.place)
    return said


def producer(document: Document, thing: Thing) -> Rating:
    """Who made or supplies it: a supplier, a manufacturer, a publisher or authors."""
    said = best(claims(document, thing.at(path)) for path in _PRODUCERS)
    if said is None and thing.place == document.subject.place:
        said = best(claims(document, document.whole.at(path)) for path in _OF_SUBJECT)
    if said:
        return said
    for item in thing.at("group"):
        if isinstance(item.value, str) and item.value.strip():
            return review(f"only the group {quoted(item.value)} hints at it", item.place)
    return missing("nobody is named as its supplier, manufacturer, publisher or author")


def identifier(document: Document, thing: Thing) -> Rating:
    """An identifier that means the same everywhere."""
    said = best(_identifiers(document, thing))
    if said:
        return said
    links = [item for item in thing.at("externalReferences[]") if is_link(text(item, "url"))]
    if links:
        return review("only a link could stand for an identifier", links[0].place)
    return missing("it has no purl, CPE, SWID, SWHID or OmniBOR id")


def _identifiers(document: Document, thing: Thing) -> Iterator[Rating]:
    for item in thing.at("purl"):
        yield _purl(document, item)
    for path, pattern, called in (
        ("cpe", _CPE, "CPE"),
        ("swhid[]", _SWHID, "SWHID"),
        ("omniborId[]", _OMNIBOR, "OmniBOR id"),
    ):
        for item in thing.at(path):
            value = item.value if isinstance(item.value, str) else ""
            if pattern.fullmatch(value[:2000]):
                yield proved(document, f"its {called} is well formed", item.place)
            else:
                yield review(f"{quoted(value)} is no {called}", item.place)
    for item in thing.at("swid/tagId"):
        if said := claim(document, item):
            yield said


def _purl(document: Document, item: Located) -> Rating:
    said = item.value if isinstance(item.value, str) else ""
    if not _parses(said[:4000]):
        return review(f"{quoted(said)} does not parse as a purl", item.place)
    if "%25" in said:
        return review(f"the purl {quoted(said)} is encoded twice", item.place)
    return proved(document, f"the purl {quoted(said)} parses", item.place)


@lru_cache(maxsize=1024)
def _parses(purl: str) -> bool:
    from packageurl import PackageURL

    try:
        PackageURL.from_string(purl)
    except ValueError:
        return False
    return True


def timestamp(document: Document, thing: Thing) -> Rating:
    """When it was made or released."""
    noted = (
        *thing.at("releaseNotes/timestamp"),
        *thing.at("pedigree/commits[]/committer/timestamp"),
    )
    labelled = thing.labelled(*_TIMES)
    said = best(
        (
            *(moment(document, item) for item in noted),
            *(_labelled_time(document, item) for item in labelled),
        )
    )
    return said or missing("no time of its making or release is stated")


def _labelled_time(document: Document, item: Located) -> Rating | None:
    said = claim(document, item)
    if said and said.status.filled and moments.parse(str(item.value)[:100]) is None:
        return review(f"{quoted(str(item.value))} is no time", item.place)
    return said


def moment(document: Document, item: Located) -> Rating | None:
    """A time of day as RFC 3339 writes it."""
    if item.value is None or item.value == "":
        return None
    said = item.value if isinstance(item.value, str) else ""
    if is_placeholder(said):
        return review("it is no time", item.place)
    parsed = moments.parse(said[:100])
    if parsed is None or len(said) < len("2025-01-01T00:00:00Z"):
        return review(f"{quoted(said)} is no time by RFC 3339", item.place)
    if parsed <= moments.EPOCH:
        return review(f"{quoted(said)} is no time at which this can have been made", item.place)
    return proved(document, f"{quoted(said)}, as RFC 3339 writes it", item.place)


def references(document: Document, thing: Thing) -> Rating:
    """Links to more about it."""
    said = best(link(document, item) for item in thing.at("externalReferences[]"))
    return said or missing("it refers to nothing outside")


def link(document: Document, reference: Located) -> Rating | None:
    """What one external reference leads to, as far as its spelling says."""
    url = text(reference, "url")
    if not url.strip():
        return None
    if not is_link(url):
        return review(f"the link {quoted(url)} leads nowhere", f"{reference.place}/url")
    said = f"{quoted(text(reference, 'type') or 'a link')} at {quoted(url)}"
    return declared(document, said, reference.place)
