"""An element that a standard asks for, and how a document is rated by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from aiverify.sbom.scoring.document import Document


class Status(StrEnum):
    """What is known of an element, the best first."""

    FOUND = "found"
    """It stands in the document and can be checked from it."""
    DECLARED = "declared"
    """It stands there as somebody's claim."""
    INFERRED = "inferred"
    """It stands there, and the document says that somebody concluded it."""
    REVIEW = "review"
    """Only a person can tell: what stands there is a placeholder, doubtful, or near to it."""
    MISSING = "missing"
    """It does not stand there."""

    @property
    def filled(self) -> bool:
        """Whether the document says it. What is to be reviewed counts as not."""
        return self in (Status.FOUND, Status.DECLARED, Status.INFERRED)

    @property
    def rank(self) -> int:
        """0 for the best."""
        return _RANKS[self]


_RANKS = {status: rank for rank, status in enumerate(Status)}

MEANINGS = {
    Status.FOUND: "It stands in the document and can be checked from it alone: a hash of the "
    "right length, a purl that parses, a reference that leads somewhere, a time as RFC 3339 "
    "writes it.",
    Status.DECLARED: "It stands there as somebody's claim. Whether the claim is true was not "
    "looked at.",
    Status.INFERRED: "It stands there, and the document itself says that it was concluded and "
    "not stated: a citation whose note says inferred, a property aiverify:source:... whose value "
    "ends in (inferred), a licence acknowledged as concluded or seen in the files alone, an "
    "identity with a confidence below 1. Any tool can write any of these, and whether it is "
    "right was not looked at.",
    Status.REVIEW: "Only a person can tell. What stands there is a placeholder (unknown, "
    "NOASSERTION, TBD), is doubtful (a version called latest, a link to nowhere, a licence that "
    "SPDX does not know), or is only near to what is asked for.",
    Status.MISSING: "It does not stand there. The table says which field would hold it.",
}
"""The five words, for people."""


class Standard(StrEnum):
    """Who asks."""

    G7 = "g7"
    CISA = "cisa"
    NTIA = "ntia"

    @property
    def full_name(self) -> str:
        """The standard's name, for people."""
        return _TITLES[self]


_TITLES = {
    Standard.G7: "G7/BSI SBOM for AI (2026)",
    Standard.CISA: "CISA minimum elements (2025 draft)",
    Standard.NTIA: "NTIA minimum elements (2021)",
}


@dataclass(frozen=True, slots=True)
class Rating:
    """What a document says of one element.

    `reason` is a sentence without its full stop, safe to print. `places` are JSON pointers
    (RFC 6901) to what it is about, at most `MAX_PLACES` of them.
    """

    status: Status
    reason: str
    places: tuple[str, ...] = ()


MAX_PLACES = 10
"""Places that one rating names: a document may have a hundred thousand components."""


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a standard asks for.

    `asks` says what, in one sentence; `fix` names the fields of CycloneDX that would hold it.
    """

    id: str
    standard: Standard
    cluster: str
    title: str
    asks: str
    fix: str
    rate: Callable[[Document], Rating]


Row: TypeAlias = "tuple[str, str, str, str, Callable[[Document], Rating]]"
"""The last part of an element's id, its title, what it asks, the fields for it, and its rating."""


def cluster(standard: Standard, name: str, prefix: str, *rows: Row) -> tuple[Element, ...]:
    """The elements of one cluster, whose ids are `<prefix>-<last part>`."""
    return tuple(
        Element(f"{prefix}-{last}", standard, name, title, asks, fix, rate)
        for last, title, asks, fix, rate in rows
    )
