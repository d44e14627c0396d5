"""Fractal heaps (III.G): where new groups keep many links, and objects many attributes."""

from __future__ import annotations

from aiverify.errors import MalformedError
from aiverify.formats.hdf5.btrees import Tree
from aiverify.formats.hdf5.store import NotFollowed, Record, Store

HEAP, INDIRECT = b"FRHP", b"FHIB"
MANAGED, HUGE, TINY = 0, 1, 2

MAX_BITS = 64
"""Bits of the largest heap, of which each doubles what one row of blocks can hold."""

HUGE_INDIRECT = 1
"""The tree of huge objects that are not filtered, by a key in the heap's ID (III.A.2)."""


class FractalHeap:
    """The objects of one heap, by their IDs."""

    def __init__(self, store: Store, address: int | None) -> None:
        """Read its header.

        Raises:
            MalformedError: there is none.
            NotFollowed: it is packed, which is not read.
        """
        self._store = store
        size = 22 + 12 * store.length_size + 3 * store.offset_size
        record = store.record(address, size, HEAP)
        record.expect("a fractal heap", 0)
        self._id_size = record.integer(2)
        if record.integer(2):
            raise NotFollowed("a fractal heap that is packed")
        record.skip(1)
        largest = record.integer(4)
        record.length()
        self._huge_tree = record.address()
        record.skip(store.length_size + store.offset_size + 8 * store.length_size)
        self._table(record, largest)
        self._huge: dict[int, tuple[int | None, int]] | None = None
        self._indirect: dict[int, bytes] = {}

    def object(self, name: bytes) -> bytes:
        """The object with an ID.

        Raises:
            MalformedError: there is none.
            NotFollowed: it is too large, or packed.
        """
        record = Record(self._store, name[: self._id_size])
        flags = record.integer(1)
        kind = flags >> 4 & 3
        if flags >> 6 or kind > TINY:
            raise MalformedError("a fractal heap's ID of a kind that does not exist")
        if kind == MANAGED:
            offset, length = record.integer(self._offset_size), record.integer(self._size_size)
            return self._managed(offset, length)
        if kind == TINY:
            # In a longer ID the length takes a second byte.
            low = flags & 15
            length = low << 8 | record.integer(1) if self._id_size > 18 else low
            return record.take(length + 1)
        return self._huge_object(record)

    def _table(self, record: Record, largest: int) -> None:
        """The doubling table: rows of blocks, each row's twice as large as the one before."""
        self._columns = record.integer(2)
        self._first, self._largest = record.length(), record.length()
        bits = record.integer(2)
        record.skip(2)
        self._root, self._rows = record.address(), record.integer(2)
        sizes = (self._first, self._largest, self._columns)
        powers = all(size > 0 and not size & (size - 1) for size in sizes)
        if not powers or self._first > self._largest or max(bits, self._rows) > MAX_BITS:
            raise MalformedError("a fractal heap whose numbers contradict each other")
        self._offset_size = (bits + 7) // 8
        span = (self._largest.bit_length() - 1 + 7) // 8
        self._size_size = min(span, (max(largest.bit_length(), 1) + 7) // 8)
        self._direct_rows = self._largest.bit_length() - self._first.bit_length() + 2

    def _managed(self, offset: int, length: int) -> bytes:
        """Bytes by their offset in the heap, down the indirect blocks to the one that has them."""
        block, rows = self._root, self._rows
        while rows:
            row, column = self._place(offset)
            if row >= rows:
                raise MalformedError("a fractal heap's ID lies outside the heap")
            block_size = self._row_size(row)
            offset -= self._row_start(row) + column * block_size
            block = self._child(block, row * self._columns + column)
            rows = 0
            if row >= self._direct_rows:
                span = self._first * self._columns
                rows = block_size.bit_length() - span.bit_length() + 1
        return self._store.read(self._store.check(block, 8) + offset, length)

    def _place(self, offset: int) -> tuple[int, int]:
        row = (offset // (self._first * self._columns)).bit_length()
        return row, (offset - self._row_start(row)) // self._row_size(row)

    def _row_size(self, row: int) -> int:
        return self._first << max(row - 1, 0)

    def _row_start(self, row: int) -> int:
        return self._first * self._columns << row - 1 if row else 0

    def _child(self, block: int | None, index: int) -> int | None:
        """The address that stands in an indirect block (III.G), of which all rows are alike."""
        store = self._store
        head = len(INDIRECT) + 1 + store.offset_size + self._offset_size
        place = store.check(block, head)
        if place not in self._indirect:
            record = store.record(place, head, INDIRECT)
            record.expect("an indirect block", 0)
            self._indirect[place] = b""
        return store.record(place + head + index * store.offset_size, store.offset_size).address()

    def _huge_object(self, record: Record) -> bytes:
        """An object that has a place of its own, by its address or by a key to a tree."""
        direct = self._store.offset_size + self._store.length_size
        if self._id_size - 1 >= direct:
            return self._store.read(record.address(), record.length())
        if self._huge is None:
            self._huge = self._huge_objects()
        key = record.integer(min(self._store.length_size, self._id_size - 1))
        if key not in self._huge:
            raise MalformedError("a fractal heap has no object with the ID that is asked for")
        return self._store.read(*self._huge[key])

    def _huge_objects(self) -> dict[int, tuple[int | None, int]]:
        tree = Tree(self._store, self._huge_tree)
        if tree.kind != HUGE_INDIRECT:
            raise NotFollowed("huge objects of a fractal heap that are packed")
        found = {}
        for data in tree.records():
            record = Record(self._store, data)
            address, size = record.address(), record.length()
            found[record.length()] = (address, size)
        return found
