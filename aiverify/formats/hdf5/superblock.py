"""The superblock (II.A): where a file begins, where it ends, and its root group."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count, takewhile

from aiverify.errors import MalformedError
from aiverify.formats.hdf5.checksum import lookup3
from aiverify.formats.hdf5.store import NotFollowed, Store
from aiverify.formats.interface import Source

MAGIC = b"\x89HDF\r\n\x1a\n"

LARGEST = 256
"""More bytes than any superblock has."""

SIZES = (2, 4, 8)
"""Sizes of addresses and lengths that are read. The format also knows 16 and 32."""


@dataclass(frozen=True, slots=True)
class Superblock:
    """What it states. `stated_base` is where it says that it stands, and `base` where it does."""

    version: int
    base: int
    stated_base: int
    end: int
    root: int | None
    extension: int | None
    driver: int | None
    store: Store


def find(source: Source) -> int | None:
    """Where the signature stands: at 0, 512, 1024, 2048 and so on, or nowhere."""
    places = chain((0,), (512 << power for power in count()))
    for place in takewhile(lambda place: place + len(MAGIC) <= source.size, places):
        if source.read_at(place, len(MAGIC)) == MAGIC:
            return place
    return None


def read(source: Source) -> Superblock:
    """Read the superblock.

    Raises:
        MalformedError: there is none, or it contradicts the file.
        NotFollowed: its sizes are not read.
    """
    base = find(source)
    if base is None:
        raise MalformedError("it has no HDF5 signature")
    data = source.read_at(base, min(LARGEST, source.size - base))
    version = data[len(MAGIC)] if len(data) > len(MAGIC) else -1
    if version not in (0, 1, 2, 3):
        raise MalformedError(f"a superblock of version {version}, which does not exist")
    at = 13 if version < 2 else 9
    sizes = data[at : at + 2]
    if len(sizes) < 2 or not set(sizes) <= {*SIZES, 16, 32}:
        raise MalformedError(f"addresses and lengths of {list(sizes)} bytes")
    if not set(sizes) <= set(SIZES):
        raise NotFollowed(f"addresses and lengths of {list(sizes)} bytes")
    store = Store(source, base, source.size - base, sizes[0], sizes[1])
    return _older(store, base, version) if version < 2 else _newer(store, base, version, data)


def _older(store: Store, base: int, version: int) -> Superblock:
    """Versions 0 and 1 (II.A.1): the root group is an entry of a symbol table."""
    record = store.record(0, min(LARGEST, store.end), MAGIC)
    record.skip(16 if version == 0 else 20)
    stated = record.address()
    record.skip(store.offset_size)
    end, driver = record.address(), record.address()
    record.skip(store.offset_size)
    return _checked(version, base, stated, end, record.address(), None, driver, store)


def _newer(store: Store, base: int, version: int, data: bytes) -> Superblock:
    """Versions 2 and 3 (II.A.2), which end in a checksum."""
    record = store.record(0, min(LARGEST, store.end), MAGIC)
    record.skip(4)
    stated, extension = record.address(), record.address()
    end, root = record.address(), record.address()
    summed = data[: record.position]
    if record.integer(4) != lookup3(summed):
        raise MalformedError("the superblock has another checksum than it states")
    return _checked(version, base, stated, end, root, extension, None, store)


def _checked(
    version: int,
    base: int,
    stated: int | None,
    end: int | None,
    root: int | None,
    extension: int | None,
    driver: int | None,
    store: Store,
) -> Superblock:
    """The end is stated as if the file began at the stated base; libhdf5 moves both."""
    if stated is None or end is None or end < stated:
        raise MalformedError("the superblock states no end of the file")
    held, stated_size = store.end, end - stated
    if stated_size > held:
        raise MalformedError(f"it should have {stated_size} bytes, and {held} are there")
    store.end = stated_size
    return Superblock(version, base, stated, base + stated_size, root, extension, driver, store)
