"""Sources within sources: a part of a file, and bytes that were unpacked from one."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source


@dataclass(frozen=True, slots=True)
class Window:
    """`size` bytes from `offset` in another source, which must have them."""

    source: Source
    offset: int
    size: int

    def read_at(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes from `offset` in the window.

        Raises:
            MalformedError: they reach outside it.
        """
        refuse_outside(self, offset, size)
        return self.source.read_at(self.offset + offset, size)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes at hand."""

    data: bytes

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.data)

    def read_at(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes from `offset`.

        Raises:
            MalformedError: they reach outside.
        """
        refuse_outside(self, offset, size)
        return self.data[offset : offset + size]


def refuse_outside(source: Source, offset: int, size: int) -> None:
    """Check a read against a source's size.

    Raises:
        MalformedError: it reaches outside.
    """
    if offset < 0 or size < 0 or offset + size > source.size:
        raise MalformedError(f"bytes {offset} to {offset + size} lie outside its {source.size}")
