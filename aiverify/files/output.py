"""Writing results so that they are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from aiverify.core.names import printable
from aiverify.errors import OutputError
from aiverify.files.extent import describe


@contextmanager
def replacing(path: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A new file that takes its name only when the block ends well.

    The file may be read and sought. An older file of that name is replaced.

    Raises:
        OutputError: the disk is full, or the directory cannot be written.
    """
    _refuse_special(path)
    temporary = _temporary(path)
    try:
        with guarding(path):
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """A new directory that takes its name only when the block ends well.

    Raises:
        OutputError: something of that name is there, the disk is full, or the parent
            directory cannot be written.
    """
    refuse_existing(path)
    temporary = _temporary(path)
    try:
        with guarding(path):
            temporary.mkdir()
            yield temporary
            refuse_existing(path)
            temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a small file whole.

    Raises:
        OutputError: as `replacing`.
    """
    with replacing(path, mode) as file:
        file.write(data)


def refuse_existing(path: Path) -> None:
    """Refuse to overwrite.

    Raises:
        OutputError: something of that name is there.
    """
    if os.path.lexists(path):
        raise OutputError(
            f"{printable(str(path))} is already there", hint="Remove it, or choose another name."
        )


@contextmanager
def guarding(path: Path) -> Iterator[None]:
    """Turn what the system says while a result is written into our error."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{printable(str(path))} cannot be written: {reason}") from error


def _temporary(path: Path) -> Path:
    stem = os.fsencode(path.name)[:100].decode("utf-8", "ignore")
    return path.parent / f".{stem}.{os.urandom(4).hex()}.partial"


def _refuse_special(path: Path) -> None:
    """A result takes the place of a file, never of a device, a pipe or a link to one."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OutputError(
            f"{printable(str(path))} cannot be written: it is {describe(mode)}",
            hint="Leave -o out to print the result.",
        )
