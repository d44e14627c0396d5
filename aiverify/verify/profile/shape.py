"""Shapes: what a profile's members are, said once for whoever reads them or describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty: one of `choices` if there are any, or by a pattern (RE2)."""

    told: str
    choices: tuple[str, ...] = ()
    pattern: str = ""
    longest: int = 1024


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    told: str
    least: int = 1
    most: int = 1000


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    told: str


@dataclass(frozen=True, slots=True)
class Several:
    """A list of things of one shape; with `filled`, one that is not empty if it is there."""

    item: Shape
    told: str
    most: int = 100
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with these members and no others.

    `alone` is the member that stands for the whole where no mapping is written, as in
    `policies: [rules/]`.
    """

    members: Mapping[str, Shape]
    told: str
    required: frozenset[str] = field(default_factory=frozenset)
    alone: str = ""

    @property
    def known(self) -> frozenset[str]:
        """The names of its members."""
        return frozenset(self.members)


@dataclass(frozen=True, slots=True)
class Free:
    """What is of nobody's shape: a mapping, or with `any_type` whatever it is."""

    told: str
    any_type: bool = False


Shape: TypeAlias = "Text | Whole | Flag | Several | Record | Free"


def leaves(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Shape]]:
    """Every shape in one with its path, itself first; the items of a list are at `[]`."""
    yield path, shape
    if isinstance(shape, Record):
        for name, below in shape.members.items():
            yield from leaves(below, (*path, name))
    elif isinstance(shape, Several):
        yield from leaves(shape.item, (*path, "[]"))
