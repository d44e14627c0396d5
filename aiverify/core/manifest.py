"""The manifest of an artifact: one entry a file, and the root digest over them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from aiverify.core import names
from aiverify.core.digest import ALGORITHMS, Digest
from aiverify.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its name in the artifact, its digest, and its size in bytes if known."""

    name: str
    digest: Digest
    size: int | None = None


@dataclass(frozen=True)
class Manifest:
    """Entries sorted by name in Unicode code point order, no name twice."""

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Manifest:
        """Sort and check entries.

        Raises:
            UnsafeNameError: a name that is unsafe, or two that collide.
            MalformedError: a name twice.
        """
        ordered = tuple(sorted(entries, key=lambda entry: entry.name))
        for before, after in pairwise(ordered):
            if before.name == after.name:
                raise MalformedError(f"{names.printable(after.name)} is listed twice")
        names.check_all(names.check(entry.name) for entry in ordered)
        return cls(ordered)

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        """The entries by their names."""
        return {entry.name: entry for entry in self.entries}

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
    """Say which files changed, which are missing and which are extra, each in name order."""
    theirs, ours = promised.by_name, at_hand.by_name
    return Difference(
        changed=tuple(
            (entry, ours[entry.name])
            for entry in promised.entries
            if entry.name in ours and ours[entry.name].digest != entry.digest
        ),
        missing=tuple(entry for entry in promised.entries if entry.name not in ours),
        extra=tuple(entry for entry in at_hand.entries if entry.name not in theirs),
    )
