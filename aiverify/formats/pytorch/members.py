"""A container's members, opened as PyTorch opens them: whatever flags and checksums say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aiverify.core import rules
from aiverify.core.finding import Severity
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Source, TooLarge
from aiverify.formats.zip import Entry, Zip

MAX_UNPACKED = 256 << 20
"""Bytes of a packed member that are unpacked to look at."""


class Members:
    """The files of an archive. PyTorch finds them without regard to case.

    `found` gathers what is wrong with those that are opened, and `unread` says which could not
    be.
    """

    def __init__(self, archive: Zip) -> None:
        self.archive = archive
        self.entries = tuple(entry for entry in archive.entries if not entry.is_folder)
        self.found = Found()
        self.unread = ""
        self._by_name = {entry.name.lower(): entry for entry in self.entries}
        # PyTorch can be told to write no checksums: then there are none at all.
        self._summed = any(entry.crc for entry in archive.entries)
        self._said = False

    def named(self, name: str) -> Entry | None:
        """The member of a name, or nothing."""
        return self._by_name.get(name.lower())

    def where(self, holds: Callable[[str], bool]) -> Iterator[Entry]:
        """Members for whose path below their folder something holds."""
        return (entry for entry in self.entries if holds(inner(entry)))

    def source(self, entry: Entry) -> Source | None:
        """A member's bytes; nothing when they are not read, which `unread` then says.

        Raises:
            MalformedError: they cannot be unpacked.
        """
        try:
            source = self.archive.unpacked(entry, MAX_UNPACKED)
        except TooLarge as error:
            self.shut(entry, str(error))
            return None
        self._judge(entry, source)
        return source

    def data(self, entry: Entry, limit: int) -> bytes | None:
        """All bytes of a small member; nothing when they are not read.

        Raises:
            MalformedError: they cannot be unpacked.
        """
        if max(entry.size, entry.packed) > limit:
            self.shut(entry, f"larger than {limit} bytes")
            return None
        source = self.source(entry)
        return source.read_at(0, source.size) if source else None

    def head(self, entry: Entry, size: int) -> bytes:
        """A member's first bytes, as far as they can be read."""
        try:
            return self.archive.head(entry, size)
        except (MalformedError, TooLarge):
            return b""

    def shut(self, entry: Entry, reason: str) -> None:
        """A member is not looked into. The first reason is kept."""
        self.unread = self.unread or f"{shown(entry.name)}: {reason}"

    def _judge(self, entry: Entry, source: Source) -> None:
        """What keeps others from reading what PyTorch reads."""
        name = shown(entry.name)
        if entry.is_protected:
            message = f"{name} says that it is encrypted, which PyTorch does not care about"
            self.found.add(rules.containers.MISMATCH, message, entry.name)
        if self.archive.is_intact(entry, source):
            return
        if self._summed:
            message = f"{name} has another checksum than the archive says"
            self.found.add(rules.containers.MISMATCH, message, entry.name)
        elif not self._said:
            self._said = True
            message = "the archive has no checksums, so that many programs cannot read it"
            self.found.add(rules.containers.MISMATCH, message, severity=Severity.WARNING)


def folder(entry: Entry) -> str:
    """The folder that a member is in, or nothing."""
    first, slash, _ = entry.name.partition("/")
    return first if slash else ""


def below(entry: Entry) -> str:
    """A member's path below its folder; its name if it is in none."""
    first, slash, path = entry.name.partition("/")
    return path if slash else first


def inner(entry: Entry) -> str:
    """The same in lower case, as PyTorch compares it."""
    return below(entry).lower()
