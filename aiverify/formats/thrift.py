"""Thrift's compact protocol, as far as Parquet's metadata needs it: read in order, or passed."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.errors import MalformedError

STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(13)

MAX_DEPTH = 16
MAX_STEPS = 200_000
"""Values that are read or passed over in one document."""


class Compact:
    """A document from its first byte on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._steps = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """The fields of a structure, as number and type. Each must be read or passed over.

        Raises:
            MalformedError: the structure does not end.
        """
        number = 0
        while True:
            self._step()
            head = self._byte()
            if head & 0x0F == STOP:
                return
            delta = head >> 4
            number = number + delta if delta else self.integer()
            yield number, head & 0x0F

    def items(self) -> tuple[int, int]:
        """Head of a list: how many items follow, and of which type."""
        head = self._byte()
        count = head >> 4
        return (count if count < 15 else self._varint()), head & 0x0F

    def integer(self) -> int:
        """A whole number of any width."""
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def binary(self) -> bytes:
        """Bytes or a text."""
        size = self._varint()
        if size > len(self._data) - self._at:
            raise MalformedError("a text in the footer goes beyond it")
        self._at += size
        return self._data[self._at - size : self._at]

    def skip(self, kind: int, depth: int = 0, *, in_list: bool = False) -> None:
        """Pass over a value.

        Raises:
            MalformedError: it is nested too deep, or goes beyond the document.
        """
        self._step()
        if depth > MAX_DEPTH:
            raise MalformedError("the footer is nested too deep")
        if kind in (TRUE, FALSE, BYTE):
            self._at += 1 if in_list or kind == BYTE else 0
        elif kind in (I16, I32, I64):
            self._varint()
        elif kind == DOUBLE:
            self._at += 8
        elif kind == BINARY:
            self.binary()
        elif kind in (LIST, SET):
            count, inner = self.items()
            for _ in range(count):
                self.skip(inner, depth + 1, in_list=True)
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        else:
            raise MalformedError("the footer has a value of no known type")

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise MalformedError(f"the footer has more than {MAX_STEPS} values")

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise MalformedError("the footer does not end")
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise MalformedError("the footer has a number of more than ten bytes")
