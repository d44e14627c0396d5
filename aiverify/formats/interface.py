"""What a format's reader is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
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


@dataclass(frozen=True, slots=True)
class Part:
    """A file within a file. `open` gives its bytes, and raises `MalformedError` or `TooLarge`."""

    name: str
    open: Callable[[], Source]


class Container(ABC):
    """A format whose files hold files. Each part is looked into like a file of the artifact.

    What is found in the parts is added to the container's own facts, which `open` gives.
    """

    name: str
    role: Role

    @abstractmethod
    def recognises(self, probe: Probe, /) -> bool:
        """Whether this is a file of the format."""

    @abstractmethod
    def open(self, probe: Probe, source: Source, /) -> tuple[Facts, Iterable[Part]]:
        """The facts of the container itself, and its parts in their order.

        Raises:
            MalformedError: the file breaks the format's rules.
        """


class TooLarge(Exception):  # noqa: N818 - a refusal to look, not a fault of the file
    """A part that is not looked into; the message is the reason."""
