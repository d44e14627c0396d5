"""B-trees of version 1 (III.A.1), which order old groups, and 2 (III.A.2), for dense ones."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.errors import MalformedError
from aiverify.formats.hdf5.store import Record, Store

OLD, NEW, INNER, LEAF = b"TREE", b"BTHD", b"BTIN", b"BTLF"
OVERHEAD = 10
"""Bytes of a version 2 node beside its records: signature, version, type and checksum."""

MAX_LEVELS = 64
"""More levels than any tree has."""


def leaves(store: Store, root: int | None) -> Iterator[int]:
    """The addresses that the lowest nodes of a group's version 1 tree hold, in order.

    Raises:
        MalformedError: a node is broken, or is reached twice.
        NotFollowed: it is too large.
    """
    waiting: list[tuple[int | None, int | None]] = [(root, None)]
    seen: set[int] = set()
    while waiting:
        address, level = waiting.pop()
        _once(store, address, seen)
        below, found = _old_node(store, address, level)
        if below < 0:
            yield from found
        else:
            waiting += [(child, below) for child in reversed(found)]


def _old_node(store: Store, address: int | None, level: int | None) -> tuple[int, list[int]]:
    """The level below a node, negative below the lowest, and the node's children."""
    head = store.record(address, 8 + 2 * store.offset_size, OLD)
    kind, own, count = head.integer(1), head.integer(1), head.integer(2)
    if kind != 0:
        raise MalformedError("a group's tree has a node for chunks")
    if own != level and level is not None:
        raise MalformedError("a group's tree has a node on the wrong level")
    size = count * (store.length_size + store.offset_size)
    body = store.record(store.check(address, 0) + 8 + 2 * store.offset_size, size)
    found = []
    for _ in range(count):
        body.length()
        found.append(store.check(body.address(), 1))
    return own - 1, found


def _once(store: Store, address: int | None, seen: set[int]) -> None:
    place = store.check(address, 8)
    if place in seen:
        raise MalformedError(f"a tree reaches the node at address {place} twice")
    seen.add(place)


class Tree:
    """A version 2 tree. Its nodes say nothing of their size: the header's numbers do."""

    def __init__(self, store: Store, address: int | None) -> None:
        """Read its header.

        Raises:
            MalformedError: there is none.
        """
        record = store.record(address, 22 + store.offset_size + store.length_size, NEW)
        record.expect("a B-tree", 0)
        self.kind = record.integer(1)
        self._node, self._record = record.integer(4), record.integer(2)
        self._depth = record.integer(2)
        record.skip(2)
        self._root, self._count = record.address(), record.integer(2)
        self._store = store
        if self._depth > MAX_LEVELS or not 0 < self._record <= self._node - OVERHEAD:
            raise MalformedError("a B-tree whose numbers contradict each other")
        self._widths = self._totals()

    def records(self) -> Iterator[bytes]:
        """All records, from node to node.

        Raises:
            MalformedError: a node is broken, or is reached twice.
            NotFollowed: it is too large.
        """
        if self._root is None:
            return
        waiting = [(self._root, self._count, self._depth)]
        seen: set[int] = set()
        while waiting:
            address, count, depth = waiting.pop()
            _once(self._store, address, seen)
            node = self._body(address, count, depth)
            for _ in range(count):
                yield node.take(self._record)
            if depth:
                waiting += reversed(self._children(node, count + 1, depth))

    def _body(self, address: int, count: int, depth: int) -> Record:
        size = 6 + count * self._record + (count + 1) * self._pointer(depth) * bool(depth)
        if size + 4 > self._node:
            raise MalformedError(f"a B-tree node at address {address} says more than it holds")
        node = self._store.record(address, size, INNER if depth else LEAF)
        node.expect("a B-tree node", 0)
        if node.integer(1) != self.kind:
            raise MalformedError("a B-tree has a node of another tree")
        return node

    def _children(self, node: Record, count: int, depth: int) -> list[tuple[int, int, int]]:
        found = []
        for _ in range(count):
            address = self._store.check(node.address(), 8)
            held = node.integer(self._widths[0])
            node.skip(self._widths[depth - 1] if depth > 1 else 0)
            found.append((address, held, depth - 1))
        return found

    def _pointer(self, depth: int) -> int:
        """Bytes of a pointer in a node on a level above the lowest."""
        return (
            self._store.offset_size
            + self._widths[0]
            + (self._widths[depth - 1] if depth > 1 else 0)
        )

    def _totals(self) -> list[int]:
        """Bytes of a number of records: those of one leaf, then of all below each level."""
        most = (self._node - OVERHEAD) // self._record
        self._widths = [_width(most)]
        total = most
        for depth in range(1, self._depth):
            pointer = self._pointer(depth)
            here = max(self._node - OVERHEAD - pointer, 0) // (self._record + pointer)
            total = (here + 1) * total + here
            self._widths.append(_width(total))
        return self._widths


def _width(most: int) -> int:
    return (max(most.bit_length(), 1) + 7) // 8
