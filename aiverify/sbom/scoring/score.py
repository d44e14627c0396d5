"""A document's score: each element with its rating, and how many of a standard's are filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from aiverify.core.jsonvalue import Json
from aiverify.sbom.reading import Located, text
from aiverify.sbom.scoring.document import read
from aiverify.sbom.scoring.elements import ELEMENTS
from aiverify.sbom.scoring.interface import Element, Rating, Standard, Status

FORMULA = "100 x (found + declared + inferred) / all elements of the standard"
"""How a percentage is made. What is to be reviewed is neither filled nor missing, and stays in
the number by which is divided: else a placeholder would raise the score."""


@dataclass(frozen=True, slots=True)
class Rated:
    """An element, and what a document says of it."""

    element: Element
    rating: Rating


@dataclass(frozen=True, slots=True)
class Tally:
    """How one standard's elements came out."""

    standard: Standard
    counts: Mapping[Status, int]

    @property
    def total(self) -> int:
        """How many elements the standard has."""
        return sum(self.counts.values())

    @property
    def filled(self) -> int:
        """How many of them the document says."""
        return sum(count for status, count in self.counts.items() if status.filled)

    @property
    def percent(self) -> float:
        """`FORMULA`, rounded down to one decimal: 100 is all of them."""
        return (1000 * self.filled // self.total) / 10 if self.total else 0.0

    def is_below(self, percent: float) -> bool:
        """Whether less than so many percent are filled, before anything is rounded."""
        return 100 * self.filled < percent * self.total


@dataclass(frozen=True, slots=True)
class Score:
    """What a CycloneDX document says of what authorities ask for.

    `name`, `serial` and `spec_version` are the document's words for what it is about, for
    itself and for its format; empty where it has none.
    """

    name: str
    version: str
    serial: str
    spec_version: str
    rated: tuple[Rated, ...]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The standards that were asked about, with their counts."""
        counts: dict[Standard, Counter[Status]] = {}
        for item in self.rated:
            counts.setdefault(item.element.standard, Counter())[item.rating.status] += 1
        return tuple(
            Tally(standard, {status: found[status] for status in Status})
            for standard, found in counts.items()
        )

    def of(self, standards: Collection[Standard]) -> Score:
        """The same for some of the standards."""
        kept = (item for item in self.rated if item.element.standard in standards)
        return replace(self, rated=tuple(kept))

    def is_below(self, percent: float) -> bool:
        """Whether any of the standards is filled to less than so many percent."""
        return any(tally.is_below(percent) for tally in self.tallies)


def score(document: Mapping[str, Json]) -> Score:
    """Rate a CycloneDX document, whatever stands in it."""
    looked_at = read(document)
    root, subject = looked_at.root, looked_at.subject
    # Standards share what they ask for, and so its rating.
    ratings = {rate: rate(looked_at) for rate in dict.fromkeys(item.rate for item in ELEMENTS)}
    about = subject.sides[0] if subject.sides else Located(None, "")
    return Score(
        name=text(about, "name"),
        version=text(about, "version"),
        serial=text(root, "serialNumber"),
        spec_version=text(root, "specVersion"),
        rated=tuple(Rated(element, ratings[element.rate]) for element in ELEMENTS),
    )
