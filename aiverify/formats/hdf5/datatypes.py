"""Datatypes (IV.A.2.d) and dataspaces (IV.A.2.b): what an element is, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from aiverify.errors import MalformedError
from aiverify.formats.hdf5.store import Record, Store

MAX_RANK = 32
NULL = 2
SIGNED = 0x08
VARIABLE_TEXT = 1


class Class(IntEnum):
    """Classes of datatypes."""

    INTEGER = 0
    FLOAT = 1
    TIME = 2
    TEXT = 3
    BITS = 4
    OPAQUE = 5
    COMPOUND = 6
    REFERENCE = 7
    ENUM = 8
    VARIABLE = 9
    ARRAY = 10
    COMPLEX = 11


CLASSES = frozenset(Class)

FLOATS = {
    (2, 5): "f16",
    (2, 8): "bf16",
    (4, 8): "f32",
    (8, 11): "f64",
    (1, 4): "f8_e4m3",
    (1, 5): "f8_e5m2",
}
"""Names by bytes and bits of the exponent, as safetensors has them."""


@dataclass(frozen=True, slots=True)
class Datatype:
    """What an element is: its name as safetensors spells it, its class, and its bytes.

    `variable` says that it is a text whose bytes stand in a global heap.
    """

    name: str
    kind: int
    size: int
    variable: bool = False


def datatype(store: Store, data: bytes) -> Datatype:
    """The datatype that a message states.

    Raises:
        MalformedError: the message breaks off, or is of a class that does not exist.
    """
    record = Record(store, data)
    first, bits, size = record.integer(1), record.take(3), record.integer(4)
    kind, version = first & 15, first >> 4
    if kind not in CLASSES or not 1 <= version <= 5:
        raise MalformedError(f"a datatype of class {kind} and version {version}")
    variable = kind == Class.VARIABLE and bits[0] & 15 == VARIABLE_TEXT
    return Datatype(_name(kind, bits, size, record), kind, size, variable)


def dataspace(store: Store, data: bytes) -> tuple[int, ...] | None:
    """The shape that a message states, or None for the space that holds nothing.

    Raises:
        MalformedError: the message breaks off, or has more than 32 dimensions.
    """
    record = Record(store, data)
    version = record.expect("a dataspace", 1, 2)
    rank = record.integer(1)
    record.skip(1)
    if rank > MAX_RANK:
        raise MalformedError(f"a dataspace of {rank} dimensions")
    kind = record.integer(1)
    if version == 1:
        record.skip(4)
    elif kind == NULL:
        return None
    return tuple(record.length() for _ in range(rank))


def _name(kind: int, bits: bytes, size: int, record: Record) -> str:
    if kind == Class.INTEGER:
        return f"{'i' if bits[0] & SIGNED else 'u'}{8 * size}"
    if kind == Class.FLOAT:
        return _float(size, record)
    if kind == Class.ENUM and size == 1 and int.from_bytes(bits[:2], "little") == 2:
        return "bool"  # h5py's: two names for a byte
    if kind == Class.COMPLEX:
        return f"c{8 * size}"
    if kind == Class.VARIABLE and bits[0] & 15 == VARIABLE_TEXT:
        return "text"
    return Class(kind).name.lower()


def _float(size: int, record: Record) -> str:
    """Bit offset and precision come before where the exponent lies and how many bits it has."""
    record.skip(5)
    exponent = record.integer(1)
    return FLOATS.get((size, exponent), f"f{8 * size}")
