"""The header of an array's file (NEP 1): what its bytes are."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.arrays import literal
from aiverify.formats.arrays.dtype import Dtype
from aiverify.formats.arrays.dtype import read as read_dtype
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Source

MAGIC = b"\x93NUMPY"

LENGTHS = {(1, 0): 2, (2, 0): 4, (3, 0): 4}
"""Bytes of the header's length, by version."""

MAX_HEADER = 1 << 20
MAX_DIMENSIONS = 64
MOST = 1 << 63

KEYS = {"descr", "fortran_order", "shape"}


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says, and where the array's bytes begin."""

    version: tuple[int, int]
    dtype: Dtype
    shape: tuple[int, ...]
    column_major: bool
    begin: int

    @property
    def size(self) -> int:
        """Bytes that the array needs, unless it holds objects."""
        product = self.dtype.size
        for length in self.shape:
            product *= length
        return product


def read(source: Source) -> Header:
    """The header at the start of a file.

    Raises:
        MalformedError: there is none, or it says what cannot be.
    """
    cursor = Cursor(source)
    if cursor.take(len(MAGIC)) != MAGIC:
        raise MalformedError("the file does not begin as an array does")
    version = (cursor.integer(1), cursor.integer(1))
    if version not in LENGTHS:
        raise MalformedError(f"version {version[0]}.{version[1]} of the format does not exist")
    length = cursor.integer(LENGTHS[version])
    if length > MAX_HEADER:
        raise MalformedError(f"the header claims {length} bytes; {MAX_HEADER} are read")
    text = _text(cursor.take(length), version)
    said = literal.read(text)
    if not isinstance(said, dict) or set(said) != KEYS:
        raise MalformedError("the header is no dictionary of descr, fortran_order and shape")
    order = said["fortran_order"]
    if not isinstance(order, bool):
        raise MalformedError("fortran_order is neither True nor False")
    dtype, shape = read_dtype(said["descr"]), _shape(said["shape"])
    return Header(version, dtype, shape, order, cursor.position)


def _text(data: bytes, version: tuple[int, int]) -> str:
    try:
        return data.decode("utf-8" if version >= (3, 0) else "latin-1")
    except UnicodeDecodeError as error:
        raise MalformedError("the header is not UTF-8") from error


def _shape(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple) or len(value) > MAX_DIMENSIONS:
        raise MalformedError("the shape is no tuple of whole numbers")
    product = 1
    for length in value:
        if type(length) is not int or length < 0:
            raise MalformedError("the shape is no tuple of whole numbers")
        product *= max(length, 1)
        if product >= MOST:
            raise MalformedError("the shape's product overflows")
    return value
