"""What an artifact's layers may unpack to, all together."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from aiverify.errors import MalformedError

MAX_RATIO = 1000
"""gzip packs at most 1032 times, and that only zeros."""

ALLOWED = 64 << 20
"""Bytes that a layer may unpack to, however small it is."""

MAX_MEMBERS = 100_000
"""Files and directories that the layers of one artifact may hold."""


@dataclass(slots=True)
class _Spent:
    """What was used up so far, by any of several threads."""

    size: int = 0
    members: int = 0
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits for all layers of one artifact; what one layer takes, the others lack.

    `total` counts bytes of archives as they are when decompressed, headers included. Above
    `allowed` bytes, a layer may have `ratio` times the bytes of its blob.
    """

    total: int
    ratio: int = MAX_RATIO
    allowed: int = ALLOWED
    members: int = MAX_MEMBERS
    _spent: _Spent = field(default_factory=_Spent, init=False, repr=False, compare=False)

    def spend(self, size: int, shown: str) -> None:
        """Take so many bytes.

        Raises:
            MalformedError: there are not so many left.
        """
        with self._spent.lock:
            self._spent.size += size
            if self._spent.size > self.total:
                raise self._exceeded(shown)

    def refuse_beyond(self, size: int, shown: str) -> None:
        """Refuse bytes that are announced, before any of them is there.

        Raises:
            MalformedError: there are not so many left.
        """
        with self._spent.lock:
            if self._spent.size + size > self.total:
                raise self._exceeded(shown)

    def refuse_bomb(self, unpacked: int, packed: int, shown: str) -> None:
        """Refuse a layer that is much larger unpacked than packed.

        Raises:
            MalformedError: it has more bytes than its packed ones may come to.
        """
        if unpacked > self.allowed and unpacked > self.ratio * packed:
            raise MalformedError(f"{shown} would unpack to more than {self.ratio} times its size")

    def count_member(self, shown: str) -> None:
        """Count one more file or directory.

        Raises:
            MalformedError: there are too many.
        """
        with self._spent.lock:
            self._spent.members += 1
            if self._spent.members > self.members:
                raise MalformedError(f"{shown} holds too many members; the limit is {self.members}")

    def _exceeded(self, shown: str) -> MalformedError:
        return MalformedError(f"{shown} would unpack to more than {self.total} bytes")
