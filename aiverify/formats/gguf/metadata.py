"""Reading the metadata of a GGUF file: keys, each with the type of its value and the value."""

from __future__ import annotations

import struct
from typing import Literal, TypeAlias

from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.gguf.types import ARRAY, BOOL, STRING, VALUES
from aiverify.formats.gguf.values import FIRST, MAX_ITEMS, Array, Item, Text, Value
from aiverify.formats.interface import TooLarge

MAX_HEADER = 64 << 20
"""Bytes of a header that are read. The largest vocabularies make a third of this."""

MAX_KEYS = 1 << 16
"""Keys that are read; models have some dozens."""

MAX_KEY = 0xFFFF
"""Bytes of a key."""

MAX_LENGTH = 1 << 30
"""Bytes of a string and items of an array (ggml, `GGUF_MAX_STRING_LENGTH`)."""

MAX_NESTING = 4
MAX_INNER = 10_000
"""Levels and number of arrays within arrays, which no model is known to have."""

SMALLEST_PAIR = 14
"""Bytes of a key of one letter, its type, and a value of one byte."""

CHUNK = 1 << 20
USUAL = 16
FEW = 1000
"""Bytes of an array of strings that are walked at a time, at most and for every string; and
strings that are not worth a buffer."""

Order: TypeAlias = Literal["little", "big"]


def read_metadata(cursor: Cursor, order: Order, count: int) -> dict[str, Value]:
    """All pairs. The cursor is behind them then.

    Raises:
        MalformedError: a key or value breaks the rules, or reaches beyond the file.
        TooLarge: there is more of it than is read.
    """
    if count * SMALLEST_PAIR > cursor.left:
        raise MalformedError(f"{count} keys are announced, and {cursor.left} bytes are left")
    if count > MAX_KEYS:
        raise TooLarge(f"it has {count} keys; {MAX_KEYS} are read")
    reading, found = _Reading(cursor, order), {}
    for _ in range(count):
        key = _key(cursor)
        if key in found:
            raise MalformedError(f"two keys are {printable(key[:200])}")
        try:
            found[key] = reading.value()
        except MalformedError as error:
            raise MalformedError(f"the key {printable(key[:200])}: {error.message}") from error
    return found


def read_string(cursor: Cursor, limit: int = MAX_LENGTH) -> bytes:
    """A string: its length, and its bytes.

    Raises:
        MalformedError: it is longer than `limit`, or than what is left.
        TooLarge: it ends beyond what is read of a header.
    """
    length = _length(cursor, limit)
    _refuse_beyond(cursor, length)
    return cursor.take(length)


def _length(cursor: Cursor, limit: int = MAX_LENGTH) -> int:
    length = cursor.integer(8)
    if length > limit:
        raise MalformedError(f"a length of {length} is announced; the limit is {limit}")
    return length


def _refuse_beyond(cursor: Cursor, size: int) -> None:
    if size > cursor.left:
        raise MalformedError(f"{size} bytes are announced, and {cursor.left} are left")
    if cursor.position + size > MAX_HEADER:
        raise TooLarge(f"its header is larger than the {MAX_HEADER >> 20} MiB that are read")


def _key(cursor: Cursor) -> str:
    data = read_string(cursor, MAX_KEY)
    # ggml looks a key up as a C string, which ends at the first NUL.
    if not data or not data.isascii() or b"\0" in data:
        shown = printable(data[:200].decode("utf-8", "replace"))
        raise MalformedError(f"'{shown}' is no key: one is ASCII without NUL, and not empty")
    return data.decode("ascii")


class _Reading:
    """Values, one after the other, with a budget for the arrays within arrays."""

    def __init__(self, cursor: Cursor, order: Order) -> None:
        self._cursor = cursor
        self._order: Order = order
        self._sign = "<" if order == "little" else ">"
        self._inner_left = MAX_INNER

    def value(self) -> Value:
        kind = self._kind()
        name, _, size = VALUES[kind]
        if kind == ARRAY:
            return Value(name, self._array(1))
        if kind == STRING:
            return Value(name, Text(read_string(self._cursor)))
        _refuse_beyond(self._cursor, size)
        return Value(name, self._numbers(kind, 1)[0])

    def _kind(self) -> int:
        kind = self._cursor.integer(4)
        if kind not in VALUES:
            raise MalformedError(f"a value has the type {kind}; the format has 0 to 12")
        return kind

    def _array(self, depth: int) -> Array:
        """An array, of which little is kept: numbers are passed over, and strings walked."""
        kind = self._kind()
        count = _length(self._cursor)
        name, _, size = VALUES[kind]
        kept = count if count <= MAX_ITEMS else FIRST
        _refuse_beyond(self._cursor, count * (size or 8))
        if kind == ARRAY:
            return Array(name, count, self._inner(count, depth))
        if kind == STRING:
            texts = tuple(Text(read_string(self._cursor)) for _ in range(kept))
            self._skip_strings(count - kept)
            return Array(name, count, texts)
        numbers = self._numbers(kind, kept)
        self._skip_numbers(kind, count - kept)
        return Array(name, count, numbers)

    def _inner(self, count: int, depth: int) -> tuple[Item, ...]:
        if depth == MAX_NESTING:
            raise MalformedError(f"arrays are nested deeper than {MAX_NESTING} levels")
        self._inner_left -= count
        if self._inner_left < 0:
            raise TooLarge(f"it has more than {MAX_INNER} arrays within arrays")
        return tuple(self._array(depth + 1) for _ in range(count))

    def _numbers(self, kind: int, count: int) -> tuple[Item, ...]:
        _, letter, size = VALUES[kind]
        data = self._cursor.take(count * size)
        items: tuple[Item, ...] = struct.unpack(f"{self._sign}{count}{letter}", data)
        if kind == BOOL:
            _refuse_unclear(data)
            return tuple(bool(item) for item in items)
        return items

    def _skip_numbers(self, kind: int, count: int) -> None:
        if kind == BOOL:
            _refuse_unclear(self._cursor.take(count))
        else:
            self._cursor.skip(count * VALUES[kind][2])

    def _skip_strings(self, count: int) -> None:
        """Pass over strings: many in a buffer, for a vocabulary has some hundred thousand."""
        while count > FEW:
            begin = self._cursor.position
            data = self._cursor.take(min(USUAL * count, CHUNK, self._cursor.left))
            passed, at = self._walk(data, count)
            self._cursor.seek(begin + at)
            count -= passed
            if count:
                # The next one reaches beyond the buffer, and may be longer than any.
                self._skip_string()
                count -= 1
        for _ in range(count):
            self._skip_string()

    def _skip_string(self) -> None:
        length = _length(self._cursor)
        _refuse_beyond(self._cursor, length)
        self._cursor.skip(length)

    def _walk(self, data: bytes, count: int) -> tuple[int, int]:
        """How many strings of at most `count` end in the data, and where the last of them does."""
        length_at = struct.Struct(self._sign + "Q").unpack_from
        at = passed = 0
        last = len(data) - 8
        while passed < count and at <= last:
            end = at + 8 + length_at(data, at)[0]
            if end > len(data):
                break
            at = end
            passed += 1
        return passed, at


def _refuse_unclear(data: bytes) -> None:
    """Refuse what one loader takes for true, and another does not."""
    if data.strip(b"\0\1"):
        raise MalformedError("a boolean is neither 0 nor 1")
