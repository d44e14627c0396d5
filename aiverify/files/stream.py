"""Passing every byte of an extent by, once, in bounded memory."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiverify.core.digest import ALGORITHMS, Digest
from aiverify.core.manifest import Entry
from aiverify.files.extent import Extent, Reader
from aiverify.files.progress import Progress, Silent
from aiverify.files.tree import Member

CHUNK = 256 << 10
"""Bytes read at a time. Larger chunks leave the processor's cache before they are hashed.

A second thread that reads ahead gains less than a tenth: see `docs/decisions/`.
"""

Sink = Callable[[memoryview], object]


def digest(extent: Extent, progress: Progress | None = None, *sinks: Sink) -> Digest:
    """SHA-256 of an extent, handing each chunk to the sinks as well.

    A chunk is valid only until its sink returns.

    Raises:
        InputError, ChangedError: as `Extent.open`.
    """
    hasher = ALGORITHMS["sha256"]()
    report = progress or Silent()
    with extent.open() as reader:
        for chunk in _chunks(reader):
            hasher.update(chunk)
            for sink in sinks:
                sink(chunk)
            report.advance(len(chunk))
    return Digest("sha256", hasher.digest().hex())


def digest_all(members: Sequence[Member], progress: Progress | None = None) -> tuple[Entry, ...]:
    """Manifest entries of many members, several at a time, in the order given.

    Members that are the same bytes on disk are read once.

    Raises:
        InputError, ChangedError: as `Extent.open`; the first one in order.
    """
    report = progress or Silent()
    extents = tuple(dict.fromkeys(member.extent for member in members))
    report.begin("Hashing", sum(extent.size for extent in extents))
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        digests = pool.map(lambda extent: digest(extent, report), extents)
        known = dict(zip(extents, digests, strict=True))
    return tuple(Entry(member.name, known[member.extent], member.extent.size) for member in members)


def _chunks(reader: Reader) -> Iterator[memoryview]:
    """The bytes in order, in one buffer that is filled again for each chunk.

    The buffer is a page-aligned mapping: what `bytearray` gives starts 16 bytes into a page,
    where current AMD processors copy at a third of their speed.
    """
    if reader.size == 0:
        return
    buffer = memoryview(mmap.mmap(-1, min(CHUNK, reader.size)))
    for offset in range(0, reader.size, CHUNK):
        chunk = buffer[: min(CHUNK, reader.size - offset)]
        reader.read_into(offset, chunk)
        yield chunk
