"""Groups: the links of one, whether in a symbol table (IV.A.2.r), in messages or in a heap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiverify.errors import MalformedError
from aiverify.formats.hdf5 import links
from aiverify.formats.hdf5.btrees import Tree, leaves
from aiverify.formats.hdf5.fractal import FractalHeap
from aiverify.formats.hdf5.heaps import LocalHeap
from aiverify.formats.hdf5.links import Link, Way
from aiverify.formats.hdf5.objects import SHARED, Kind, Message
from aiverify.formats.hdf5.store import NotFollowed, Record, Store

NODE = b"SNOD"
SOFT = 2
"""What a symbol table's entry caches (III.C): here, that it is a soft link."""

IDS = {5: (4, 11), 6: (8, 15), 8: (0, 8), 9: (0, 8)}
"""Where the heap's ID stands in a tree's records (III.A.2), by the kind of tree: links by name
and by order, and attributes by name and by order."""


def members(store: Store, message: Message) -> Iterator[Link]:
    """The links that one message of an object stands for, if it stands for any.

    Raises:
        MalformedError: they are not where it says.
        NotFollowed: they are kept in a way that is not read.
    """
    if message.kind == Kind.SYMBOL_TABLE:
        yield from _symbols(store, Record(store, message.data))
    elif message.kind == Kind.LINK:
        yield links.parsed(store, message.data)
    elif message.kind == Kind.LINK_INFO:
        for data, _ in dense(store, message):
            yield links.parsed(store, data)


def dense(store: Store, message: Message) -> Iterator[tuple[bytes, bool]]:
    """The messages that a link or attribute info message keeps in a heap, and if one is shared.

    Both trees are walked: a program may go by the order of creation, where another goes by
    name.

    Raises:
        MalformedError: they are not there.
        NotFollowed: they are kept in a way that is not read.
    """
    record = Record(store, message.data)
    record.expect("an info message", 0)
    flags = record.integer(1)
    if flags & 1:
        record.skip(8 if message.kind == Kind.LINK_INFO else 2)
    heap = record.address()
    trees = [record.address() for _ in range(2 if flags & 2 else 1)]
    if heap is None:
        return
    objects = FractalHeap(store, heap)
    for name, shared in dict.fromkeys(_ids(store, trees)):
        yield objects.object(name), shared


def _ids(store: Store, trees: Iterable[int | None]) -> Iterator[tuple[bytes, bool]]:
    for address in trees:
        if address is None:
            continue
        tree = Tree(store, address)
        if tree.kind not in IDS:
            raise MalformedError(f"a tree of kind {tree.kind} in the place of a group's")
        begin, end = IDS[tree.kind]
        for data in tree.records():
            if len(data) < end + (tree.kind > 6):
                raise MalformedError("a tree whose records are too short")
            yield data[begin:end], tree.kind > 6 and bool(data[end] & SHARED)


def _symbols(store: Store, record: Record) -> Iterator[Link]:
    """The entries of a symbol table, whose tree leads to nodes of them (III.B)."""
    tree, heap = record.address(), LocalHeap(store, record.address())
    seen: set[int] = set()
    for place in leaves(store, tree):
        if place in seen:
            raise MalformedError(f"a symbol table has the node at address {place} twice")
        seen.add(place)
        head = store.record(place, 8, NODE)
        head.expect("a symbol table's node", 1)
        head.skip(1)
        count = head.integer(2)
        entries = store.record(place + 8, count * (2 * store.offset_size + 24))
        for _ in range(count):
            yield _symbol(entries, heap)


def _symbol(record: Record, heap: LocalHeap) -> Link:
    name = record.address()
    address, cached = record.address(), record.integer(4)
    record.skip(4)
    scratch = record.take(16)
    if name is None:
        raise NotFollowed("a link without a name")
    if cached == SOFT:
        target = heap.name(int.from_bytes(scratch[:4], "little"))
        return Link(heap.name(name), Way.SOFT, target=target)
    return Link(heap.name(name), Way.HARD, address)
