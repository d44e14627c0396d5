"""Listing a directory tree that an attacker may have arranged."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from aiverify.core import names
from aiverify.errors import InputError, UnsafeNameError
from aiverify.files.extent import Extent, Stamp, describe, unreadable

ALWAYS_IGNORED = frozenset({".git", ".gitattributes", ".github", ".gitignore"})
"""Left out at the top level by every OMS signature (OMS v1.0, serialization)."""

MAX_FILES = 1_000_000
"""A tree with more is an attack, or not a model."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an artifact: its name there, its bytes, and whether it may be executed."""

    name: str
    extent: Extent
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """Members sorted by name, and the names of what was left out (files only)."""

    members: tuple[Member, ...]
    ignored: tuple[str, ...] = ()
    empty_directories: tuple[str, ...] = ()


def list_tree(root: Path, ignore: frozenset[str] = ALWAYS_IGNORED) -> Tree:
    """List every file below a directory, leaving out the exact paths in `ignore`.

    Nothing is skipped in silence: what is ignored is listed too, and everything that is
    neither a regular file nor a directory is refused.

    Raises:
        InputError: the directory is missing or unreadable, or holds a link, pipe or device.
        UnsafeNameError: a name is not UTF-8, or two names collide.
    """
    members: list[Member] = []
    ignored: list[str] = []
    empty: list[str] = []
    pending: list[tuple[str, bool]] = [("", False)]
    while pending:
        prefix, skipped = pending.pop()
        entries = _scan(root / prefix)
        if not entries and prefix:
            empty.append(prefix)
        for entry in entries:
            name = _name(root, prefix, entry.name)
            left_out = skipped or name in ignore
            status = _status(entry)
            if stat.S_ISDIR(status.st_mode):
                pending.append((name, left_out))
            elif left_out:
                ignored.append(name)
            else:
                members.append(_member(root, name, status))
        if len(members) + len(ignored) > MAX_FILES:
            raise InputError(f"{names.printable(str(root))} holds more than {MAX_FILES} files")
    members.sort(key=lambda member: member.name)
    names.check_all(member.name for member in members)
    return Tree(tuple(members), tuple(sorted(ignored)), tuple(sorted(empty)))


def _scan(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except (OSError, ValueError) as error:
        raise unreadable(directory, error) from error


def _status(entry: os.DirEntry[str]) -> os.stat_result:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError as error:
        raise unreadable(Path(entry.path), error) from error


def _name(root: Path, prefix: str, base: str) -> str:
    name = f"{prefix}/{base}" if prefix else base
    try:
        return names.check(name)
    except UnsafeNameError as error:
        raise UnsafeNameError(
            f"{names.printable(str(root))}: {error.message}", hint=error.hint
        ) from error


def _member(root: Path, name: str, status: os.stat_result) -> Member:
    path = root / name
    if stat.S_ISREG(status.st_mode):
        extent = Extent(path, 0, status.st_size, Stamp.of(status))
        return Member(name, extent, bool(status.st_mode & stat.S_IXUSR))
    shown = names.printable(str(path))
    if stat.S_ISLNK(status.st_mode):
        raise InputError(
            f"{shown} is a symbolic link {_destination(root, path)}",
            hint="Replace the link by a copy of the file: what is verified must be what is used.",
        )
    raise InputError(
        f"{shown} is {describe(status.st_mode)}, not a file", hint="Remove it from the artifact."
    )


def _destination(root: Path, link: Path) -> str:
    """Where a link leads, for the message: a loop, out of the tree, or inside it."""
    try:
        end = link.resolve(strict=True)
    except RuntimeError:
        return "that leads back to itself"
    except OSError as error:
        return "that leads back to itself" if error.errno == errno.ELOOP else "to nothing"
    if end.is_relative_to(root.resolve()):
        return "to another file of the artifact"
    return "that leads out of the artifact"
