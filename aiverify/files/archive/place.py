"""Creating files below a directory, in directories that nobody can swap for a link."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from aiverify.core.names import printable
from aiverify.errors import MalformedError, UnsafeNameError
from aiverify.files.output import guarding

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def new_file(root: Path, name: str, shown: str, *, executable: bool = False) -> Iterator[BinaryIO]:
    """A new file, mode 0644 or 0755, with the directories that lead to it.

    Each directory is opened from the one above and must not be a link, so that the file is below
    `root` whatever else writes there. `name` has been checked by `core.names`, and
    `shown` is the archive that it comes from.

    Raises:
        MalformedError: there is a file of that name.
        UnsafeNameError: what should be a directory is none.
        OutputError: the disk is full, or the directory cannot be written.
    """
    with guarding(root / name):
        descriptor = _create(root, name, shown)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o755 if executable else 0o644)
            yield file


def _create(root: Path, name: str, shown: str) -> int:
    *parents, base = name.split("/")
    folder = os.open(root, _FOLDER)
    try:
        for depth, part in enumerate(parents):
            below = _folder(part, folder, "/".join(parents[: depth + 1]))
            os.close(folder)
            folder = below
        return os.open(base, _NEW, 0o600, dir_fd=folder)
    except FileExistsError as error:
        raise MalformedError(
            f"{shown} holds {printable(name)}, and so does a layer before it"
        ) from error
    finally:
        os.close(folder)


def _folder(part: str, above: int, path: str) -> int:
    with contextlib.suppress(FileExistsError):
        os.mkdir(part, dir_fd=above)
    try:
        return os.open(part, _FOLDER, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            raise UnsafeNameError(f"{printable(path)} is both a file and a directory") from error
        raise
