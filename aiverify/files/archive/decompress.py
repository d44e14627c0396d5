"""Decompressing a stream piece by piece: gzip (RFC 1952) and zstd (RFC 8878)."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from aiverify.core.layers import Compression
from aiverify.errors import MalformedError
from aiverify.files.archive.budget import Budget

FED = 64 << 10
"""Packed bytes that are decompressed at a time: what is unpacked is held against these."""

PIECE = 256 << 10
"""Bytes that one step may give."""

MAX_STREAMS = 100_000
"""Streams that may stand one behind the other: some programs begin one every few megabytes."""

MAX_WINDOW_LOG = 27
"""zstd may look back 128 MiB, as `zstd -d` allows. Common levels need 8 MiB at most."""


class Machine(Protocol):
    """What decompressors have in common (as in the standard library's `bz2`)."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it has given all that it can of what it was fed."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was fed to it beyond the end."""
        ...

    def decompress(self, data: bytes | memoryview, max_length: int, /) -> bytes:
        """More of the content, at most so many bytes."""
        ...


class Gunzip:
    """One gzip member, in the manner of `bz2`. zlib checks its CRC and length."""

    def __init__(self) -> None:
        self._machine = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._full = False

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return self._machine.eof

    @property
    def needs_input(self) -> bool:
        """Whether it has given all: zlib may hold output back when all input is taken."""
        return not self._full and not self._machine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What was fed to it beyond the end."""
        return self._machine.unused_data

    def decompress(self, data: bytes | memoryview, max_length: int, /) -> bytes:
        """More of the content. Nothing may be fed while it needs no input."""
        found = self._machine.decompress(self._machine.unconsumed_tail or data, max_length)
        self._full = len(found) == max_length
        return found


def decompressed(
    pieces: Iterable[memoryview], compression: Compression, budget: Budget, shown: str
) -> Iterator[memoryview]:
    """The content of a packed stream, in pieces that are valid until the next is asked for.

    Raises:
        MalformedError: it is broken, ends early, has something behind its end, needs too large
            a window, or comes to more than the budget.
    """
    if compression is Compression.NONE:
        for piece in pieces:
            budget.spend(len(piece), shown)
            yield piece
        return
    streams = _Streams(compression, shown)
    packed = unpacked = 0
    for piece in pieces:
        for start in range(0, len(piece), FED):
            data = piece[start : start + FED]
            packed += len(data)
            for found in streams.feed(data):
                unpacked += len(found)
                budget.spend(len(found), shown)
                budget.refuse_bomb(unpacked, packed, shown)
                yield memoryview(found)
    streams.close()


class _Streams:
    """Packed streams, one behind the other, which are one content."""

    def __init__(self, compression: Compression, shown: str) -> None:
        self._compression = compression
        self._shown = shown
        self._start, self._failure = _machines(compression)
        self._machine: Machine | None = self._start()
        self._count = 1
        self._fresh = True

    def feed(self, data: bytes | memoryview) -> Iterator[bytes]:
        """What comes of some packed bytes."""
        while True:
            machine = self._machine or self._next()
            found = self._step(machine, data)
            if found:
                yield found
            if machine.eof:
                self._machine = None
                data = machine.unused_data
                if not data:
                    return
            elif machine.needs_input:
                return
            else:
                data = b""

    def close(self) -> None:
        """Hold the streams to their end."""
        if self._machine is not None:
            raise MalformedError(
                f"{self._shown} ends in the middle of its {self._compression} data"
            )

    def _next(self) -> Machine:
        self._count += 1
        if self._count > MAX_STREAMS:
            raise MalformedError(
                f"{self._shown} holds more than {MAX_STREAMS} {self._compression} streams"
            )
        self._fresh = True
        self._machine = self._start()
        return self._machine

    def _step(self, machine: Machine, data: bytes | memoryview) -> bytes:
        try:
            found = machine.decompress(data, PIECE)
        except self._failure as error:
            if self._fresh and self._count > 1:
                message = f"{self._shown} has other data after its {self._compression} data"
            else:
                message = f"{self._shown} cannot be unpacked by {self._compression}: {error}"
            raise MalformedError(message) from error
        self._fresh = self._fresh and not found
        return found


def _machines(compression: Compression) -> tuple[Callable[[], Machine], type[Exception]]:
    """What starts a decompressor, and how that one fails."""
    if compression is Compression.GZIP:
        return Gunzip, zlib.error
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG}
    return lambda: zstd.ZstdDecompressor(options=options), zstd.ZstdError
