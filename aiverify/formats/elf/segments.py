"""Segments: what a system's loader maps of an ELF file, and all that it goes by."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from aiverify.errors import MalformedError
from aiverify.formats.elf.header import Header
from aiverify.formats.interface import Source

FIELDS = {32: "IIIIIIII", 64: "IIQQQQQQ"}

LOAD, DYNAMIC, INTERPRETER, NOTE = 1, 2, 3, 4
STACK, READ_ONLY_LATER = 0x6474E551, 0x6474E552
"""`p_type`: `PT_GNU_STACK` and `PT_GNU_RELRO`."""

RUN, WRITE = 1, 2
"""`p_flags`."""

PAGE = 4096
"""Bytes that a system maps at once, at the least."""


class Segment(NamedTuple):
    """An entry of the table of program headers, in one order for both classes."""

    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    stored: int
    """Bytes in the file."""
    size: int
    """Bytes in memory."""
    alignment: int

    @property
    def end(self) -> int:
        """The byte behind it in the file."""
        return self.offset + self.stored

    @property
    def is_code(self) -> bool:
        """Whether bytes of the file are mapped to be run."""
        return self.kind == LOAD and bool(self.flags & RUN and self.stored)


@dataclass(frozen=True, slots=True)
class Segments:
    """The table of program headers as it lies in the file."""

    table: bytes
    layout: struct.Struct
    wide: bool

    def __iter__(self) -> Iterator[Segment]:
        entries = self.layout.iter_unpack(self.table)
        return map(Segment._make, entries if self.wide else map(_widened, entries))

    def of_kind(self, kind: int) -> tuple[Segment, ...]:
        """The segments of a type, in their order."""
        return tuple(segment for segment in self if segment.kind == kind)

    def only(self, kind: int, what: str) -> Segment | None:
        """The segment of a type of which there may be one.

        Raises:
            MalformedError: there are two, and loaders differ in which they take.
        """
        found = self.of_kind(kind)
        if len(found) > 1:
            raise MalformedError(f"there are {len(found)} {what}s; a program has one")
        return found[0] if found else None

    def place(self, address: int, size: int) -> int:
        """Where in the file the `size` bytes are that a loader maps to an address.

        Raises:
            MalformedError: it maps none there.
        """
        for segment in self:
            if segment.kind == LOAD and segment.address <= address:
                into = address - segment.address
                if into + size <= segment.stored:
                    return segment.offset + into
        raise MalformedError(f"no segment maps {size} bytes to address {address:#x}")


def read_segments(source: Source, header: Header) -> Segments:
    """The segments as the table has them.

    Raises:
        MalformedError: the table lies outside the file.
    """
    table, layout = header.segments, struct.Struct(header.sign + FIELDS[header.bits])
    data = source.read_at(table.offset, table.size) if table.count else b""
    return Segments(data, layout, header.bits == 64)


def check_segments(segments: Segments, source: Source) -> None:
    """Refuse what a loader could not map, or would map one over the other.

    Raises:
        MalformedError: names the segment.
    """
    mapped = 0
    before: Segment | None = None
    for index, segment in enumerate(segments):
        if segment.stored and segment.end > source.size:
            raise MalformedError(
                f"segment {index} is {segment.stored} bytes at byte {segment.offset}, outside "
                f"the file's {source.size}"
            )
        if segment.kind != LOAD:
            continue
        if segment.stored > segment.size:
            raise MalformedError(f"segment {index} has more bytes in the file than in memory")
        if segment.address < mapped or (before and _covers(segment, before)):
            raise MalformedError(f"segment {index} is mapped over the one before it")
        mapped = segment.address + segment.size
        before = segment if segment.stored else before


def _covers(segment: Segment, before: Segment) -> bool:
    """Whether a segment's first page is mapped from elsewhere over bytes of the one before."""
    if not segment.stored or segment.address - segment.offset == before.address - before.offset:
        return False
    return segment.address // PAGE * PAGE < before.address + before.stored


def _widened(entry: tuple[int, ...]) -> tuple[int, ...]:
    """A 32-bit entry, in which the flags come late, in the order of a 64-bit one."""
    kind, offset, address, physical, stored, size, flags, alignment = entry
    return kind, flags, offset, address, physical, stored, size, alignment
