"""The bytes that are sent, whichever of them have to be sent again."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Protocol, Self, cast

from aiverify.core.digest import ALGORITHMS, Digest, Hasher
from aiverify.errors import DeniedError
from aiverify.registry.reach import Reach
from aiverify.registry.sources import Source


class _Copyable(Hasher, Protocol):
    def copy(self) -> Self: ...


class Feed:
    """Reads a source from a position on.

    The bytes of another registry are hashed as they are sent, each of them. The hash at the
    position that was marked last is kept, so that going back to one behind it reads little again.
    A file's bytes are hashed by the registry that stores them, and here only if that refuses them:
    hashing on both ends would take most of the time.
    """

    def __init__(self, source: Source, digest: Digest, reach: Reach) -> None:
        self.size = source.size
        self.spoilt = False
        self._source = source
        self._digest = digest
        self._hashing = source.hashed
        self._reach = reach
        self._position, self._hasher = 0, self._fresh()
        self._marked, self._kept = 0, self._fresh()
        self._open: Generator[bytes | memoryview, None, None] | None = None
        self._rest = memoryview(b"")

    def close(self) -> None:
        """Stop reading."""
        if self._open:
            self._open.close()
        self._open, self._rest = None, memoryview(b"")

    def mark(self) -> None:
        """Keep the hash at this position: there is no going back before it, in most cases."""
        self._marked, self._kept = self._position, self._hasher.copy()

    def seek(self, position: int) -> None:
        """Go to a position, reading what lies before it as far as it has to be hashed."""
        if position == self._position:
            return
        if not self._hashing:
            self.close()
            self._position = position
            return
        if position < self._position:
            self.close()
            self._position, self._hasher = 0, self._fresh()
            if self._marked <= position:
                self._position, self._hasher = self._marked, self._kept.copy()
        for _ in self.take(position - self._position):
            pass

    def take(self, count: int) -> Iterator[memoryview]:
        """The next `count` bytes."""
        end = self._position + count
        while self._position < end:
            if not self._rest:
                self._open = self._open or self._source.chunks(self._position)
                self._rest = memoryview(next(self._open))
            piece = self._rest[: end - self._position]
            self._rest = self._rest[len(piece) :]
            self._position += len(piece)
            if self._hashing:
                self._hasher.update(piece)
            yield piece
            self._reach.at(self._position)

    def check(self) -> None:
        """Compare the digest of the whole, which has been read, where it is known by now.

        Raises:
            DeniedError: it is another.
        """
        if self._hashing:
            self._compare(self._hasher.digest())

    def prove(self) -> None:
        """Compare the digest of the whole, reading it once more where it was not hashed.

        Raises:
            DeniedError: it is another.
        """
        if self._hashing:
            return
        hasher = self._fresh()
        for chunk in self._source.chunks(0):
            hasher.update(chunk)
        self._position = self.size
        self._compare(hasher.digest())

    def _compare(self, found: bytes) -> None:
        if self._position != self.size or found != self._digest.raw:
            self.spoilt = True
            raise DeniedError(
                f"what was to be sent as {self._digest} is "
                f"{Digest(self._digest.algorithm, found.hex())}; nothing of it is stored"
            )

    def _fresh(self) -> _Copyable:
        return cast("_Copyable", ALGORITHMS[self._digest.algorithm]())


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a feed as a request's body. A `last` one does not end unless all are right."""

    feed: Feed
    start: int
    count: int
    last: bool = False

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[memoryview]:
        self.feed.seek(self.start)
        left = self.count
        for piece in self.feed.take(self.count):
            left -= len(piece)
            if self.last and not left:
                # Whoever waits for the rest does not store what is here.
                self.feed.check()
            yield piece
