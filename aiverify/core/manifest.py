"""The manifest of an artifact: one entry a file or shard, and the root digest over them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from aiverify.core import names
from aiverify.core.digest import ALGORITHMS, Digest
from aiverify.core.serialization import Span
from aiverify.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or one shard of it.

    `name` is the file's name in the artifact, `size` the file's size in bytes if known, `span`
    the bytes that the digest is over, or None for all of them.
    """

    name: str
    digest: Digest
    size: int | None = None
    span: Span | None = None

    @property
    def label(self) -> str:
        """The name as OMS writes it: a shard's is `name:start:end`."""
        return f"{self.name}:{self.span.start}:{self.span.end}" if self.span else self.name

    @property
    def place(self) -> str:
        """Which bytes of the file it is about, for messages; empty for all."""
        return f"bytes {self.span.start} to {self.span.end}" if self.span else ""


@dataclass(frozen=True)
class Manifest:
    """Entries sorted by label in Unicode code point order, no label twice."""

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Manifest:
        """Sort and check entries.

        Raises:
            UnsafeNameError: a name that is unsafe, or two that collide.
            MalformedError: a file or shard twice.
        """
        ordered = tuple(sorted(entries, key=lambda entry: entry.label))
        for before, after in pairwise(ordered):
            if before.label == after.label:
                raise MalformedError(f"{names.printable(after.label)} is listed twice")
        found = dict.fromkeys(entry.name for entry in ordered)
        names.check_all(names.check(name) for name in found)
        return cls(ordered)

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        """The entries by their labels, which are names where whole files are listed."""
        return {entry.label: entry for entry in self.entries}

    @cached_property
    def files(self) -> frozenset[str]:
        """The names of the files that it speaks of."""
        return frozenset(entry.name for entry in self.entries)

    @cached_property
    def root(self) -> Digest:
        """SHA-256 over the concatenated raw digests of the entries (OMS v1.0, subject digest)."""
        hasher = ALGORITHMS["sha256"]()
        for entry in self.entries:
            hasher.update(entry.digest.raw)
        return Digest("sha256", hasher.digest().hex())

    @property
    def size(self) -> int:
        """The sum of the sizes that are known, in bytes."""
        return sum(entry.size or 0 for entry in self.entries)

    def only(self, files: frozenset[str]) -> Manifest:
        """The entries of some files."""
        return Manifest(tuple(entry for entry in self.entries if entry.name in files))


@dataclass(frozen=True, slots=True)
class Difference:
    """How the files at hand differ from those that were promised."""

    changed: tuple[tuple[Entry, Entry], ...]
    """Pairs of (promised, at hand)."""
    missing: tuple[Entry, ...]
    extra: tuple[Entry, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing or self.extra)


def compare(promised: Manifest, at_hand: Manifest) -> Difference:
    """Say what changed, what is missing and what is extra, each in name order."""
    theirs, ours = promised.by_name, at_hand.by_name
    return Difference(
        changed=tuple(
            (entry, ours[entry.label])
            for entry in promised.entries
            if entry.label in ours and ours[entry.label].digest != entry.digest
        ),
        missing=tuple(entry for entry in promised.entries if entry.label not in ours),
        extra=tuple(entry for entry in at_hand.entries if entry.label not in theirs),
    )
