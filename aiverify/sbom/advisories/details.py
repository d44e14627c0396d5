"""What a record says of a vulnerability beside the versions that it affects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.moments import parse as moment
from aiverify.core.names import printable
from aiverify.sbom.advisories.record import MAX_ALIASES, Record, items
from aiverify.sbom.advisories.severity import ratings
from aiverify.sbom.advisories.telling import few
from aiverify.sbom.vulnerability import Rating

MAX_TEXT = 20_000
"""Characters of a text that are repeated."""

MAX_LISTED = 1000
"""Items of a list that are repeated."""

_CWE = re.compile(r"CWE-([1-9][0-9]{0,5})")
_URL = re.compile(r"https?://[!-~]{1,2000}")


@dataclass(frozen=True, slots=True)
class Details:
    """What can be used; `warnings` say what cannot. Times are RFC 3339."""

    summary: str
    detail: str
    ratings: tuple[Rating, ...]
    cwes: tuple[int, ...]
    advisories: tuple[str, ...]
    published: str
    updated: str
    warnings: tuple[str, ...]


def details_of(record: Record) -> Details:
    """Read what describes a vulnerability."""
    fields = Fields(record.document, f"{record.id}#/")
    added = fields.inner("database_specific")
    severities: list[Json] = [record.document.get("severity")]
    severities += (item.get("severity") for item in items(record.document))
    found, faults = ratings(severities, added.text("severity"), record.id)
    details = Details(
        summary=_short(fields, "summary"),
        detail=_short(fields, "details"),
        ratings=found,
        cwes=tuple(_cwes(added)),
        advisories=tuple(_advisories(fields)),
        published=_time(fields, "published"),
        updated=_time(fields, "modified"),
        warnings=(),
    )
    # One that is a time withdraws the record, and nobody would ask for its details.
    _time(fields, "withdrawn")
    if not record.document.get("modified"):
        fields.warn("modified", "is missing, so that no other version of the record replaces it")
    _odd_aliases(fields, record)
    what = f"things in {record.id} could not be used"
    return replace(details, warnings=few((*fields.warnings, *faults), what))


def _short(fields: Fields, key: str) -> str:
    text = fields.text(key)
    if len(text) > MAX_TEXT:
        fields.warn(key, f"was cut after {MAX_TEXT} characters")
    return text[:MAX_TEXT]


def _time(fields: Fields, key: str) -> str:
    text = fields.text(key)
    if text and not moment(text):
        fields.warn(key, f"is no time and is left out: '{printable(text[:50])}'")
        return ""
    return text


def _cwes(added: Fields) -> Iterator[int]:
    for text in added.texts("cwe_ids")[:MAX_LISTED]:
        found = _CWE.fullmatch(text)
        if found:
            yield int(found[1])
        else:
            added.warn("cwe_ids", f"holds no weakness of CWE in '{printable(text[:50])}'")


def _advisories(fields: Fields) -> Iterator[str]:
    left_out = 0
    for count, reference in enumerate(fields.each("references")):
        url = reference.text("url")
        if count >= MAX_LISTED or not _URL.fullmatch(url):
            left_out += 1
        elif reference.text("type") == "ADVISORY":
            yield url
    if left_out:
        fields.warn("references", f"has {left_out} items that are no web address or too many")


def _odd_aliases(fields: Fields, record: Record) -> None:
    stated = record.document.get("aliases")
    if stated is None or (isinstance(stated, list) and len(stated) == len(record.aliases)):
        return
    fields.warn(
        "aliases",
        f"has what is no name of a vulnerability, one name twice, or more than {MAX_ALIASES}",
    )
