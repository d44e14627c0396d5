"""The header of a GGUF file: its version, its metadata and the table of its tensors."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.gguf.metadata import Order, read_metadata
from aiverify.formats.gguf.tensors import Placed, padded, read_tensors
from aiverify.formats.gguf.values import Metadata
from aiverify.formats.interface import Source, TooLarge

MAGIC = b"GGUF"
FIRST_BYTES = 24
"""Bytes of the magic, the version and the two counts."""

VERSIONS = (2, 3)
ALIGNMENT = "general.alignment"
USUAL_ALIGNMENT = 32


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the data. `end` is where it ends, without padding."""

    version: int
    order: Order
    alignment: int
    metadata: Metadata
    tensors: tuple[Placed, ...]
    end: int

    @property
    def data(self) -> int:
        """Where the data begins."""
        return padded(self.end, self.alignment) if self.tensors else self.end


def read_header(source: Source) -> Header:
    """The header, each part of which obeys the rules.

    Raises:
        MalformedError: one does not.
        TooLarge: it is larger than what is read, or of a version that is not known.
    """
    version, order = _version(source)
    cursor = Cursor(source, len(MAGIC) + 4, order)
    tensor_count, key_count = cursor.integer(8), cursor.integer(8)
    metadata = read_metadata(cursor, order, key_count)
    alignment = _alignment(metadata)
    tensors = read_tensors(cursor, tensor_count)
    return Header(version, order, alignment, metadata, tensors, cursor.position)


def _version(source: Source) -> tuple[int, Order]:
    """The version, and the byte order that makes it a small number."""
    if source.size < FIRST_BYTES:
        raise MalformedError(f"the file is {source.size} bytes, too short for a header")
    first = source.read_at(0, len(MAGIC) + 4)
    if not first.startswith(MAGIC):
        raise MalformedError("the file does not begin with 'GGUF'")
    number = first[len(MAGIC) :]
    order: Order = "little" if any(number[:2]) else "big"
    version = int.from_bytes(number, order)
    if not 0 < version <= 0xFFFF:
        raise MalformedError(f"the version is {version}")
    if version not in VERSIONS:
        raise TooLarge(f"of version {version} of the format; 2 and 3 are read")
    return version, order


def _alignment(metadata: Metadata) -> int:
    value = metadata.get(ALIGNMENT)
    if value is None:
        return USUAL_ALIGNMENT
    number = value.item
    if value.type != "u32" or not isinstance(number, int):
        raise MalformedError(f"{ALIGNMENT} is of the type {value.type}, not u32")
    if number.bit_count() != 1:
        raise MalformedError(f"{ALIGNMENT} is {number}, not a power of two")
    return number
