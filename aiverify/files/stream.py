"""Passing every byte of an extent by, once, in bounded memory."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiverify.core.digest import ALGORITHMS, Digest, Hasher
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.serialization import WHOLE_FILES, Serialization, Span
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
    return digest_by(extent, "sha256", progress, *sinks)


def digest_by(
    extent: Extent, algorithm: str, progress: Progress | None = None, *sinks: Sink
) -> Digest:
    """As `digest`, by an algorithm of `core.digest.ALGORITHMS`."""
    hasher = ALGORITHMS[algorithm]()
    pass_by(extent, (hasher.update, *sinks), progress or Silent())
    return Digest(algorithm, hasher.digest().hex())


def pass_by(extent: Extent, sinks: Sequence[Sink], progress: Progress) -> None:
    """Hand each chunk of an extent to every sink, reading it once. Raises as `digest`."""
    with extent.open() as reader:
        for chunk in _chunks(reader):
            for sink in sinks:
                sink(chunk)
            progress.advance(len(chunk))


def digest_all(members: Sequence[Member], progress: Progress | None = None) -> tuple[Entry, ...]:
    """Manifest entries of many members, several at a time, in the order given.

    Members that are the same bytes on disk are read once, and those of a known digest not at all.

    Raises:
        InputError, ChangedError: as `Extent.open`; the first one in order.
    """
    found = _digests(members, (_Plan(WHOLE_FILES),), progress or Silent())
    return tuple(
        Entry(member.name, value, member.extent.size)
        for member in members
        for _, value in found[member.extent][WHOLE_FILES]
    )


Sizes = Mapping[Serialization, Mapping[str, int]]
"""How many bytes of each file were signed in some ways; none of a file that was not."""


def manifests(
    members: Sequence[Member],
    ways: Iterable[Serialization],
    progress: Progress | None = None,
    signed: Sizes | None = None,
) -> dict[Serialization, Manifest]:
    """A manifest of many members for each way to serialize them, reading each byte once.

    Where it is known how much of each file was `signed`, what is beyond is one shard: whoever
    makes a file larger does not have millions of shards counted.

    Raises:
        InputError, ChangedError: as `digest_all`.
    """
    plans = [_Plan(way, _ends(members, (signed or {}).get(way))) for way in dict.fromkeys(ways)]
    found = _digests(members, plans, progress or Silent())
    return {
        plan.way: Manifest.of(
            Entry(member.name, value, member.extent.size, span)
            for member in members
            for span, value in found[member.extent][plan.way]
        )
        for plan in plans
    }


Digests = tuple[tuple[Span | None, Digest], ...]
"""The digests of one file in one way: of its shards, or of all of it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """One way to hash, and how many bytes of each extent were signed in it, if that is known."""

    way: Serialization
    ends: Mapping[Extent, int] | None = None

    def spans(self, extent: Extent) -> tuple[Span | None, ...]:
        if not self.way.shard_size:
            return (None,)
        signed = None if self.ends is None else self.ends.get(extent, 0)
        return tuple(self.way.spans(extent.size, signed))


def _ends(
    members: Sequence[Member], signed: Mapping[str, int] | None
) -> Mapping[Extent, int] | None:
    if signed is None:
        return None
    ends: dict[Extent, int] = {}
    for member in members:
        size = signed.get(member.name, 0)
        ends[member.extent] = max(size, ends.get(member.extent, 0))
    return ends


def _digests(
    members: Sequence[Member], plans: Sequence[_Plan], progress: Progress
) -> Mapping[Extent, Mapping[Serialization, Digests]]:
    extents = tuple(dict.fromkeys(member.extent for member in members))
    known = {member.extent: member.digest for member in members if member.digest}
    others = [plan for plan in plans if plan.way != WHOLE_FILES]
    to_read = extents if others else [item for item in extents if item not in known]
    progress.begin("Hashing", sum(extent.size for extent in to_read))
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        if len(plans) == 1 and plans[0].way.shard_size:
            only = plans[0]
            return {item: {only.way: _in_parallel(item, only, pool, progress)} for item in extents}

        def one(extent: Extent) -> dict[Serialization, Digests]:
            if extent not in known:
                return _in_turn(extent, plans, progress)
            whole: Digests = ((None, known[extent]),)
            return {WHOLE_FILES: whole, **(_in_turn(extent, others, progress) if others else {})}

        return dict(zip(extents, pool.map(one, extents), strict=True))


def _in_parallel(
    extent: Extent, plan: _Plan, pool: ThreadPoolExecutor, progress: Progress
) -> Digests:
    """The shards of a file, several at a time: nothing asks for the file as a whole."""
    spans = plan.spans(extent)

    def one(span: Span | None) -> Digest:
        assert span
        part = extent.part(span.start, span.end - span.start)
        hasher = ALGORITHMS[plan.way.algorithm]()
        pass_by(part, (hasher.update,), progress)
        return Digest(plan.way.algorithm, hasher.digest().hex())

    return tuple(zip(spans, pool.map(one, spans), strict=True))


def _in_turn(
    extent: Extent, plans: Sequence[_Plan], progress: Progress
) -> dict[Serialization, Digests]:
    """The digests of one file in every way, from one pass over it."""
    sums = {plan.way: _Sum(plan.way.algorithm, plan.spans(extent)) for plan in plans}
    pass_by(extent, tuple(item.update for item in sums.values()), progress)
    return {way: item.digests() for way, item in sums.items()}


class _Sum:
    """A running digest that begins anew at the end of each shard."""

    def __init__(self, algorithm: str, spans: Sequence[Span | None]) -> None:
        self._algorithm = algorithm
        self._spans = spans
        self._done: list[Digest] = []
        self._hasher: Hasher = ALGORITHMS[algorithm]()
        self._position = 0

    def update(self, chunk: memoryview) -> None:
        while len(chunk):
            span = self._spans[len(self._done)]
            room = len(chunk) if span is None else span.end - self._position
            self._hasher.update(chunk[:room])
            self._position += min(room, len(chunk))
            chunk = chunk[room:]
            if span is not None and self._position == span.end:
                self._close()

    def digests(self) -> Digests:
        if len(self._done) < len(self._spans):
            self._close()
        return tuple(zip(self._spans, self._done, strict=True))

    def _close(self) -> None:
        self._done.append(Digest(self._algorithm, self._hasher.digest().hex()))
        self._hasher = ALGORITHMS[self._algorithm]()


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
