"""A file in a registry as an extent: whoever reads a header fetches the bytes of the header."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core.oci import Descriptor
from aiverify.errors import MalformedError
from aiverify.files.extent import Extent, Reader, Stamp
from aiverify.registry.repository import Repository

WHOLE = 4 << 20
"""Bytes up to which a file is fetched whole, and held against its digest."""

BLOCK = 1 << 20
"""Bytes of a larger file that are fetched at a time."""

KEPT = 16
"""Blocks of a file that are kept: readers go back and forth."""


@dataclass(frozen=True, slots=True)
class Ranged(Extent):
    """Bytes of a blob in a registry.

    Of a large one, only what is read is fetched, so that nobody knows whether it is what the
    digest promises. That will do to show what is in it, and not to believe it.
    """

    blob: Blob = field(kw_only=True, compare=False)

    @classmethod
    def of(cls, repository: Repository, descriptor: Descriptor) -> Ranged:
        """The whole of a blob."""
        path = Path(f"{repository.host}/{repository.name}@{descriptor.digest}")
        stamp = Stamp(0, 0, descriptor.size, 0, 0)
        return cls(path, 0, descriptor.size, stamp, blob=Blob(repository, descriptor))

    def part(self, offset: int, size: int) -> Ranged:
        """A run of bytes inside this one. Raises as `Extent.part`."""
        plain = Extent(self.path, self.offset, self.size, self.stamp).part(offset, size)
        return Ranged(self.path, plain.offset, size, self.stamp, blob=self.blob)

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """Open for reading.

        Raises:
            InputError, DeniedError, UndecidedError: the registry does not give the bytes.
        """
        yield _RangedReader(self)

    def refuse_rewritten(self) -> None:
        """Nothing: what a digest names does not change."""


class Blob:
    """A blob of which some blocks were fetched."""

    def __init__(self, repository: Repository, descriptor: Descriptor) -> None:
        self._repository = repository
        self._descriptor = descriptor
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._size = WHOLE if descriptor.size <= WHOLE else BLOCK

    def read_into(self, offset: int, buffer: memoryview) -> None:
        """Fill a buffer from `offset`, which with it lies inside the blob."""
        filled = 0
        while filled < len(buffer):
            number, start = divmod(offset + filled, self._size)
            data = memoryview(self._block(number))[start : start + len(buffer) - filled]
            buffer[filled : filled + len(data)] = data
            filled += len(data)

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        start = number * self._size
        data = self._fetch(start, min(start + self._size, self._descriptor.size))
        self._blocks[number] = data
        if len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        return data

    def _fetch(self, start: int, end: int) -> bytes:
        if self._descriptor.size <= WHOLE:
            return self._repository.read_blob(self._descriptor, WHOLE)
        data = self._repository.read_range(self._descriptor, start, end)
        if len(data) != end - start:
            raise MalformedError(f"{self._descriptor.digest} ends before byte {end}")
        return data


class _RangedReader(Reader):
    def __init__(self, extent: Ranged) -> None:
        super().__init__(extent, -1)
        self._ranged = extent

    def read_into(self, offset: int, buffer: memoryview) -> None:
        self._ranged.part(offset, len(buffer))
        self._ranged.blob.read_into(self._ranged.offset + offset, buffer)
