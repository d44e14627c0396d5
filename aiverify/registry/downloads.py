"""Blobs to files: what is there already is hashed and kept, and a name stands for right bytes."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiverify.core.digest import ALGORITHMS, Hasher
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor
from aiverify.errors import DeniedError, OutputError
from aiverify.files.extent import describe
from aiverify.files.output import guarding
from aiverify.files.progress import Progress
from aiverify.registry.blobs import Blobs
from aiverify.registry.http import CHUNK
from aiverify.registry.reach import Reach

SUFFIX = ".partial"
"""What the name of a file ends in that is not whole."""

_TRIES = 10


def download(blobs: Blobs, descriptor: Descriptor, path: Path, progress: Progress) -> None:
    """Write a blob to a file. Raises as `Repository.download`."""
    partial = path.with_name(path.name + SUFFIX)
    reach = Reach(progress)
    with guarding(path), _locked(partial) as file:
        kept = os.fstat(file).st_size
        found = _completed(blobs, descriptor, file, reach)
        if kept and found != descriptor.digest.raw:
            # What an earlier try left may be at fault: a disk can lose what was written last.
            os.ftruncate(file, 0)
            found = _completed(blobs, descriptor, file, reach)
        try:
            blobs.check(descriptor, found)
        except DeniedError:
            partial.unlink(missing_ok=True)
            raise
        # Not forced to the disk, which takes longer than all else: whoever finds the file later,
        # after the power failed, has to hash it anyhow.
        partial.replace(path)


def _completed(blobs: Blobs, descriptor: Descriptor, file: int, reach: Reach) -> bytes:
    """Fill the file up, and return the digest of the whole."""
    hasher = ALGORITHMS[descriptor.digest.algorithm]()
    done = _hashed(file, descriptor.size, hasher, reach)
    for chunk in blobs.chunks(descriptor, done):
        _write(file, chunk)
        hasher.update(chunk)
        done += len(chunk)
        reach.at(done)
    return hasher.digest()


def _hashed(file: int, size: int, hasher: Hasher, reach: Reach) -> int:
    """Hash what the file has already. A file that has more than the blob is begun anew."""
    there = os.fstat(file).st_size
    if there > size:
        os.ftruncate(file, 0)
        there = 0
    os.lseek(file, 0, os.SEEK_SET)
    done = 0
    while done < there and (chunk := os.read(file, min(CHUNK, there - done))):
        hasher.update(chunk)
        done += len(chunk)
        reach.at(done)
    return done


def _write(file: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(file, view) :]


@contextmanager
def _locked(partial: Path) -> Iterator[int]:
    """The unfinished file, open and this process's own.

    Raises:
        OutputError: another process writes it, or it is no file.
    """
    file = _opened(partial)
    try:
        yield file
    finally:
        os.close(file)


def _opened(partial: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    for _ in range(_TRIES):
        file = os.open(partial, flags, 0o644)
        try:
            if _is_ours(file, partial):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)
    raise _busy(partial)


def _is_ours(file: int, partial: Path) -> bool:
    """Lock the file, and see that its name is still its own: who had it may have finished."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise OutputError(f"{printable(str(partial))} is {describe(status.st_mode)}, not a file")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _busy(partial) from error
    try:
        now = partial.lstat()
    except FileNotFoundError:
        return False
    return (now.st_dev, now.st_ino) == (status.st_dev, status.st_ino)


def _busy(partial: Path) -> OutputError:
    return OutputError(
        f"{printable(str(partial))} is being written by another process",
        hint="Wait until it has finished, and run the command again.",
    )
