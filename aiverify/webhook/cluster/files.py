"""Files that change together: a reader finds all of them old, or all of them new."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from aiverify.files.output import guarding

LINK = "..data"
"""What leads to the directory that counts, as in the volumes of a kubelet."""


def write_together(directory: Path, files: Mapping[str, bytes]) -> bool:
    """Put files into a directory, all at one moment, and nothing else.

    What is at the top of it is a link through `..data`; below are plain files, which only their
    owner may read. Those that were there before stay until the next time, for whoever is just
    reading them. Returns whether the files were not there already.

    Raises:
        OutputError: the directory cannot be written.
    """
    with guarding(directory):
        directory.mkdir(parents=True, exist_ok=True)
        link = directory / LINK
        if _held(link) == files:
            return False
        fresh = _unpacked(directory, files)
        kept = {fresh.name, link.readlink().name if link.is_symlink() else ""}
        _point(link, fresh.name)
        tops = {PurePosixPath(name).parts[0] for name in files}
        for top in tops:
            if not (directory / top).is_symlink():
                _point(directory / top, f"{LINK}/{top}")
        _clear(directory, tops | kept | {LINK})
    return True


def read_all(directory: Path) -> dict[str, bytes]:
    """Every plain file below a directory by its name there, links out of it left alone."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _clear(directory: Path, kept: set[str]) -> None:
    for path in directory.iterdir():
        if path.name in kept:
            continue
        if path.is_symlink():
            path.unlink()
        elif path.name.startswith(".."):
            shutil.rmtree(path, ignore_errors=True)


def _held(link: Path) -> dict[str, bytes] | None:
    try:
        return read_all(link.resolve()) if link.is_symlink() else None
    except OSError:
        return None


def _unpacked(directory: Path, files: Mapping[str, bytes]) -> Path:
    fresh = directory / f"..{os.urandom(8).hex()}"
    fresh.mkdir(mode=0o700)
    for name, data in files.items():
        path = fresh / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    return fresh


def _point(link: Path, target: str) -> None:
    """Make a link, or lead it elsewhere, in one step."""
    fresh = link.with_name(f"..{os.urandom(8).hex()}.link")
    fresh.symlink_to(target)
    fresh.replace(link)
