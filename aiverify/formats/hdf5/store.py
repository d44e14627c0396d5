"""The bytes of an HDF5 file by the addresses in it, and records of what stands there."""

from __future__ import annotations

from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Source
from aiverify.formats.sources import Memory

MAX_READ = 64 << 20
"""Bytes of structure that are read of one file. Weights are not among them."""

MAX_TIMES = 4
"""How often, on average, each byte of a file is read; parts of one may be read twice."""

LEAST = 1 << 20
"""Bytes that may be read of the smallest file."""

COST = 64
"""What a message, link or attribute costs beside its bytes, which may be few."""


class NotFollowed(Exception):  # noqa: N818 - a limit of ours, not a fault of the file
    """Something that the format allows and that is not looked into; the message says what."""


class Store:
    """A file from its superblock to the end that the superblock states.

    Addresses count from `base`. Structures may overlap, so what is read of them is counted
    against `MAX_READ` and `MAX_TIMES`: a small file cannot be read for ever.
    """

    def __init__(
        self, source: Source, base: int, end: int, offset_size: int, length_size: int
    ) -> None:
        self._source = source
        self._base = base
        self.end = end
        self.offset_size = offset_size
        self.length_size = length_size
        self._left = min(MAX_READ, MAX_TIMES * end + LEAST)

    def spend(self, size: int) -> None:
        """Count bytes, or what costs as much as reading them.

        Raises:
            NotFollowed: that is more than may be read.
        """
        self._left -= size
        if self._left < 0:
            raise NotFollowed("more structure than is read of a file of its size")

    def check(self, address: int | None, size: int) -> int:
        """The address of `size` bytes that lie inside the file.

        Raises:
            MalformedError: they do not, or the address is undefined.
        """
        if address is None:
            raise MalformedError("an address that is needed is undefined")
        if size < 0 or address + size > self.end:
            raise MalformedError(
                f"{size} bytes at address {address} lie outside the {self.end} of the file"
            )
        return address

    def read(self, address: int | None, size: int) -> bytes:
        """Exactly `size` bytes at an address.

        Raises:
            MalformedError: they lie outside the file.
            NotFollowed: too much was read.
        """
        place = self.check(address, size)
        self.spend(size)
        return self._source.read_at(self._base + place, size)

    def record(self, address: int | None, size: int, signature: bytes = b"") -> Record:
        """The same as a record, behind the signature that it must begin with.

        Raises:
            MalformedError: it begins with something else, or lies outside the file.
            NotFollowed: too much was read.
        """
        data = self.read(address, size)
        if not data.startswith(signature):
            shown = signature.decode("ascii")
            raise MalformedError(f"there is no {shown} at address {address}")
        record = Record(self, data)
        record.skip(len(signature))
        return record


class Record(Cursor):
    """A run of fields. Addresses and lengths have the sizes that the superblock states."""

    def __init__(self, store: Store, data: bytes) -> None:
        super().__init__(Memory(data))
        self.store = store

    def address(self) -> int | None:
        """The next address; None is the undefined one, all of whose bits are set."""
        size = self.store.offset_size
        value = self.integer(size)
        return None if value == (1 << 8 * size) - 1 else value

    def length(self) -> int:
        """The next length."""
        return self.integer(self.store.length_size)

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)

    def align(self, multiple: int) -> None:
        """Move on to a multiple of so many bytes, or to the end before it."""
        self.skip(min(-self.position % multiple, self.left))

    def expect(self, what: str, *versions: int) -> int:
        """The next byte, a version.

        Raises:
            MalformedError: there is no such version.
        """
        version = self.integer(1)
        if version not in versions:
            raise MalformedError(f"{what} of version {version}, which does not exist")
        return version


def terminated(data: bytes, start: int = 0) -> bytes:
    """The bytes from `start` up to the next NUL, or to the end where there is none."""
    end = data.find(b"\0", start)
    return data[start:] if end < 0 else data[start:end]


def text(data: bytes) -> str:
    """Bytes as text. What is not UTF-8 is replaced: names are for showing."""
    return data.decode("utf-8", "replace")
