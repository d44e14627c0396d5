"""Unfinished uploads, remembered from one run of the program to the next."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_LOCATION = 8192
"""Bytes that the place of an upload may have."""


class Slot:
    """Where one upload is. Without a file it is forgotten when the program ends."""

    def __init__(self, file: int | None = None, path: Path | None = None) -> None:
        self._file = file
        self._path = path

    def location(self) -> str:
        """What was kept last, or nothing."""
        if self._file is None:
            return ""
        with contextlib.suppress(OSError, ValueError):
            found = os.pread(self._file, MAX_LOCATION + 1, 0).decode("ascii")
            # What was cut off while it was written has no end.
            if found.endswith("\n") and len(found) <= MAX_LOCATION:
                return found[:-1]
        return ""

    def keep(self, location: str) -> None:
        """Remember a place. It is no loss where it cannot be: the upload begins anew then."""
        if self._file is not None:
            with contextlib.suppress(OSError, ValueError):
                data = f"{location}\n".encode("ascii")
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, data, 0)

    def forget(self) -> None:
        """The upload is over."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)


@contextmanager
def slot(folder: Path | None, name: str) -> Iterator[Slot]:
    """The place of the upload called `name`, for one process at a time.

    A place is as good as a right to write, so nobody else may read it. Nothing is remembered
    without a folder, in one that cannot be written, and while another process has the slot.
    """
    path = folder / hashlib.sha256(name.encode("utf-8")).hexdigest() if folder else None
    file = _locked(path) if path else None
    try:
        yield Slot(file, path) if file is not None else Slot()
    finally:
        if file is not None:
            if path and not os.fstat(file).st_size:
                Slot(file, path).forget()
            os.close(file)


def _locked(path: Path) -> int | None:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, flags, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fchmod(file, 0o600)
    except OSError:
        os.close(file)
        return None
    return file
