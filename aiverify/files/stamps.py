"""What files were when they were last hashed: remembered, so that they need not be hashed again.

A file that has the same device, inode, size and times as then holds the same bytes, unless
somebody who may set the clock or write to the disk below the file system has been at work. The
change time is part of it: no program can set that back. This holds on file systems that keep
such times themselves, and only for what was at rest when it was hashed. What a program has mapped
into memory is not at rest: a file system notes the first of its changes, and the others when it
next writes the file to disk.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError, OutputError, UsageError
from aiverify.files import output
from aiverify.files.extent import Extent, Stamp, mode_of
from aiverify.files.tree import Member

VERSION = 1
MAX_SIZE = 512 << 20

AT_REST_NS = 2 * 10**9
"""How long before it was hashed a file must have been changed last, in nanoseconds: times are
counted in ticks, and a second change within one would not show."""

RELIABLE = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "xfs", "zfs"})
"""File systems that keep inodes and change times of their own, as Linux names them.

Not tmpfs: it notes no change that is written through a mapping.
"""

_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Record:
    """The stamps of files by name, and when they were taken, in nanoseconds since the epoch."""

    stamps: Mapping[str, Stamp]
    taken_ns: int

    def unchanged(self, member: Member) -> bool:
        """Whether a file is, by its stamp, what it was, and was at rest by then."""
        stamp = member.extent.stamp
        latest = max(stamp.mtime_ns, stamp.ctime_ns)
        return self.stamps.get(member.name) == stamp and latest + AT_REST_NS < self.taken_ns


def take(members: Iterable[Member], taken_ns: int) -> Record:
    """The record of files that were listed at a time, before they were hashed."""
    return Record({member.name: member.extent.stamp for member in members}, taken_ns)


def refuse_unreliable(members: Iterable[Member]) -> None:
    """Stop where a stamp says too little of a file.

    Raises:
        UsageError: a file lies on a file system that is not known to keep stamps, or on a
            system that does not tell.
    """
    kinds = _file_systems()
    for device in {member.extent.stamp.device for member in members}:
        kind = kinds.get(f"{os.major(device)}:{os.minor(device)}", "")
        if kind not in RELIABLE:
            where = f"a file system of the kind {printable(kind)}" if kind else "this system"
            raise UsageError(
                f"{where} does not keep what would tell that a file was changed",
                hint="Leave --incremental out, so that every file is hashed.",
            )


def remember(folder: Path, signature: bytes, record: Record) -> None:
    """Write the record that belongs to a signature file's bytes.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{printable(str(folder))} cannot be made: {error.strerror}") from error
    document: Json = {
        "version": VERSION,
        "taken_ns": record.taken_ns,
        "stamps": {name: list(astuple(stamp)) for name, stamp in record.stamps.items()},
    }
    output.write(_place(folder, signature), canonical(document), mode=0o600)


def recall(folder: Path, signature: bytes) -> Record | None:
    """The record of a signature file's bytes, or None if there is none.

    Raises:
        InputError: others than its owner may have written it.
        MalformedError: it is no record, or one from a time to come.
    """
    path = _place(folder, signature)
    if mode_of(path) is None:
        return None
    for item in (path, folder):
        status = item.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise InputError(
                f"{printable(str(item))} may have been written by others, so it proves nothing",
                hint="Remove it, and every file is hashed again.",
            )
    return _parse(Extent.of_file(path).read(MAX_SIZE), printable(str(path)))


def folder() -> Path:
    """Where records are kept: the user's cache (XDG base directories)."""
    stated = Path(os.environ.get("XDG_CACHE_HOME", ""))
    cache = stated if stated.is_absolute() else Path.home() / ".cache"
    return cache / "aiverify" / "stamps"


def _place(folder: Path, signature: bytes) -> Path:
    return folder / f"{Digest.of(signature).hex}.json"


def _parse(data: bytes, shown: str) -> Record:
    value = load_object(data, shown)
    taken, listed = value.get("taken_ns"), value.get("stamps")
    if value.get("version") != VERSION or not _is_count(taken) or not isinstance(listed, Mapping):
        raise MalformedError(f"{shown} is no record of stamps", hint="Remove it.")
    assert isinstance(taken, int)
    if taken > time.time_ns():
        raise MalformedError(
            f"{shown} is of a time to come: the clock was set back", hint="Remove it."
        )
    return Record({name: _stamp(item, shown) for name, item in listed.items()}, taken)


def _stamp(value: Json, shown: str) -> Stamp:
    if not isinstance(value, list) or len(value) != 5 or not all(map(_is_count, value)):
        raise MalformedError(f"{shown} holds what is no stamp", hint="Remove it.")
    return Stamp(*(int(item) for item in value))


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _file_systems() -> dict[str, str]:
    """Kinds of file systems by device, as `major:minor` (proc, mountinfo)."""
    if sys.platform != "linux":
        return {}
    try:
        lines = _MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        if len(before.split()) > 2 and after:
            found[before.split()[2]] = after.split()[0]
    return found
