"""Sorted tables of keys and values, as LevelDB has them and TensorFlow's checkpoints too."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source, TooLarge
from aiverify.formats.protobuf.walk import Blocks
from aiverify.formats.sources import Memory

MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
FOOTER = 48
TRAILER = 5
"""Bytes behind a block: how it is packed, and a checksum."""

MAX_KEYS = 64 << 20
"""Bytes of all keys together. Each repeats as much of the one before as it likes."""


class Table:
    """A table's entries in their order, read block by block."""

    def __init__(self, source: Source) -> None:
        """Check the end of the file, where a table says what it is.

        Raises:
            MalformedError: it is no table.
        """
        self._source = source
        self._room = source.size
        self._keys = 0
        if source.size < FOOTER or source.read_at(source.size - 8, 8) != MAGIC:
            raise MalformedError("the file does not end as a table of keys and values does")

    def entries(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its value.

        Raises:
            MalformedError: a block lies outside the file, or contradicts itself.
            TooLarge: a block is packed, or the keys unpack to too much.
        """
        footer = self._source.read_at(self._source.size - FOOTER, FOOTER)
        _, _, position = _handle(footer, 0)
        begin, size, _ = _handle(footer, position)
        for _, handle in self._block(begin, size):
            begin, size, _ = _handle(handle, 0)
            yield from self._block(begin, size)

    def _block(self, begin: int, size: int) -> Iterator[tuple[bytes, bytes]]:
        """A block's entries. All blocks together are no larger than the file."""
        self._room -= size + TRAILER
        if self._room < 0 or begin + size + TRAILER > self._source.size:
            raise MalformedError(f"a block of {size} bytes at byte {begin} lies outside the table")
        data = self._source.read_at(begin, size + TRAILER)
        if data[size]:
            raise TooLarge("a table whose blocks are packed")
        yield from self._entries(data[:size])

    def _entries(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        restarts = int.from_bytes(data[-4:], "little") if len(data) >= 4 else 0
        end = len(data) - 4 - 4 * restarts
        if end < 0:
            raise MalformedError("a block of the table is shorter than its own index")
        blocks, position, key = Blocks(Memory(data)), 0, b""
        while position < end:
            shared, position = blocks.varint(position, end)
            added, position = blocks.varint(position, end)
            size, position = blocks.varint(position, end)
            if shared > len(key) or added + size > end - position:
                raise MalformedError("an entry of the table lies outside its block")
            self._keys += shared + added
            if self._keys > MAX_KEYS:
                raise TooLarge(f"keys of more than {MAX_KEYS >> 20} MiB")
            key = key[:shared] + data[position : position + added]
            position += added + size
            yield key, data[position - size : position]


def _handle(data: bytes, position: int) -> tuple[int, int, int]:
    """Where a block is, how large, and the position behind that."""
    blocks = Blocks(Memory(data))
    begin, position = blocks.varint(position, len(data))
    size, position = blocks.varint(position, len(data))
    return begin, size, position
