"""How joblib packs its files: as any file may be packed, or in a bare stream of its own."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.errors import MalformedError
from aiverify.formats import compressed
from aiverify.formats.compressed import BOMB_RATIO, CHUNK, MAX_UNPACKED, MEMORY, Machine
from aiverify.formats.inflater import Inflater
from aiverify.formats.interface import Probe, Source, TooLarge
from aiverify.formats.sources import Memory
from aiverify.formats.trailing import trailing

Z_FILE = b"ZF"
"""How joblib began a packed file up to 0.9: this, the length in hexadecimal, and zlib."""
Z_HEADER = 21

FIRST = 512
"""Bytes that are unpacked to tell what they start."""

BROKEN = (zlib.error, lzma.LZMAError, OSError, EOFError)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out: the content, or why there is none; and what is wrong with the packing."""

    content: Source | None
    findings: tuple[Finding, ...] = ()
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of packing: how a file of it starts, and where its stream begins."""

    name: str
    magic: bytes
    start: Callable[[], Machine]
    offset: int = 0
    shared: bool = False
    """Whether any file may be packed so, and not only joblib's."""

    def unpack(self, probe: Probe, source: Source) -> Unpacked:
        """The content, up to a limit.

        Raises:
            MalformedError: it cannot be unpacked.
        """
        if self.shared:
            return _unpack_shared(probe, source)
        try:
            return self._unpack(source)
        except BROKEN as error:
            raise MalformedError(f"the {self.name} stream cannot be unpacked: {error}") from error

    def first(self, head: bytes) -> bytes:
        """The first bytes that come out of a file's head, or nothing."""
        if not head.startswith(self.magic):
            return b""
        try:
            return self.start().decompress(head[self.offset :], FIRST)
        except BROKEN:
            return b""

    def _unpack(self, source: Source) -> Unpacked:
        machine, out, position = self.start(), bytearray(), self.offset
        while not machine.eof and len(out) <= MAX_UNPACKED:
            data = b""
            if machine.needs_input:
                data = source.read_at(position, min(CHUNK, source.size - position))
                if not data:
                    raise MalformedError("the packed stream ends in the middle")
            position += len(data)
            out += machine.decompress(data, MAX_UNPACKED + 1 - len(out))
        if len(out) > MAX_UNPACKED:
            return _too_large(position)
        end = position - len(machine.unused_data)
        return Unpacked(Memory(bytes(out)), tuple(trailing(source, end, f"{self.name} stream")))


PACKINGS = (
    *(Packing(name, magic, start, shared=True) for name, magic, start in compressed.PACKINGS),
    Packing("zlib", b"\x78", Inflater),
    Packing("lzma", b"\x5d\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, MEMORY)),
    Packing("zlib", Z_FILE, Inflater, Z_HEADER),
    Packing("zlib", Z_FILE, Inflater, Z_HEADER + 1),
)
"""joblib up to 0.8.4 left a blank behind the length."""


def of(head: bytes) -> tuple[Packing, bytes]:
    """How a file is packed, and what comes out first: nothing, if it is not packed."""
    found = ((packing, packing.first(head)) for packing in PACKINGS)
    return next((item for item in found if item[1]), (PACKINGS[0], b""))


def _unpack_shared(probe: Probe, source: Source) -> Unpacked:
    facts, (part,) = compressed.Compressed().open(probe, source)
    try:
        return Unpacked(part.open(), facts.findings)
    except TooLarge as error:
        return Unpacked(None, facts.findings, str(error))


def _too_large(position: int) -> Unpacked:
    unread = f"more than the {MAX_UNPACKED >> 20} MiB that are unpacked"
    if BOMB_RATIO * position >= MAX_UNPACKED:
        return Unpacked(None, (), unread)
    message = f"{position} bytes of it unpack to more than {MAX_UNPACKED}"
    return Unpacked(None, (rules.containers.BOMB.found(message),), unread)
