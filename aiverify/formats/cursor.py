"""A cursor: reads a source from front to back, and never past its end."""

from __future__ import annotations

import struct
from typing import Literal

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source

BUFFER = 1 << 16
"""Bytes that are fetched at a time. A longer read is made at once and not kept."""


class Cursor:
    """A position in a source. Each read moves it on; what lies outside is malformed.

    `order` is the byte order of its numbers. The caller bounds what it takes: a length from
    the file is checked against the file's size here, and against sense by the format.
    """

    def __init__(
        self, source: Source, position: int = 0, order: Literal["little", "big"] = "little"
    ) -> None:
        self._source = source
        self._start = position
        self._buffer = b""
        self._at = 0
        self._order = order
        self._sign = "<" if order == "little" else ">"

    @property
    def position(self) -> int:
        """Bytes from the source's start."""
        return self._start + self._at

    @property
    def left(self) -> int:
        """Bytes up to the source's end."""
        return self._source.size - self.position

    def take(self, size: int) -> bytes:
        """The next `size` bytes.

        Raises:
            MalformedError: there are fewer.
        """
        end = self._at + size
        if size >= 0 and end <= len(self._buffer):
            data = self._buffer[self._at : end]
            self._at = end
            return data
        self._refuse_beyond(size)
        if size >= BUFFER:
            data = self._source.read_at(self.position, size)
            self.seek(self.position + size)
            return data
        self._fill()
        self._at = size
        return self._buffer[:size]

    def skip(self, size: int) -> None:
        """Move on without reading.

        Raises:
            MalformedError: that leads past the end.
        """
        self._refuse_beyond(size)
        if self._at + size <= len(self._buffer):
            self._at += size
        else:
            self.seek(self.position + size)

    def seek(self, position: int) -> None:
        """Move to a position.

        Raises:
            MalformedError: it lies outside.
        """
        if not 0 <= position <= self._source.size:
            raise MalformedError(f"byte {position} lies outside the {self._source.size} of it")
        self._start, self._at, self._buffer = position, 0, b""

    def integer(self, size: int, *, signed: bool = False) -> int:
        """The next whole number of `size` bytes."""
        return int.from_bytes(self.take(size), self._order, signed=signed)

    def real(self, size: int) -> float:
        """The next IEEE 754 number of 4 or 8 bytes."""
        value: float = struct.unpack(self._sign + ("f" if size == 4 else "d"), self.take(size))[0]
        return value

    def line(self, limit: int) -> bytes:
        """Up to the next line feed, which is passed over and not returned.

        Raises:
            MalformedError: there is none in the next `limit` bytes.
        """
        begin, searched = self.position, 0
        while True:
            found = self._buffer.find(b"\n", self._at + searched)
            if 0 <= found <= self._at + limit:
                return self.take(found - self._at + 1)[:-1]
            searched = len(self._buffer) - self._at
            if searched > limit or searched >= self.left:
                raise MalformedError(f"a line at byte {begin} does not end")
            self._fill(2 * max(searched, BUFFER))

    def _fill(self, size: int = BUFFER) -> None:
        """Fetch anew from the position on."""
        self._start, self._at = self.position, 0
        self._buffer = self._source.read_at(self._start, min(size, self._source.size - self._start))

    def _refuse_beyond(self, size: int) -> None:
        if not 0 <= size <= self.left:
            raise MalformedError(
                f"{size} bytes are announced at byte {self.position}, and {self.left} are left"
            )
