"""An extent: a run of bytes in a file on disk, and bounded reads from it.

A file in a directory, a blob in a layout and a member of a tar are all extents, so that
everything above reads them alike.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from aiverify.core.names import printable
from aiverify.errors import ChangedError, InputError, MalformedError


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file on disk was when it was listed. A later read must find the same."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """The stamp of a `stat` result."""
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """`size` bytes from `offset` in the file at `path`, as it was at `stamp`."""

    path: Path
    offset: int
    size: int
    stamp: Stamp

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """The whole of a regular file. A symbolic link is not followed.

        Raises:
            InputError: it is missing, unreadable or no regular file.
        """
        try:
            status = path.lstat()
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{printable(str(path))} is {describe(status.st_mode)}, not a file")
        return cls(path, 0, status.st_size, Stamp.of(status))

    @classmethod
    def of_named(cls, path: Path) -> Self:
        """The whole of a file that the user named, where links may be followed.

        Raises:
            InputError: as `of_file`.
        """
        try:
            return cls.of_file(Path(os.path.realpath(path)))
        except ValueError as error:
            raise unreadable(path, error) from error

    def part(self, offset: int, size: int) -> Extent:
        """A run of bytes inside this one.

        Raises:
            MalformedError: it would reach outside.
        """
        if offset < 0 or size < 0 or offset + size > self.size:
            raise MalformedError(
                f"{printable(str(self.path))}: bytes {offset} to {offset + size} lie outside it"
            )
        return Extent(self.path, self.offset + offset, size, self.stamp)

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """Open for reading, and check on both ends that nobody changed the file.

        Raises:
            InputError: it cannot be opened.
            ChangedError: it is not the file that was listed, or changed meanwhile.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.path, flags)
        except OSError as error:
            raise unreadable(self.path, error) from error
        try:
            self._unchanged(descriptor)
            yield Reader(self, descriptor)
            self._unchanged(descriptor)
        finally:
            os.close(descriptor)

    def read(self, limit: int) -> bytes:
        """All bytes of a small extent.

        Raises:
            MalformedError: it is larger than `limit` bytes.
        """
        if self.size > limit:
            raise MalformedError(
                f"{printable(str(self.path))} is {self.size} bytes; the limit here is {limit}"
            )
        with self.open() as reader:
            return reader.read_at(0, self.size)

    def refuse_rewritten(self) -> None:
        """Check the file without opening it, and allow for links that were made to it.

        Raises:
            InputError: it cannot be found.
            ChangedError: it is not the file that was listed, or its bytes were written.
        """
        try:
            now = Stamp.of(self.path.lstat())
        except OSError as error:
            raise unreadable(self.path, error) from error
        if replace(now, ctime_ns=self.stamp.ctime_ns) != self.stamp:
            raise self._changed()

    def _unchanged(self, descriptor: int) -> None:
        if Stamp.of(os.fstat(descriptor)) != self.stamp:
            raise self._changed()
        try:
            more = os.pread(descriptor, 1, self.stamp.size)
        except OSError as error:
            raise unreadable(self.path, error) from error
        if more:  # as in /proc, where files are of no size and have bytes
            raise ChangedError(f"{printable(str(self.path))} has more bytes than its size says")

    def _changed(self) -> ChangedError:
        return ChangedError(
            f"{printable(str(self.path))} changed while it was being read",
            hint="Run the command again when nothing writes to it.",
        )


class Reader:
    """An open extent. Reads are positioned, bounded by the extent, and never short."""

    def __init__(self, extent: Extent, descriptor: int) -> None:
        self._extent = extent
        self._descriptor = descriptor

    @property
    def size(self) -> int:
        """The extent's size in bytes."""
        return self._extent.size

    def read_at(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes from `offset`.

        Raises:
            MalformedError: they reach outside the extent.
        """
        buffer = bytearray(self._extent.part(offset, size).size)
        self.read_into(offset, memoryview(buffer))
        return bytes(buffer)

    def read_into(self, offset: int, buffer: memoryview) -> None:
        """Fill a buffer from `offset`.

        Raises:
            MalformedError: that would reach outside the extent.
            ChangedError: the file ended early.
            InputError: the disk failed.
        """
        extent = self._extent
        extent.part(offset, len(buffer))
        filled = 0
        while filled < len(buffer):
            position = extent.offset + offset + filled
            try:
                count = os.preadv(self._descriptor, [buffer[filled:]], position)
            except OSError as error:
                raise unreadable(extent.path, error) from error
            if count == 0:
                raise ChangedError(f"{printable(str(extent.path))} ended while it was being read")
            filled += count


def mode_of(path: Path) -> int | None:
    """The mode of what a path leads to, links followed; None where there is nothing.

    Raises:
        InputError: the system does not say, for want of permission or a name it can take.
    """
    try:
        return path.stat().st_mode
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return None
        raise unreadable(path, error) from error
    except ValueError as error:
        raise unreadable(path, error) from error


def describe(mode: int) -> str:
    """What a file mode says a thing is, for messages."""
    kinds = (
        (stat.S_ISLNK, "a symbolic link"),
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a character device"),
        (stat.S_ISBLK, "a block device"),
        (stat.S_ISREG, "a regular file"),
    )
    return next((text for test, text in kinds if test(mode)), "of an unknown kind")


def unreadable(path: Path, error: Exception) -> InputError:
    """The error for a path that the system would not give us."""
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(f"{printable(str(path))} cannot be read: {reason}")
