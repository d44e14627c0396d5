"""The dynamic table: what the loader of a system's libraries is told to do."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.elf import segments
from aiverify.formats.elf.image import Image
from aiverify.formats.elf.strings import MAX_STRING, NO_STRINGS, Strings, read_strings

NEEDED, STRINGS, SYMBOLS, STRINGS_SIZE = 1, 5, 6, 10
SONAME, RPATH, RUNPATH = 14, 15, 29
HASH, GNU_HASH = 4, 0x6FFFFEF5
TEXT_RELOCATIONS, BIND_NOW, FLAGS, FLAGS_1 = 22, 24, 30, 0x6FFFFFFB
AUDIT, LATE_AUDIT, AUXILIARY, FILTER = 0x6FFFFEFC, 0x6FFFFEFB, 0x7FFFFFFD, 0x7FFFFFFF
"""`d_tag`: `DT_AUDIT`, `DT_DEPAUDIT`, `DT_AUXILIARY` and `DT_FILTER` name libraries too."""

FLAG_TEXT_RELOCATIONS, FLAG_BIND_NOW = 0x4, 0x8
FLAG_1_NOW, FLAG_1_PIE = 0x1, 0x08000000

ONCE = (STRINGS, SYMBOLS, STRINGS_SIZE, SONAME, RPATH, RUNPATH, HASH, GNU_HASH, FLAGS, FLAGS_1)
"""Of two, one loader takes the first and another the last."""

MAX_ENTRIES = 1 << 16
MAX_LIBRARIES = 1000


@dataclass(frozen=True, slots=True)
class Dynamic:
    """The table's entries by tag, and the strings that they speak of."""

    offset: int
    entries: Mapping[int, tuple[int, ...]]
    strings: Strings
    strings_offset: int

    def number(self, tag: int) -> int:
        """The value of a tag, or 0."""
        return self.entries.get(tag, (0,))[0]

    def texts(self, tag: int, limit: int = MAX_STRING) -> list[str]:
        """The strings of a tag, in their order, each of up to `limit` bytes.

        Raises:
            MalformedError: one lies outside the table, or there are more than a loader takes.
        """
        places = self.entries.get(tag, ())
        if len(places) > MAX_LIBRARIES:
            raise MalformedError(f"{len(places)} libraries are named; {MAX_LIBRARIES} may be")
        return [self.strings.text(place, limit) for place in places]

    @property
    def binds_now(self) -> bool:
        """Whether every import is resolved before the program runs."""
        return (
            BIND_NOW in self.entries
            or bool(self.number(FLAGS) & FLAG_BIND_NOW)
            or bool(self.number(FLAGS_1) & FLAG_1_NOW)
        )

    @property
    def is_program(self) -> bool:
        """Whether it says of itself that it is a position-independent program."""
        return bool(self.number(FLAGS_1) & FLAG_1_PIE)

    @property
    def rewrites_code(self) -> bool:
        """Whether the loader makes code writable to relocate it."""
        return TEXT_RELOCATIONS in self.entries or bool(self.number(FLAGS) & FLAG_TEXT_RELOCATIONS)


def read_dynamic(image: Image) -> Dynamic | None:
    """The dynamic table as the loader finds it, or None where a file is linked statically.

    Raises:
        MalformedError: it does not end, contradicts itself, or its strings are not mapped.
    """
    segment = image.segments.only(segments.DYNAMIC, "dynamic table")
    if segment is None or not segment.stored:
        return None
    # Loaders go by the address, and tools by the offset.
    if image.segments.place(segment.address, segment.stored) != segment.offset:
        raise MalformedError("the dynamic table is mapped from another place than it is said to be")
    entries: dict[int, list[int]] = {}
    for tag, value in _entries(image, segment):
        entries.setdefault(tag, []).append(value)
    twice = next((tag for tag in ONCE if len(entries.get(tag, ())) > 1), None)
    if twice is not None:
        raise MalformedError(f"the dynamic table has tag {twice:#x} more than once")
    found = {tag: tuple(values) for tag, values in entries.items()}
    if STRINGS not in found:
        return Dynamic(segment.offset, found, NO_STRINGS, 0)
    size = found.get(STRINGS_SIZE, (0,))[0]
    offset = image.segments.place(found[STRINGS][0], size)
    return Dynamic(segment.offset, found, read_strings(image.source, offset, size), offset)


def _entries(image: Image, segment: segments.Segment) -> Iterator[tuple[int, int]]:
    layout = struct.Struct(image.header.sign + ("II" if image.header.bits == 32 else "QQ"))
    count = segment.stored // layout.size
    if count > MAX_ENTRIES:
        raise MalformedError(f"the dynamic table has {count} entries; {MAX_ENTRIES} may be")
    data = image.source.read_at(segment.offset, count * layout.size)
    for tag, value in layout.iter_unpack(data):
        if not tag:
            return
        yield tag, value
    raise MalformedError("the dynamic table does not end")
