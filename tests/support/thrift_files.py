"""Thrift's compact protocol, written: the footers of Parquet files."""

from __future__ import annotations

from collections.abc import Iterable

BINARY, I32, I64, LIST, STRUCT = 8, 5, 6, 9, 12


def varint(value: int) -> bytes:
    """A number without a sign."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def integer(value: int) -> bytes:
    """A number with a sign, which zigzag folds."""
    return varint(value * 2 if value >= 0 else -value * 2 - 1)


def binary(data: bytes) -> bytes:
    """Bytes with their length."""
    return varint(len(data)) + data


def struct(*fields: tuple[int, int, bytes]) -> bytes:
    """Fields by number, type and value, in the order of their numbers."""
    out, last = b"", 0
    for number, kind, value in fields:
        out += bytes([(number - last) << 4 | kind]) + value
        last = number
    return out + b"\0"


def items(kind: int, values: Iterable[bytes]) -> bytes:
    """A list."""
    listed = list(values)
    short = len(listed) < 15
    head = bytes([(len(listed) if short else 15) << 4 | kind])
    return head + (b"" if short else varint(len(listed))) + b"".join(listed)


def element(name: str, children: int | None = None) -> bytes:
    """An element of a schema."""
    fields = [(1, I32, integer(1)), (4, BINARY, binary(name.encode()))]
    if children is not None:
        fields.append((5, I32, integer(children)))
    return struct(*fields)


def footer(elements: Iterable[bytes], rows: int, *more: tuple[int, int, bytes]) -> bytes:
    """The metadata of a Parquet file."""
    schema = (2, LIST, items(STRUCT, elements))
    return struct((1, I32, integer(1)), schema, (3, I64, integer(rows)), *more)
