"""The tensors of a GGUF file: their table in the header, and where their bytes must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from aiverify.core.facts import Tensor
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.gguf.metadata import read_string
from aiverify.formats.gguf.types import REMOVED, TENSORS, TensorType
from aiverify.formats.interface import TooLarge

MAX_TENSORS = 1 << 18
"""Tensors that are read; models of many experts have some ten thousand."""

MAX_NAME = 63
"""Bytes of a tensor's name (ggml, `GGML_MAX_NAME`, of which one is the NUL behind it)."""

MAX_DIMENSIONS = 4
MAX_ELEMENTS = (1 << 63) - 1

SMALLEST_ENTRY = 24
"""Bytes of an entry without a name and without dimensions."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A tensor, and where the header places it among the data.

    `type` is None when its number is not known, so that nobody can tell its size.
    """

    tensor: Tensor
    type: TensorType | None
    offset: int

    @property
    def size(self) -> int:
        """Bytes that it needs; none where nobody can tell."""
        return self.tensor.elements // self.type.block * self.type.size if self.type else 0


def read_tensors(cursor: Cursor, count: int) -> tuple[Placed, ...]:
    """The table. The cursor is behind it then.

    Raises:
        MalformedError: an entry breaks the rules, or the table reaches beyond the file.
        TooLarge: there is more of it than is read.
    """
    if count * SMALLEST_ENTRY > cursor.left:
        raise MalformedError(f"{count} tensors are announced, and {cursor.left} bytes are left")
    if count > MAX_TENSORS:
        raise TooLarge(f"it has {count} tensors; {MAX_TENSORS} are read")
    found: dict[str, Placed] = {}
    for _ in range(count):
        name = _name(cursor)
        if name in found:
            raise MalformedError(f"two tensors are named {printable(name)}")
        try:
            found[name] = _placed(name, cursor)
        except MalformedError as error:
            raise MalformedError(f"tensor {printable(name)} {error.message}") from error
    return tuple(found.values())


def data_end(tensors: Sequence[Placed], alignment: int) -> int:
    """Where the last tensor's bytes end in the data, once each follows the one before.

    Raises:
        MalformedError: one is not where the sizes of those before it put it.
    """
    end = 0
    for placed in tensors:
        expected = padded(end, alignment)
        if placed.offset != expected:
            raise MalformedError(
                f"tensor {printable(placed.tensor.name)} is placed at {placed.offset}, and those "
                f"before it end at {expected}"
            )
        end = expected + placed.size
    return end


def paddings(tensors: Sequence[Placed], alignment: int) -> Iterator[tuple[int, int]]:
    """Where in the data no tensor is, from and to, between the first and the last of them."""
    for placed in tensors[:-1]:
        end = placed.offset + placed.size
        if end % alignment:
            yield end, padded(end, alignment)


def padded(position: int, alignment: int) -> int:
    """The first position from here on that is a multiple of the alignment."""
    return -(-position // alignment) * alignment


def _name(cursor: Cursor) -> str:
    data = read_string(cursor)
    if len(data) > MAX_NAME:
        raise MalformedError(f"{_shown(data)} has {len(data)} bytes; {MAX_NAME} are allowed")
    # ggml compares names as C strings, which end at the first NUL.
    if b"\0" in data:
        raise MalformedError(f"{_shown(data)} holds a NUL")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{_shown(data)} is not UTF-8") from error


def _shown(name: bytes) -> str:
    return f"a tensor's name, {printable(name[:200].decode('utf-8', 'replace'))},"


def _placed(name: str, cursor: Cursor) -> Placed:
    shape = _shape(cursor)
    number = cursor.integer(4, signed=True)
    if number < 0 or number in REMOVED:
        raise MalformedError(f"has the type {number}, which no file of the format can have")
    offset = cursor.integer(8)
    kind = TENSORS.get(number)
    if kind is None:
        return Placed(Tensor(name, f"type_{number}", shape), None, offset)
    row = shape[0] if shape else 1
    if row % kind.block:
        raise MalformedError(
            f"has rows of {row} elements, and {kind.name} stores {kind.block} together"
        )
    return Placed(Tensor(name, kind.name, shape), kind, offset)


def _shape(cursor: Cursor) -> tuple[int, ...]:
    """The dimensions as the file gives them: the one that lies together in memory comes first."""
    count = cursor.integer(4)
    if count > MAX_DIMENSIONS:
        raise MalformedError(f"has {count} dimensions; {MAX_DIMENSIONS} are allowed")
    shape = tuple(cursor.integer(8, signed=True) for _ in range(count))
    if min(shape, default=0) < 0:
        raise MalformedError(f"has a dimension of {min(shape)}")
    if prod(max(dimension, 1) for dimension in shape) >= MAX_ELEMENTS:
        raise MalformedError("has a shape whose product overflows")
    return shape
