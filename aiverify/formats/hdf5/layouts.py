"""Data layouts (IV.A.2.i) and external files (IV.A.2.h): where a dataset's bytes lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from aiverify.formats.hdf5.heaps import GlobalHeaps, LocalHeap
from aiverify.formats.hdf5.store import NotFollowed, Record, Store, terminated, text

SINGLE, SINGLE_FILTERED = 1, 2
INDEXES = {SINGLE: 0, 2: 0, 3: 1, 4: 5, 5: 6}
"""Kinds of indexes of chunks, and the bytes of their own that stand before their address."""


class Way(IntEnum):
    """How the bytes are laid out."""

    COMPACT = 0
    CONTIGUOUS = 1
    CHUNKED = 2
    VIRTUAL = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the bytes lie. `size` counts them where they are in one piece, else it is None.

    `source` is the first of the datasets that a virtual one is made of.
    """

    way: int
    address: int | None = None
    size: int | None = None
    source: str = ""


def layout(store: Store, heaps: GlobalHeaps, data: bytes) -> Layout:
    """The layout that a message states.

    Raises:
        MalformedError: the message breaks off, or is of a version that does not exist.
        NotFollowed: it is of a class that is not known.
    """
    record = Record(store, data)
    version = record.expect("a data layout", 1, 2, 3, 4, 5)
    if version < 3:
        return _old(record)
    way = record.integer(1)
    if way == Way.COMPACT:
        size = record.integer(2)
        record.skip(size)
        return Layout(way, size=size)
    if way == Way.CONTIGUOUS:
        return Layout(way, record.address(), record.length())
    if way == Way.CHUNKED:
        return Layout(way, _chunks(record, version))
    if way == Way.VIRTUAL:
        return Layout(way, source=_first_source(heaps, record))
    raise NotFollowed(f"a data layout of class {way}")


def external_files(store: Store, data: bytes) -> Iterator[str]:
    """The files that a dataset's bytes lie in.

    Raises:
        MalformedError: the message breaks off, or the names are not there.
        NotFollowed: there is too much of them.
    """
    record = Record(store, data)
    record.expect("a list of external files", 1)
    record.skip(5)
    used, names = record.integer(2), LocalHeap(store, record.address())
    for _ in range(used):
        yield names.name(record.length())
        record.skip(2 * store.length_size)


def _old(record: Record) -> Layout:
    """Versions 1 and 2: dimensions instead of a size."""
    rank, way = record.integer(1), record.integer(1)
    record.skip(5)
    address = None if way == Way.COMPACT else record.address()
    record.skip(4 * rank)
    if way != Way.COMPACT:
        return Layout(way, address)
    size = record.integer(4)
    record.skip(size)
    return Layout(way, size=size)


def _chunks(record: Record, version: int) -> int | None:
    """The address of the index of chunks, behind what each kind of index needs."""
    if version == 3:
        record.skip(1)
        return record.address()
    flags, rank, width = record.integer(1), record.integer(1), record.integer(1)
    record.skip(rank * width)
    kind = record.integer(1)
    if kind not in INDEXES:
        raise NotFollowed(f"chunks in an index of kind {kind}")
    if kind == SINGLE and flags & SINGLE_FILTERED:
        record.skip(record.store.length_size + 4)
    record.skip(INDEXES[kind])
    return record.address()


def _first_source(heaps: GlobalHeaps, record: Record) -> str:
    """Dataset and file of the first mapping (III.F), which an empty list lacks."""
    address = record.address()
    if address is None:
        return ""
    mapping = Record(record.store, heaps.item(address, record.integer(4)))
    mapping.expect("a list of mappings", 0, 1)
    if not mapping.length():
        return ""
    rest = mapping.rest()
    file = terminated(rest)
    return f"{text(terminated(rest, len(file) + 1))} in {text(file)}"
