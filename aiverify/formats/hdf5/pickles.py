"""Pickles in HDF5: PyTables and hickle keep Python objects so, and unpickle them unasked."""

from __future__ import annotations

from functools import partial

from aiverify.formats.hdf5.datatypes import Class, Datatype
from aiverify.formats.hdf5.layouts import Layout
from aiverify.formats.hdf5.store import NotFollowed, Store
from aiverify.formats.interface import Part, Source, TooLarge
from aiverify.formats.sources import Memory

MAX_PICKLE = 64 << 20

OLD_STARTS = b"(c]}"
"""How a pickle of protocol 0 begins when it holds more than a number or a text."""

MARKS = {"PSEUDOATOM": "object", "base_type": "pickle"}
"""Attributes by which PyTables and hickle know a dataset of pickles."""


def is_pickle(data: bytes) -> bool:
    """Whether bytes begin and end as a pickle does."""
    if len(data) < 3 or not data.endswith(b"."):
        return False
    if data[0] == 0x80:
        return data[1] in (2, 3) or (data[1] in (4, 5) and data[2] == 0x95)
    return data[0] in OLD_STARTS and b"\n" in data


def pickled(store: Store, path: str, kind: Datatype, size: int, place: Layout) -> Part | None:
    """A dataset of bytes that is one pickle, as a part to look into."""
    bytewise = kind.kind in (Class.OPAQUE, Class.TEXT) or kind.name in ("u8", "i8")
    if not bytewise or not 3 <= size <= MAX_PICKLE or place.address is None:
        return None
    ends = store.read(place.address, 3) + store.read(place.address + size - 1, 1)
    if ends[0] != 0x80 or not is_pickle(ends):
        return None
    return Part(path, partial(_opened, store, place.address, size))


def _opened(store: Store, address: int, size: int) -> Source:
    try:
        return Memory(store.read(address, size))
    except NotFollowed as error:
        raise TooLarge(str(error)) from error
