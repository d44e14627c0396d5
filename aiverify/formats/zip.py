"""ZIP archives, read so that no two programs can see two archives in one.

Programs differ in which of an archive's statements they go by: its directory, the header
before each member, or the bytes in between. Here all of them must say the same. Whether an
archive is a PyTorch container is told by `torch.is_torch`, which needs its names alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Source, TooLarge
from aiverify.formats.sources import Memory, Window
from aiverify.formats.zipping import directory, end, layout, names
from aiverify.formats.zipping.end import is_archive
from aiverify.formats.zipping.entry import DEFLATED, LOCAL_MAGIC, STORED, Entry, entry_of

__all__ = ["MAGICS", "Entry", "Zip", "is_archive", "read"]

MAGICS = (LOCAL_MAGIC, end.END_MAGIC)
"""What an archive begins with: a member, or its end when it is empty."""

MAX_DIRECTORY = 64 << 20
MAX_ENTRIES = 500_000

CHECKED = 16 << 20
"""A stored member's checksum is held against its bytes when it is no larger."""

HEADER, MOST_PER_BYTE = 1024, 2
"""Packed bytes that are enough for the first unpacked ones."""

BOMB_RATIO = 200
BOMB_SIZE = 1 << 30


@dataclass(frozen=True)
class Zip:
    """An archive's members in the order of its directory, and what is wrong with it."""

    source: Source
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    def open(self, entry: Entry, limit: int) -> Source:
        """A member's bytes; unpacked ones are held in memory.

        Raises:
            MalformedError: they are not what the archive says of them.
            TooLarge: they would be more than `limit` bytes in memory, or are encrypted or
                packed in a way that is not read.
        """
        if entry.is_protected:
            raise TooLarge("encrypted")
        source = self.unpacked(entry, limit)
        if not self.is_intact(entry, source):
            name = shown(entry.name)
            raise MalformedError(f"the member {name} has another checksum than the archive says")
        return source

    def unpacked(self, entry: Entry, limit: int) -> Source:
        """The same for programs that care neither for checksums nor for flags.

        Raises:
            MalformedError: they cannot be unpacked, or are not as many as the archive says.
            TooLarge: they would be more than `limit` bytes in memory, or are packed in a way
                that is not read.
        """
        window = Window(self.source, entry.start, entry.packed)
        if entry.method == STORED:
            return window
        if entry.method != DEFLATED:
            raise TooLarge(f"packed by method {entry.method}, which is not read")
        if max(entry.size, entry.packed) > limit:
            raise TooLarge(f"{entry.size} bytes unpacked; {limit} are looked into")
        return Memory(_inflate(window, entry))

    def head(self, entry: Entry, size: int) -> bytes:
        """A member's first bytes, at most so many, as far as they can be told.

        Raises:
            MalformedError: they cannot be unpacked.
            TooLarge: they are packed in a way that is not read.
        """
        window = Window(self.source, entry.start, entry.packed)
        if entry.method == STORED:
            return window.read_at(0, min(size, window.size))
        if entry.method != DEFLATED:
            raise TooLarge(f"packed by method {entry.method}, which is not read")
        machine = zlib.decompressobj(-zlib.MAX_WBITS)
        packed = window.read_at(0, min(window.size, MOST_PER_BYTE * size + HEADER))
        try:
            return machine.decompress(packed, size)
        except zlib.error as error:
            raise MalformedError(f"a member cannot be unpacked: {error}") from error

    def is_intact(self, entry: Entry, source: Source) -> bool:
        """Whether a member's bytes have its checksum; larger ones that are stored may not."""
        if entry.method == STORED and source.size > CHECKED:
            return True
        return zlib.crc32(source.read_at(0, source.size)) == entry.crc


def read(source: Source) -> Zip:
    """Read an archive's directory, and hold it against the members' own headers.

    Raises:
        MalformedError: it is no archive, or its directory cannot be followed.
    """
    last = end.find(source)
    if last is None:
        raise MalformedError("the archive has no directory at its end")
    if last.size > MAX_DIRECTORY or last.count > MAX_ENTRIES:
        raise MalformedError(f"the archive's directory has {last.count} entries, too many to read")
    found = Found()
    entries, findings = [], list(last.findings)
    for listed in directory.entries(source.read_at(last.begin, last.size), last.count):
        entry, wrong = entry_of(source, listed, last.shift)
        entries.append(entry)
        findings += wrong
    for finding in chain(
        findings,
        layout.check(source, entries, last.begin),
        names.check(entries),
        _bomb(entries, source.size),
    ):
        found.keep(finding)
    return Zip(source, tuple(entries), found.all())


def _bomb(entries: Sequence[Entry], size: int) -> Iterator[Finding]:
    total = sum(entry.size for entry in entries)
    if total > BOMB_SIZE and total > BOMB_RATIO * size:
        yield rules.containers.BOMB.found(f"{size} bytes that unpack to {total}")


def _inflate(window: Window, entry: Entry) -> bytes:
    name = shown(entry.name)
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = machine.decompress(window.read_at(0, window.size), entry.size + 1)
    except zlib.error as error:
        raise MalformedError(f"the member {name} cannot be unpacked: {error}") from error
    if len(data) != entry.size or not machine.eof or machine.unused_data:
        raise MalformedError(f"the member {name} does not unpack to the {entry.size} bytes it says")
    return data
