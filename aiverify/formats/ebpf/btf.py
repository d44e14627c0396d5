"""BTF: the types of an eBPF object, which also define its maps (`linux/btf.h`)."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from aiverify.errors import MalformedError
from aiverify.formats.elf.strings import NO_STRINGS, Strings
from aiverify.formats.interface import TooLarge
from aiverify.formats.sources import Memory

MAGIC, VERSION = 0xEB9F, 1
HEADER = 24

INT, POINTER, ARRAY, STRUCT, UNION, ENUM = 1, 2, 3, 4, 5, 6
TYPEDEF, VOLATILE, CONST, RESTRICT, VARIABLE, SECTION = 8, 9, 10, 11, 14, 15
FLOAT, TYPE_TAG, ENUM_64 = 16, 18, 19
"""`BTF_KIND_*`."""

ENTRY = 12
"""Bytes of what every type begins with."""

FIXED = {INT: 4, ARRAY: 12, VARIABLE: 4, 17: 4}
"""Bytes that follow it, by kind; and below, for each of its members."""

BY_MEMBER = {STRUCT: 12, UNION: 12, ENUM: 8, 13: 8, SECTION: 12, ENUM_64: 12}

LAST_KIND = 19

SIZED = (INT, STRUCT, UNION, ENUM, FLOAT, ENUM_64)
WRAPPERS = (TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, VARIABLE)

MAX_BYTES = 8 << 20
MAX_DEPTH = 32
"""Types that may wrap one another (libbpf, `MAX_RESOLVE_DEPTH`)."""

POINTER_BYTES = 8


class Type(NamedTuple):
    """What every type begins with. `other` is its size, or the type that it refers to."""

    name: int
    kind: int
    length: int
    other: int
    rest: int
    """Where its own fields are."""


class Member(NamedTuple):
    """A member of a structure, or a variable of a section."""

    name: str
    type: int


@dataclass(frozen=True)
class Btf:
    """The types, found by number through where each begins."""

    data: bytes
    sign: str
    places: array[int]
    sections: tuple[int, ...]
    """The numbers of the types that are sections."""
    strings: Strings

    def at(self, number: int) -> Type:
        """A type by its number.

        Raises:
            MalformedError: there is none.
        """
        if not 0 < number < len(self.places):
            raise MalformedError(f"BTF speaks of a type {number}, and there are {len(self.places)}")
        place = self.places[number]
        name, info, other = struct.unpack_from(self.sign + "III", self.data, place)
        return Type(name, info >> 24 & 0x1F, info & 0xFFFF, other, place + ENTRY)

    def name(self, kind: Type) -> str:
        """A type's name."""
        return self.strings.text(kind.name)

    def section(self, name: bytes) -> Iterator[Member]:
        """The variables of the section of that name."""
        for section in map(self.at, self.sections):
            if self.strings.holds(section.name, name):
                for index in range(section.length):
                    (variable,) = self._words(section.rest + 12 * index, 1)
                    yield Member(self.name(self.at(variable)), variable)

    def members(self, structure: Type) -> Iterator[Member]:
        """The members of a structure."""
        for index in range(structure.length):
            name, kind = self._words(structure.rest + 12 * index, 2)
            yield Member(self.strings.text(name), kind)

    def resolved(self, number: int) -> Type:
        """A type without the names and qualifiers around it.

        Raises:
            MalformedError: they go on for too long, or lead to no type.
        """
        for _ in range(MAX_DEPTH):
            kind = self.at(number)
            if kind.kind not in WRAPPERS:
                return kind
            number = kind.other
        raise MalformedError(f"BTF has a type behind more than {MAX_DEPTH} others")

    def array(self, kind: Type) -> tuple[int, int]:
        """The type of an array's elements, and how many there are."""
        element, _, count = self._words(kind.rest, 3)
        return element, count

    def size(self, number: int) -> int:
        """Bytes of a value of a type.

        Raises:
            MalformedError: it has no size.
        """
        factor = 1
        for _ in range(MAX_DEPTH):
            kind = self.resolved(number)
            if kind.kind == POINTER:
                return factor * POINTER_BYTES
            if kind.kind in SIZED:
                return factor * kind.other
            if kind.kind != ARRAY:
                break
            number, count = self.array(kind)
            factor *= count
        raise MalformedError("BTF has a map of a type without a size")

    def _words(self, place: int, count: int) -> tuple[int, ...]:
        return struct.unpack_from(f"{self.sign}{count}I", self.data, place)


def read_btf(data: bytes, order: Literal["little", "big"]) -> Btf:
    """The types of a `.BTF` section.

    Raises:
        MalformedError: a rule of the format is broken.
        TooLarge: there are more bytes than are read.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes of BTF, more than the {MAX_BYTES} that are read")
    sign = "<" if order == "little" else ">"
    if len(data) < HEADER:
        raise MalformedError(f"BTF of {len(data)} bytes is shorter than its header")
    magic, version, _, header, types, length, strings, size = struct.unpack_from(
        sign + "HBBIIIII", data
    )
    if magic != MAGIC or version != VERSION or not HEADER <= header <= len(data):
        raise MalformedError("BTF has no valid header")
    if max(types + length, strings + size) > len(data) - header:
        raise MalformedError("BTF's types or strings lie outside it")
    text = data[header + strings : header + strings + size]
    if text[-1:] not in (b"", b"\0"):
        raise MalformedError("BTF's strings do not end with a NUL")
    body = data[header + types : header + types + length]
    places, sections = _places(body, sign)
    return Btf(body, sign, places, sections, Strings(Memory(text)) if text else NO_STRINGS)


def _places(data: bytes, sign: str) -> tuple[array[int], tuple[int, ...]]:
    """Where each type begins, and which are sections; number 0 is the type of nothing."""
    places, sections = array("I", [0]), []
    place, entry = 0, struct.Struct(sign + "II")
    while place + ENTRY <= len(data):
        _, info = entry.unpack_from(data, place)
        kind, length = info >> 24 & 0x1F, info & 0xFFFF
        if not 0 < kind <= LAST_KIND:
            raise MalformedError(f"BTF has a type of kind {kind}, which does not exist")
        if kind == SECTION:
            sections.append(len(places))
        places.append(place)
        place += ENTRY + FIXED.get(kind, 0) + BY_MEMBER.get(kind, 0) * length
    if place != len(data):
        raise MalformedError("BTF's last type is cut off")
    return places, tuple(sections)
