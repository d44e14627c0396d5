"""The header of an ELF file: what it is for, and where its two tables lie."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source, TooLarge

MAGIC = b"\x7fELF"

CLASSES = {1: 32, 2: 64}
"""`e_ident[EI_CLASS]`: bits of an address."""

ORDERS: dict[int, Literal["little", "big"]] = {1: "little", 2: "big"}
"""`e_ident[EI_DATA]`."""

IDENT = 16
FIELDS = {32: "HHIIIIIHHHHHH", 64: "HHIQQQIHHHHHH"}
"""What follows `e_ident`: type, machine, version, entry, the two tables' places, flags, and the
sizes of the header and of both tables."""

SEGMENT_BYTES = {32: 32, 64: 56}
SECTION_BYTES = {32: 40, 64: 64}

MANY_SEGMENTS = 0xFFFF
"""`PN_XNUM`: the number stands in the first section instead."""

INDEX_ELSEWHERE = 0xFFFF
"""`SHN_XINDEX`: the index stands in the first section instead."""

MAX_ENTRIES = 1 << 17
"""Entries of a table that are read."""

RELOCATABLE, EXECUTABLE, SHARED, CORE = 1, 2, 3, 4
"""`e_type`."""

CUDA, AMDGPU, BPF = 190, 224, 247
"""`e_machine` of what runs on no processor: hardening says nothing about it."""


@dataclass(frozen=True, slots=True)
class Table:
    """Entries of one size, somewhere in the file."""

    offset: int
    entry: int
    count: int

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return self.entry * self.count

    @property
    def end(self) -> int:
        """The byte behind it."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True)
class Header:
    """The header's fields, the tables' sizes as they are and not as they are abbreviated."""

    bits: int
    order: Literal["little", "big"]
    kind: int
    machine: int
    size: int
    segments: Table
    sections: Table
    names: int
    """The index of the section that holds the sections' names, or 0."""

    @property
    def sign(self) -> str:
        """The byte order as `struct` writes it."""
        return "<" if self.order == "little" else ">"

    @property
    def is_loadable(self) -> bool:
        """Whether a system's loader maps it: a program or a library for a processor."""
        on_device = self.machine in (CUDA, AMDGPU, BPF)
        return self.kind in (EXECUTABLE, SHARED) and not on_device


def read_header(source: Source) -> Header:
    """The header, once its tables lie within the file.

    Raises:
        MalformedError: it is truncated, of no class or byte order, or places a table outside.
        TooLarge: a table has more entries than are read.
    """
    ident = source.read_at(0, min(IDENT, source.size)).ljust(IDENT, b"\0")
    bits, order = CLASSES.get(ident[4]), ORDERS.get(ident[5])
    if bits is None or order is None:
        raise MalformedError("the ELF header has no valid class and byte order")
    layout = struct.Struct(("<" if order == "little" else ">") + FIELDS[bits])
    size = IDENT + layout.size
    if source.size < size:
        raise MalformedError(f"the file is {source.size} bytes, shorter than an ELF header")
    fields = layout.unpack(source.read_at(IDENT, layout.size))
    kind, machine, version, _, segments, sections, _, own, *tables = fields
    if ident[6] != 1 or version != 1:
        raise MalformedError("the ELF header has a version that does not exist")
    if own != size:
        raise MalformedError(f"the ELF header says it is {own} bytes; the format has {size}")
    header = Header(
        bits,
        order,
        kind,
        machine,
        size,
        Table(segments, tables[0], tables[1]),
        Table(sections, tables[2], tables[3]),
        tables[4],
    )
    return _checked(_extended(header, source), source)


def _extended(header: Header, source: Source) -> Header:
    """Numbers that do not fit their fields stand in the first section (chapter 4, `e_shnum`)."""
    segments, sections, names = header.segments, header.sections, header.names
    if not sections.offset:
        return header
    if segments.count != MANY_SEGMENTS and sections.count and names != INDEX_ELSEWHERE:
        return header
    _check_entry(sections, SECTION_BYTES[header.bits], "section")
    first = source.read_at(sections.offset, sections.entry)
    layout = header.sign + ("IIIIIIIIII" if header.bits == 32 else "IIQQQQIIQQ")
    _, _, _, _, _, size, link, info, _, _ = struct.unpack(layout, first)
    return Header(
        header.bits,
        header.order,
        header.kind,
        header.machine,
        header.size,
        _counted(segments, info if segments.count == MANY_SEGMENTS else segments.count),
        _counted(sections, sections.count or size),
        link if names == INDEX_ELSEWHERE else names,
    )


def _counted(table: Table, count: int) -> Table:
    return Table(table.offset, table.entry, count)


def _checked(header: Header, source: Source) -> Header:
    _check_table(header.segments, SEGMENT_BYTES[header.bits], source, "program header")
    _check_table(header.sections, SECTION_BYTES[header.bits], source, "section header")
    if header.sections.count and header.names >= header.sections.count:
        raise MalformedError(f"the sections' names are in section {header.names}, which is none")
    return header


def _check_table(table: Table, entry: int, source: Source, what: str) -> None:
    if not table.count:
        return
    _check_entry(table, entry, what)
    if table.count > MAX_ENTRIES:
        raise TooLarge(f"{table.count} {what}s, more than the {MAX_ENTRIES} that are read")
    if not table.offset or table.end > source.size:
        raise MalformedError(
            f"the {table.count} {what}s at byte {table.offset} lie outside the file's "
            f"{source.size} bytes"
        )


def _check_entry(table: Table, entry: int, what: str) -> None:
    if table.entry != entry:
        raise MalformedError(f"a {what} is said to be {table.entry} bytes; the format has {entry}")
