"""Single files that gzip, bzip2 or xz packed."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.inflater import Inflater
from aiverify.formats.interface import Container, Part, Probe, Source, TooLarge
from aiverify.formats.sources import Memory
from aiverify.formats.trailing import MAX_PADDING, trailing

CHUNK = 1 << 16
MAX_UNPACKED = 64 << 20
MAX_STREAMS = 10_000
MEMORY = 192 << 20
"""What xz may claim for its dictionary; its strongest preset takes 64 MiB to unpack."""

BOMB_RATIO = 200

SUFFIXES = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".gz": "", ".bz2": "", ".xz": ""}
"""What remains of a name's end when the file in it is unpacked."""


class Machine(Protocol):
    """What the standard library's decompressors have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream came to its end."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it has given all that it can of what it was fed."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was fed to it beyond the end."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """More of the content."""
        ...


def _gzip() -> Machine:
    return Inflater(16 + zlib.MAX_WBITS)


PACKINGS: tuple[tuple[str, bytes, Callable[[], Machine]], ...] = (
    ("gzip", b"\x1f\x8b\x08", _gzip),
    ("bzip2", b"BZh", bz2.BZ2Decompressor),
    ("xz", b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, MEMORY)),
)


class Compressed(Container):
    """A packed file. States its `packing`, how many `streams`, and the bytes `unpacked`."""

    name = "compressed"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return any(probe.head.startswith(magic) for _, magic, _ in PACKINGS)

    def open(self, probe: Probe, source: Source) -> tuple[Facts, tuple[Part, ...]]:
        """The one file in it, unpacked up to a limit.

        Raises:
            MalformedError: it cannot be unpacked.
        """
        packing, magic, start = next(item for item in PACKINGS if probe.head.startswith(item[1]))
        try:
            done = _unpacked(source, magic, start)
        except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
            raise MalformedError(f"the {packing} stream cannot be unpacked: {error}") from error
        values: dict[str, Json] = {"packing": packing, "streams": done.streams}
        if done.complete:
            values["unpacked"] = len(done.data)
        findings = tuple(_findings(source, packing, done))
        facts = Facts(self.name, self.role, f"packed by {packing}", values, findings=findings)
        return facts, (Part(_inner_name(probe), lambda: _opened(done)),)


@dataclass(frozen=True, slots=True)
class _Unpacked:
    """What came out of all streams, and where in the file they end."""

    data: bytes
    end: int
    streams: int
    complete: bool


def _unpacked(source: Source, magic: bytes, start: Callable[[], Machine]) -> _Unpacked:
    """Unpack stream after stream: most programs read them as one file."""
    out = bytearray()
    position = end = streams = 0
    complete = True
    while complete and _stands_at(source, position, magic):
        streams += 1
        if streams > MAX_STREAMS:
            raise MalformedError(f"it holds more than {MAX_STREAMS} packed streams")
        end, complete = _unpack(source, position, start(), out)
        position = _after_zeros(source, end)
    return _Unpacked(bytes(out), end, streams, complete)


def _stands_at(source: Source, position: int, magic: bytes) -> bool:
    room = source.size - position
    return room >= len(magic) and source.read_at(position, len(magic)) == magic


def _unpack(source: Source, position: int, machine: Machine, out: bytearray) -> tuple[int, bool]:
    """Where one stream ends, and whether all of it came out before the limit."""
    while not machine.eof:
        data = b""
        if machine.needs_input:
            data = source.read_at(position, min(CHUNK, source.size - position))
            if not data:
                raise MalformedError("the packed stream ends in the middle")
        position += len(data)
        out += machine.decompress(data, MAX_UNPACKED + 1 - len(out))
        if len(out) > MAX_UNPACKED:
            return position, False
    return position - len(machine.unused_data), True


def _after_zeros(source: Source, position: int) -> int:
    """The position of the first byte that is no zero: streams may be padded with some of those."""
    limit = min(position + MAX_PADDING, source.size)
    while position < limit:
        piece = source.read_at(position, min(CHUNK, limit - position))
        rest = piece.lstrip(b"\0")
        position += len(piece) - len(rest)
        if rest:
            break
    return position


def _findings(source: Source, packing: str, done: _Unpacked) -> Iterator[Finding]:
    if not done.complete:
        if len(done.data) > BOMB_RATIO * done.end:
            message = f"{done.end} bytes of it unpack to more than {MAX_UNPACKED}"
            yield rules.containers.BOMB.found(message)
        return
    if done.streams > 1:
        # Whoever stops at the end of the first sees another file than who goes on.
        yield rules.containers.HIDDEN.found(
            f"{done.streams} {packing} streams stand one behind the other",
            severity=Severity.WARNING,
        )
    yield from trailing(source, done.end, f"{packing} stream")


def _opened(done: _Unpacked) -> Source:
    if not done.complete:
        raise TooLarge(f"more than the {MAX_UNPACKED >> 20} MiB that are unpacked")
    return Memory(done.data)


def _inner_name(probe: Probe) -> str:
    """The name of the file inside: the outer one's, without what packing added."""
    for suffix, inner in SUFFIXES.items():
        if probe.base.endswith(suffix):
            return probe.name[: -len(suffix)].rpartition("/")[2] + inner
    return probe.name.rpartition("/")[2]
