"""Local heaps (III.D), which hold names, and global heaps (III.E), which hold texts."""

from __future__ import annotations

from aiverify.errors import MalformedError
from aiverify.formats.hdf5.store import Store, terminated, text

LOCAL, GLOBAL = b"HEAP", b"GCOL"

PREFIX = 16
"""Bytes before a collection's objects, and before each of them, padding included."""


class LocalHeap:
    """The names of one group."""

    def __init__(self, store: Store, address: int | None) -> None:
        """Read it.

        Raises:
            MalformedError: there is none.
            NotFollowed: it is too large.
        """
        record = store.record(address, 8 + 2 * store.length_size + store.offset_size, LOCAL)
        record.expect("a local heap", 0)
        record.skip(3)
        size = record.length()
        record.length()
        self._data = store.read(record.address(), size)
        self._store = store

    def name(self, offset: int) -> str:
        """The name at an offset.

        Raises:
            MalformedError: it lies outside.
        """
        if offset >= len(self._data):
            raise MalformedError(f"a name lies at byte {offset} of a heap of {len(self._data)}")
        name = terminated(self._data, offset)
        self._store.spend(len(name))
        return text(name)


class GlobalHeaps:
    """The collections of a file, each read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._collections: dict[int, dict[int, bytes]] = {}

    def item(self, address: int | None, index: int) -> bytes:
        """The object with an index in the collection at an address.

        Raises:
            MalformedError: there is none.
            NotFollowed: the collection is too large.
        """
        place = self._store.check(address, PREFIX)
        if place not in self._collections:
            self._collections[place] = self._read(place)
        data = self._collections[place].get(index)
        if data is None:
            raise MalformedError(f"the heap at address {place} has no object {index}")
        self._store.spend(len(data))
        return data

    def _read(self, address: int) -> dict[int, bytes]:
        head = self._store.record(address, PREFIX, GLOBAL)
        head.expect("a global heap", 1)
        head.skip(3)
        record = self._store.record(address + PREFIX, head.length() - PREFIX)
        found: dict[int, bytes] = {}
        while record.left >= PREFIX:
            index = record.integer(2)
            record.skip(6)
            length = record.length()
            if index == 0:  # the space that is free, up to the end
                break
            record.align(PREFIX // 2)
            found[index] = record.take(length)
            record.align(PREFIX // 2)
        return found
