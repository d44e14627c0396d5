"""Symbols: what a file imports, what it offers, and which of a compiler's guards it calls."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.elf import dynamic as tags
from aiverify.formats.elf import sections as kinds
from aiverify.formats.elf.dynamic import Dynamic
from aiverify.formats.elf.image import Image
from aiverify.formats.elf.sections import Section, read_linked
from aiverify.formats.elf.strings import Strings
from aiverify.formats.interface import TooLarge

FIELDS = {32: "IIIBBH", 64: "IBBHQQ"}

FUNCTION = 2
"""The low half of `st_info`: `STT_FUNC`."""

LOCAL = 0
"""Its high half: `STB_LOCAL`."""

UNDEFINED = 0
"""`st_shndx` of what is imported."""

MAX_SYMBOLS = 1 << 20
"""Symbols that are read one by one."""

STACK_GUARDS = (b"__stack_chk_fail", b"__stack_chk_fail_local", b"__stack_chk_guard")

CHECKED_SUFFIX = b"_chk"
"""Ends the names of the checked functions that `_FORTIFY_SOURCE` calls: `__memcpy_chk`."""

MAX_GUARD = 64


class Symbol(NamedTuple):
    """An entry of a table, in one order for both classes."""

    name: int
    info: int
    section: int
    value: int
    size: int

    @property
    def kind(self) -> int:
        """What it is: `STT_FUNC`, `STT_OBJECT` and others."""
        return self.info & 0xF


@dataclass(frozen=True, slots=True)
class Imports:
    """What the dynamic symbols come to."""

    imports: int = 0
    exports: int = 0
    guards_stack: bool = False
    checks_buffers: bool = False


def read_symbols(image: Image, offset: int, count: int) -> Iterator[Symbol]:
    """The symbols of a table but its first, which is none.

    Raises:
        MalformedError: the table lies outside the file.
        TooLarge: it has more than are read.
    """
    bits = image.header.bits
    layout = struct.Struct(image.header.sign + FIELDS[bits])
    if count > MAX_SYMBOLS:
        raise TooLarge(f"{count} symbols, more than the {MAX_SYMBOLS} that are read")
    entries = layout.iter_unpack(image.source.read_at(offset, count * layout.size))
    next(entries, None)
    if bits == 32:
        return (Symbol(name, info, at, value, size) for name, value, size, info, _, at in entries)
    return (Symbol(name, info, at, value, size) for name, info, _, at, value, size in entries)


def read_table(image: Image, section: Section) -> tuple[Iterator[Symbol], Strings]:
    """The symbols of a section, and the strings that hold their names.

    Raises:
        MalformedError: the section is not whole, or is linked with no strings.
        TooLarge: there are more than are read.
    """
    count = table_length(image, section)
    strings = read_linked(image.source, image.sections, section)
    return read_symbols(image, section.offset, count), strings


def table_length(image: Image, section: Section) -> int:
    """How many symbols a section has, the first included.

    Raises:
        MalformedError: it is not made of whole symbols.
    """
    size = struct.calcsize("<" + FIELDS[image.header.bits])
    if section.entry != size or section.size % size:
        raise MalformedError("a table of symbols is not made of whole symbols")
    return section.size // size


def read_imports(image: Image, dynamic: Dynamic) -> Imports:
    """Count the dynamic symbols, and look for a compiler's guards among the imported ones.

    Raises:
        MalformedError: the table is not mapped, or its hash table leads out of the file.
        TooLarge: there are more than are read.
    """
    count = _dynamic_count(image, dynamic)
    if not count:
        return Imports()
    size = struct.calcsize("<" + FIELDS[image.header.bits])
    offset = image.segments.place(dynamic.number(tags.SYMBOLS), count * size)
    imports = exports = 0
    guards_stack = checks_buffers = False
    for symbol in read_symbols(image, offset, count):
        if symbol.section != UNDEFINED:
            exports += symbol.info >> 4 != LOCAL
            continue
        imports += 1
        name = dynamic.strings.beginning(symbol.name, MAX_GUARD).partition(b"\0")[0]
        guards_stack = guards_stack or name in STACK_GUARDS
        checks_buffers = checks_buffers or _is_checked(name)
    return Imports(imports, exports, guards_stack, checks_buffers)


def _is_checked(name: bytes) -> bool:
    return name.startswith(b"__") and name.endswith(CHECKED_SUFFIX)


def _dynamic_count(image: Image, dynamic: Dynamic) -> int:
    """Symbols in the dynamic table, of which only the hash tables and sections tell the length."""
    if tags.SYMBOLS not in dynamic.entries:
        return 0
    section = next(image.sections.of_kind(kinds.DYNAMIC_SYMBOLS), None)
    if section is not None:
        return table_length(image, section)
    if tags.HASH in dynamic.entries:
        place = image.segments.place(dynamic.number(tags.HASH), 8)
        return int.from_bytes(image.source.read_at(place + 4, 4), image.header.order)
    if tags.GNU_HASH in dynamic.entries:
        return _hashed_count(image, dynamic.number(tags.GNU_HASH))
    return 0


def _hashed_count(image: Image, address: int) -> int:
    """The same by a GNU hash table: the last chain of the last bucket ends with the table."""
    words = struct.Struct(image.header.sign + "IIII")
    place = image.segments.place(address, words.size)
    buckets, first, filters, _ = words.unpack(image.source.read_at(place, words.size))
    if buckets > MAX_SYMBOLS:
        raise TooLarge(f"{buckets} buckets of symbols, more than the {MAX_SYMBOLS} that are read")
    begin = place + words.size + filters * image.header.bits // 8
    data = image.source.read_at(begin, 4 * buckets)
    last = max((item for (item,) in struct.iter_unpack(image.header.sign + "I", data)), default=0)
    if last < first:
        return int(first)
    cursor = Cursor(image.source, begin + 4 * (buckets + int(last) - first), image.header.order)
    for index in range(int(last), int(last) + MAX_SYMBOLS):
        if cursor.integer(4) & 1:
            return index + 1
    raise TooLarge(f"a chain of more than the {MAX_SYMBOLS} symbols that are read")
