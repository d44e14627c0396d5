"""A table of strings: one after the other, each ended by a NUL, found by their places."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source
from aiverify.formats.sources import Memory, Window

MAX_HELD = 16 << 20
"""Bytes of a table that are held in memory. Of a larger one each string is fetched."""

MAX_STRING = 4096
"""Bytes of a string that are read: what a path may have on Linux."""


@dataclass(frozen=True, slots=True)
class Strings:
    """The bytes of a table, which ends with a NUL."""

    source: Source

    @property
    def size(self) -> int:
        """Bytes of the table."""
        return self.source.size

    def beginning(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from a place, fewer at the table's end and none behind it."""
        return (
            self.source.read_at(offset, min(size, self.size - offset))
            if offset < self.size
            else b""
        )

    def text(self, offset: int, limit: int = MAX_STRING) -> str:
        """The string at a place; what is not UTF-8 in it is replaced.

        Raises:
            MalformedError: the place lies outside, or the string is longer than `limit` bytes.
        """
        if offset >= self.size:
            raise MalformedError(
                f"a string at {offset} lies outside its table of {self.size} bytes"
            )
        data, end, _ = self.beginning(offset, limit + 1).partition(b"\0")
        if not end:
            raise MalformedError(f"the string at {offset} has more than {limit} bytes")
        return data.decode("utf-8", "replace")

    def holds(self, offset: int, string: bytes) -> bool:
        """Whether the string at a place is this one. Costs no more than this one's length."""
        return self.beginning(offset, len(string) + 1) == string + b"\0"


NO_STRINGS = Strings(Memory(b"\0"))
"""The table where there is none: its one string is empty."""


def read_strings(source: Source, offset: int, size: int) -> Strings:
    """The table of `size` bytes at `offset`.

    Raises:
        MalformedError: it lies outside the file, or does not end with a NUL.
    """
    if not size:
        return NO_STRINGS
    if source.read_at(offset + size - 1, 1) != b"\0":
        raise MalformedError("a table of strings does not end with a NUL")
    if size > MAX_HELD:
        return Strings(Window(source, offset, size))
    return Strings(Memory(source.read_at(offset, size)))
