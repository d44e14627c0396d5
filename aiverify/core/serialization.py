"""How an artifact's bytes become digests: whole files or shards, by which algorithm (OMS v1.0)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.errors import UsageError

HASH_TYPES = ("sha256", "blake2b", "blake3")
"""What OMS v1.0 calls `hash_type`."""

MAX_SHARD = 1 << 62
"""Bytes that a shard may have."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes `start` to `end` of a file, the last one not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Serialization:
    """One way to turn files into digests: `shard_size` in bytes, or 0 for whole files.

    Raises:
        UsageError: a size that no shard can have.
    """

    algorithm: str = "sha256"
    shard_size: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.shard_size <= MAX_SHARD:
            raise UsageError(
                f"a shard cannot have {self.shard_size} bytes",
                hint=f"Give --shard-size a number of bytes from 1 to {MAX_SHARD}.",
            )

    @property
    def method(self) -> str:
        """OMS's name of it: `files` or `shards`."""
        return "shards" if self.shard_size else "files"

    def spans(self, size: int, signed: int | None = None) -> Iterator[Span]:
        """The shards of a file of `size` bytes, in order. An empty file has none.

        Of a file that has more bytes than were `signed`, the rest is one shard: there are no
        more of them than the signer made and one.
        """
        end = size if signed is None else min(signed, size)
        for start in range(0, end, self.shard_size):
            yield Span(start, min(start + self.shard_size, end))
        if end < size:
            yield Span(end, size)


WHOLE_FILES = Serialization()
"""SHA-256 of each file: what aiverify names an artifact by, however it was signed."""
