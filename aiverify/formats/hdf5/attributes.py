"""Attributes (IV.A.2.m): what an object says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from aiverify.errors import MalformedError
from aiverify.formats.hdf5.datatypes import Class, Datatype, dataspace, datatype
from aiverify.formats.hdf5.heaps import GlobalHeaps
from aiverify.formats.hdf5.objects import Kind, pointed
from aiverify.formats.hdf5.store import Record, Store, terminated, text

SHARED_TYPE, SHARED_SPACE = 1, 2


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name, and a value of a type and shape. A shape of None holds nothing."""

    name: str
    type: Datatype
    shape: tuple[int, ...] | None
    data: bytes

    def texts(self, store: Store, heaps: GlobalHeaps, limit: int) -> list[str] | None:
        """Its first `limit` texts, or None when it holds something else.

        Raises:
            MalformedError: they are not where it says.
            NotFollowed: there is too much of them.
        """
        if self.shape is None or not (self.type.kind == Class.TEXT or self.type.variable):
            return None
        record = Record(store, self.data)
        count = min(prod(self.shape), limit)
        if self.type.variable:
            return [text(_variable(record, heaps)) for _ in range(count)]
        return [text(terminated(record.take(self.type.size))) for _ in range(count)]


def parsed(store: Store, data: bytes) -> Attribute:
    """The attribute that a message states.

    Raises:
        MalformedError: the message breaks off, or what it shares is not there.
        NotFollowed: it shares what is not looked into.
    """
    record = Record(store, data)
    version = record.expect("an attribute", 1, 2, 3)
    flags = record.integer(1)
    sizes = [record.integer(2) for _ in range(3)]
    record.skip(1 if version == 3 else 0)
    name, type_data, space_data = (_padded(record, size, version) for size in sizes)
    # Version 1 has no flags: the byte is reserved.
    if version > 1 and flags & SHARED_TYPE:
        type_data = pointed(store, Kind.DATATYPE, type_data)
    if version > 1 and flags & SHARED_SPACE:
        space_data = pointed(store, Kind.DATASPACE, space_data)
    shape = dataspace(store, space_data)
    kind = datatype(store, type_data)
    shown = text(terminated(name))
    needed = 0 if shape is None else kind.size * prod(shape)
    if needed > record.left:
        raise MalformedError(f"an attribute needs {needed} bytes and has {record.left}")
    return Attribute(shown, kind, shape, record.take(needed))


def _padded(record: Record, size: int, version: int) -> bytes:
    data = record.take(size)
    if version == 1:
        record.align(8)
    return data


def _variable(record: Record, heaps: GlobalHeaps) -> bytes:
    """A text in a global heap: its length, and the heap's ID (III.E)."""
    length = record.integer(4)
    address, index = record.address(), record.integer(4)
    if not length or not address:
        return b""
    return terminated(heaps.item(address, index)[:length])
