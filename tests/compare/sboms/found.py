"""What a judge says of one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from tests.compare.sboms.documents import Evidence
from tests.compare.sboms.fixture import Fixture


class Extent(StrEnum):
    """How much of a row's values a tool's documents have."""

    ALL = "yes"
    PART = "in part"
    NONE = "no"


class Found(NamedTuple):
    """How much is there, what it is, and where it stands."""

    extent: Extent
    text: str = ""
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.extent}: {self.text}" if self.text else str(self.extent)


NOTHING = Found(Extent.NONE)

Judge = Callable[[Evidence, Fixture], Found]
"""Says of one tool's documents how much of a row they have."""


def at(place: str, text: str = "") -> Found:
    """All, if there is a place where it stands."""
    return Found(Extent.ALL, text, (place,)) if place else NOTHING


def partly(place: str, text: str) -> Found:
    """A part, if there is a place where it stands."""
    return Found(Extent.PART, text, (place,)) if place else NOTHING


def counted(places: Iterable[str], word: str = "") -> Found:
    """So many of so many. What is nowhere has an empty place."""
    wanted = list(places)
    found = [place for place in wanted if place]
    if not found:
        return NOTHING
    extent = Extent.ALL if len(found) == len(wanted) else Extent.PART
    text = f"{len(found)} of {len(wanted)}{' ' if word else ''}{word}"
    return Found(extent, text, tuple(found))


def named(places: Mapping[str, str]) -> Found:
    """Those that stand somewhere, by their names."""
    found = {name: place for name, place in places.items() if place}
    if not found:
        return NOTHING
    extent = Extent.ALL if len(found) == len(places) else Extent.PART
    return Found(extent, ", ".join(found), tuple(found.values()))
