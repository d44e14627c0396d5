"""Sections: what a linker, a debugger or a loader of eBPF sees of an ELF file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from aiverify.errors import MalformedError
from aiverify.formats.elf.header import Header
from aiverify.formats.elf.strings import NO_STRINGS, Strings, read_strings
from aiverify.formats.interface import Source

FIELDS = {32: "IIIIIIIIII", 64: "IIQQQQIIQQ"}

EMPTY, PROGRAM_BITS, SYMBOLS, STRINGS, DYNAMIC, NOTE, NO_BITS, DYNAMIC_SYMBOLS = (
    0,
    1,
    2,
    3,
    6,
    7,
    8,
    11,
)
"""`sh_type`."""

ALLOCATED, EXECUTABLE, COMPRESSED = 0x2, 0x4, 0x800
"""`sh_flags`."""


class Section(NamedTuple):
    """An entry of the table."""

    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry: int

    @property
    def is_stored(self) -> bool:
        """Whether it has bytes in the file."""
        return self.kind not in (EMPTY, NO_BITS)

    @property
    def is_code(self) -> bool:
        """Whether it is mapped to be run."""
        return self.flags & (ALLOCATED | EXECUTABLE) == ALLOCATED | EXECUTABLE


@dataclass(frozen=True, slots=True)
class Sections:
    """The table of sections as it lies in the file: entries are made when they are asked for."""

    table: bytes
    layout: struct.Struct
    names: Strings

    def __iter__(self) -> Iterator[Section]:
        return map(Section._make, self.layout.iter_unpack(self.table))

    def __len__(self) -> int:
        return len(self.table) // self.layout.size

    def at(self, index: int) -> Section:
        """The section of an index.

        Raises:
            MalformedError: there is none.
        """
        if not 0 <= index < len(self):
            raise MalformedError(f"a section {index} is spoken of, and there are {len(self)}")
        return Section._make(self.layout.unpack_from(self.table, index * self.layout.size))

    def of_kind(self, kind: int) -> Iterator[Section]:
        """The sections of a type, in their order."""
        return (section for section in self if section.kind == kind)

    def named(self, name: bytes) -> Section | None:
        """The first section with bytes that has this name."""
        holds = self.names.holds
        return next((item for item in self if item.is_stored and holds(item.name, name)), None)

    def name(self, section: Section) -> str:
        """A section's name.

        Raises:
            MalformedError: it is longer than a path.
        """
        return self.names.text(section.name)


def read_sections(source: Source, header: Header) -> Sections:
    """The sections, each within the file and with a name in the table of names.

    Raises:
        MalformedError: one is not, or a table of strings does not end.
    """
    table, layout = header.sections, struct.Struct(header.sign + FIELDS[header.bits])
    if not table.count:
        return Sections(b"", layout, NO_STRINGS)
    data = source.read_at(table.offset, table.size)
    sections = Sections(data, layout, _names(source, Sections(data, layout, NO_STRINGS), header))
    for index, section in enumerate(sections):
        _check(source, section, index, sections)
    return sections


def read_linked(source: Source, sections: Sections, section: Section) -> Strings:
    """The strings that a section's entries speak of.

    Raises:
        MalformedError: the section that it names holds none.
    """
    strings = sections.at(section.link)
    if strings.kind != STRINGS:
        raise MalformedError("a section's strings are in a section that holds none")
    return read_strings(source, strings.offset, strings.size)


def _names(source: Source, sections: Sections, header: Header) -> Strings:
    if not header.names:
        return NO_STRINGS
    section = sections.at(header.names)
    if section.kind != STRINGS:
        raise MalformedError("the sections' names are in a section that holds no strings")
    _check_inside(source, section, header.names)
    return read_strings(source, section.offset, section.size)


def _check(source: Source, section: Section, index: int, sections: Sections) -> None:
    if not section.is_stored:
        return
    _check_inside(source, section, index)
    if section.name >= sections.names.size:
        raise MalformedError(f"section {index} has a name outside the table of names")
    if section.link >= len(sections):
        raise MalformedError(f"section {index} is linked with section {section.link}, of none")
    if section.kind == STRINGS and section.size:
        last = source.read_at(section.offset + section.size - 1, 1)
        if last != b"\0" and not section.flags & COMPRESSED:
            raise MalformedError(f"the strings of section {index} do not end with a NUL")


def _check_inside(source: Source, section: Section, index: int) -> None:
    if section.offset + section.size > source.size:
        raise MalformedError(
            f"section {index} is {section.size} bytes at byte {section.offset}, outside the "
            f"file's {source.size}"
        )
