"""What a format's reader is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aiverify.core.facts import Facts, Role


class Source(Protocol):
    """The bytes of one file, by position. Reads outside it raise `MalformedError`."""

    @property
    def size(self) -> int:
        """Bytes in the file."""
        ...

    def read_at(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes from `offset`."""
        ...


@dataclass(frozen=True, slots=True)
class Probe:
    """What a reader may judge a file by: its name in the artifact, size, and first bytes."""

    name: str
    size: int
    head: bytes
    """The first 4096 bytes, or all of a shorter file."""

    @property
    def base(self) -> str:
        """The last part of the name, in lower case."""
        return self.name.rpartition("/")[2].lower()


class Reader(Protocol):
    """One format.

    `recognises` decides by content first and by name only where content says nothing
    (every JSON file starts alike). `read` states facts and raises `MalformedError` when
    the file breaks the format's rules; it reads headers only, and checks every length
    from the file against the file's size before using it. `role` is what a file of the
    format is for, when it is too broken for `read` to say.
    """

    name: str
    role: Role

    def recognises(self, probe: Probe, /) -> bool:
        """Whether this is a file of the format."""
        ...

    def read(self, probe: Probe, source: Source, /) -> Facts:
        """The facts of a file that was recognised."""
        ...
