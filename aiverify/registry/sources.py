"""Where the bytes of a blob come from that is sent: a file, or another registry."""

from __future__ import annotations

import mmap
from collections.abc import Generator
from typing import Protocol

from aiverify.core.oci import Descriptor
from aiverify.files.extent import Reader
from aiverify.registry.blobs import Blobs
from aiverify.registry.http import CHUNK


class Source(Protocol):
    """Bytes that can be read from any position, again and again."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    @property
    def hashed(self) -> bool:
        """Whether to hash them as they are sent, or to leave that to whoever stores them."""
        ...

    def chunks(self, start: int) -> Generator[bytes | memoryview, None, None]:
        """Those from `start` on. A chunk is valid until the next one is asked for."""
        ...


class FileSource:
    """The bytes of an open extent."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def size(self) -> int:
        """The extent's size."""
        return self._reader.size

    @property
    def hashed(self) -> bool:
        """Not as they are sent: they can be read again if they are refused."""
        return False

    def chunks(self, start: int) -> Generator[bytes | memoryview, None, None]:
        """The bytes from `start` on, in one buffer that is filled again for each chunk."""
        if start >= self.size:
            return
        # A mapping begins at a page, where copying is fastest.
        buffer = memoryview(mmap.mmap(-1, min(CHUNK, self.size - start)))
        for offset in range(start, self.size, CHUNK):
            chunk = buffer[: min(CHUNK, self.size - offset)]
            self._reader.read_into(offset, chunk)
            yield chunk


class BytesSource:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._data)

    @property
    def hashed(self) -> bool:
        """As they are sent: they are few."""
        return True

    def chunks(self, start: int) -> Generator[bytes | memoryview, None, None]:
        """Those from `start` on."""
        if start < self.size:
            yield self._data[start:]


class RemoteSource:
    """A blob of a repository, fetched while it is read and kept nowhere."""

    def __init__(self, blobs: Blobs, descriptor: Descriptor) -> None:
        self._blobs = blobs
        self._descriptor = descriptor

    @property
    def size(self) -> int:
        """The blob's size."""
        return self._descriptor.size

    @property
    def hashed(self) -> bool:
        """As they are sent: to read them again they would have to be fetched again."""
        return True

    def chunks(self, start: int) -> Generator[bytes | memoryview, None, None]:
        """The bytes from `start` on."""
        yield from self._blobs.chunks(self._descriptor, start)
