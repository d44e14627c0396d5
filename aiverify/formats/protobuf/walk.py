"""Protocol buffers' wire format, walked without a schema.

A message is fields, one after another: a number, a wire type, and a value or a stretch of
bytes that may be a message in turn. Payloads are passed over by position and read only when
they are asked for, so that a model of gigabytes costs what its structure costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source, TooLarge

BLOCK = 1 << 14
"""Bytes that are fetched at a time."""

CHUNK = 1 << 20
"""Bytes of packed numbers that are counted at a time."""

CONTINUED = bytes(range(0x80, 0x100))

MAX_DEPTH = 100
"""Messages within messages: what the libraries accept (`SetRecursionLimit`)."""

MAX_FIELDS = 4_000_000
"""Fields of one file that are walked through. The largest graphs have a tenth of that."""

MAX_TEXT = 1 << 20
"""Bytes of a text that is read whole: a name, a type, a path."""

MAX_VARINT = 10
"""Bytes of a number that is written in seven bits each."""


class Wire(IntEnum):
    """How a value is written. The groups (3 and 4) of former days are refused."""

    VARINT = 0
    FIXED64 = 1
    BYTES = 2
    FIXED32 = 5


class Field(NamedTuple):
    """One field: a number in `value`, or `size` bytes from `start`. A tuple, as there are many."""

    number: int
    wire: Wire
    value: int
    start: int
    size: int
    within: Message

    def message(self) -> Message:
        """What the bytes say as a message of their own.

        Raises:
            MalformedError: they are a number, or nested too deeply.
        """
        self._refuse_other(Wire.BYTES)
        return self.within.inner(self.start, self.size)

    def data(self, limit: int = MAX_TEXT) -> bytes:
        """The bytes.

        Raises:
            MalformedError: they are a number, or more than `limit`.
        """
        self._refuse_other(Wire.BYTES)
        if self.size > limit:
            raise MalformedError(
                f"field {self.number} at byte {self.start} has {self.size} bytes, more than "
                f"the {limit} that such a field may have"
            )
        return self.within.blocks.read(self.start, self.size)

    def text(self) -> str:
        """The bytes as text. What is not UTF-8 is replaced."""
        return self.data().decode("utf-8", "replace")

    def excerpt(self, limit: int) -> str:
        """The beginning of a text that may be long."""
        self._refuse_other(Wire.BYTES)
        data = self.within.blocks.read(self.start, min(self.size, limit))
        return data.decode("utf-8", "ignore" if self.size > limit else "replace")

    def unsigned(self) -> int:
        """The number, below 2^64."""
        self._refuse_other(Wire.VARINT)
        return self.value

    def signed(self) -> int:
        """The number as `int64` has it."""
        value = self.unsigned()
        return value - (1 << 64) if value >> 63 else value

    def integers(self) -> Iterator[int]:
        """The numbers of a repeated `int64`, one a field or packed into one."""
        if self.wire is Wire.VARINT:
            yield self.signed()
            return
        for value in self.message().varints():
            yield value - (1 << 64) if value >> 63 else value

    def _refuse_other(self, wire: Wire) -> None:
        # Libraries skip a field of another wire type than its own, and so would not see it.
        if self.wire is not wire:
            raise MalformedError(
                f"field {self.number} at byte {self.start} is written as {self.wire.name}, "
                f"not as {wire.name}"
            )


class Message:
    """A message: its fields in the order in which they stand."""

    def __init__(self, blocks: Blocks, start: int, size: int, depth: int = 0) -> None:
        self.blocks = blocks
        self.start = start
        self.size = size
        self.depth = depth

    @classmethod
    def of(cls, source: Source) -> Message:
        """A whole file as one message."""
        return cls(Blocks(source), 0, source.size)

    def inner(self, start: int, size: int) -> Message:
        """A message within this one.

        Raises:
            MalformedError: it is nested deeper than `MAX_DEPTH`.
        """
        if self.depth >= MAX_DEPTH:
            raise MalformedError(f"messages are nested more than {MAX_DEPTH} deep at byte {start}")
        return Message(self.blocks, start, size, self.depth + 1)

    def fields(self, once: frozenset[int] = frozenset()) -> Iterator[Field]:
        """Every field. Those in `once` may stand there once: libraries join or drop a second.

        Raises:
            MalformedError: a field is cut off, has no number, is a group, or stands twice.
            TooLarge: the file has more fields than are walked through.
        """
        position, end = self.start, self.start + self.size
        seen: set[int] = set()
        while position < end:
            field, position = self._field(position, end)
            if field.number in once:
                if field.number in seen:
                    raise MalformedError(
                        f"field {field.number} stands there a second time at byte {field.start}"
                    )
                seen.add(field.number)
            yield field

    def varints(self) -> Iterator[int]:
        """The numbers that are packed into these bytes."""
        position, end = self.start, self.start + self.size
        while position < end:
            self.blocks.count()
            value, position = self.blocks.varint(position, end)
            yield value

    def packed(self) -> int:
        """How many numbers are packed into these bytes: each ends in a byte below 0x80."""
        position, end, count = self.start, self.start + self.size, 0
        while position < end:
            size = min(CHUNK, end - position)
            count += len(self.blocks.read(position, size).translate(None, CONTINUED))
            position += size
        return count

    def _field(self, position: int, end: int) -> tuple[Field, int]:
        self.blocks.count()
        key, start = self.blocks.varint(position, end)
        number, wire = key >> 3, key & 7
        if not 0 < number < 1 << 29:
            raise MalformedError(f"a field at byte {position} has the number {number}")
        if wire == Wire.VARINT:
            value, after = self.blocks.varint(start, end)
            return Field(number, Wire.VARINT, value, start, after - start, self), after
        if wire == Wire.BYTES:
            size, start = self.blocks.varint(start, end)
        elif wire in (Wire.FIXED32, Wire.FIXED64):
            size = 4 if wire == Wire.FIXED32 else 8
        else:
            raise MalformedError(f"a field at byte {position} is of the wire type {wire}")
        if size > end - start:
            raise MalformedError(
                f"field {number} at byte {position} claims {size} bytes, and {end - start} are left"
            )
        return Field(number, Wire(wire), 0, start, size, self), start + size


class Blocks:
    """A source's bytes, fetched in blocks and kept one at a time: a walk goes forward."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._block = b""
        self._begin = 0
        self._fields = 0

    def read(self, position: int, size: int) -> bytes:
        """Exactly `size` bytes."""
        if size > BLOCK:
            return self._source.read_at(position, size)
        at = self._near(position, size)
        return self._block[at : at + size]

    def varint(self, position: int, end: int) -> tuple[int, int]:
        """The number at a position, and the position behind it.

        Raises:
            MalformedError: it does not end before `end`, or takes more than 64 bits.
        """
        if position >= end:
            raise MalformedError(f"a number at byte {position} is cut off")
        at = self._near(position, 1)
        first = self._block[at]
        if first < 0x80:
            return first, position + 1
        return self._long(position, min(end - position, MAX_VARINT))

    def count(self) -> None:
        """One field more.

        Raises:
            TooLarge: that is one too many.
        """
        self._fields += 1
        if self._fields > MAX_FIELDS:
            raise TooLarge(f"more than the {MAX_FIELDS} fields that are walked through")

    def _long(self, position: int, size: int) -> tuple[int, int]:
        value = 0
        for index, byte in enumerate(self.read(position, size)):
            value |= (byte & 0x7F) << 7 * index
            if byte < 0x80:
                if value >> 64:
                    break
                return value, position + index + 1
        raise MalformedError(f"a number at byte {position} does not end, or exceeds 64 bits")

    def _near(self, position: int, size: int) -> int:
        """Where in the block a stretch of at most `BLOCK` bytes begins, fetched if need be."""
        at = position - self._begin
        if at < 0 or at + size > len(self._block):
            left = self._source.size - position
            self._block = self._source.read_at(position, max(size, min(BLOCK, left)))
            self._begin = position
            return 0
        return at
