"""Listing a directory tree that an attacker may have arranged."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core import names
from aiverify.core.digest import Digest
from aiverify.errors import InputError, UnsafeNameError
from aiverify.files.extent import Extent, Stamp, describe, unreadable

ALWAYS_IGNORED = frozenset({".git", ".gitattributes", ".github", ".gitignore"})
"""Left out at the top level by every OMS signature (OMS v1.0, serialization)."""

MAX_FILES = 1_000_000
"""A tree with more is an attack, or not a model."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an artifact: its name there, its bytes, and whether it may be executed.

    `digest` is the SHA-256 of the bytes where that is known without reading them once more:
    they were hashed as they came from a registry, or are still there and named by it.
    """

    name: str
    extent: Extent
    executable: bool = False
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """Members sorted by name, and the names of what was left out (files only).

    `links` are the members that are symbolic links to a file, by where each leads.
    """

    members: tuple[Member, ...]
    ignored: tuple[str, ...] = ()
    empty_directories: tuple[str, ...] = ()
    links: Mapping[str, Path] = field(default_factory=dict)

    def links_out(self, root: Path) -> tuple[str, ...]:
        """The links that lead out of the tree, sorted (OMS v1.0, section 6.1.1)."""
        inside = root.resolve()
        return tuple(sorted(n for n, at in self.links.items() if not at.is_relative_to(inside)))


def list_tree(root: Path, ignore: frozenset[str] = ALWAYS_IGNORED, *, follow: bool = False) -> Tree:
    """List every file below a directory, leaving out the exact paths in `ignore`.

    Nothing is skipped in silence: what is ignored is listed too, and everything that is
    neither a regular file nor a directory is refused. With `follow`, a symbolic link to a file
    is that file's bytes under the link's name (OMS v1.0, `allow_symlinks`); one to a directory
    is refused all the same, for two names of a directory are a loop or a hiding place.

    Raises:
        InputError: the directory is missing or unreadable, or holds a link, pipe or device.
        UnsafeNameError: a name is not UTF-8, or two names collide.
    """
    members: list[Member] = []
    links: dict[str, Path] = {}
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
            elif follow and stat.S_ISLNK(status.st_mode):
                member, links[name] = _followed(root, name)
                members.append(member)
            else:
                members.append(_member(root, name, status))
        if len(members) + len(ignored) > MAX_FILES:
            raise InputError(f"{names.printable(str(root))} holds more than {MAX_FILES} files")
    members.sort(key=lambda member: member.name)
    names.check_all(member.name for member in members)
    return Tree(tuple(members), tuple(sorted(ignored)), tuple(sorted(empty)), links)


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


def _member(root: Path, base: str, status: os.stat_result, *, name: str = "") -> Member:
    path = root / base
    if stat.S_ISREG(status.st_mode):
        extent = Extent(path, 0, status.st_size, Stamp.of(status))
        return Member(name or base, extent, bool(status.st_mode & stat.S_IXUSR))
    shown = names.printable(str(path))
    if stat.S_ISLNK(status.st_mode):
        raise InputError(
            f"{shown} is a symbolic link {_destination(root, path)}",
            hint="Replace the link by a copy of the file, or have it signed with --allow-symlinks.",
        )
    raise InputError(
        f"{shown} is {describe(status.st_mode)}, not a file", hint="Remove it from the artifact."
    )


def _followed(root: Path, name: str) -> tuple[Member, Path]:
    """The file that a link leads to, under the link's name, and where that file lies."""
    path = root / name
    place = Path(os.path.realpath(path))
    try:
        status = place.lstat()
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            f"{names.printable(str(path))} is a symbolic link to {describe(status.st_mode)}, "
            "not to a file",
            hint="Replace the link by a copy of what it leads to.",
        )
    return _member(place.parent, place.name, status, name=name), place


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
