"""The tar archives that hold a bundle: plain members only, found without reading their bytes."""

from __future__ import annotations

import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from aiverify.core import names
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.files.extent import Extent, Reader

BLOCK = 512
END = bytes(2 * BLOCK)
MAX_PADDING = 1 << 20
"""Bytes of zeros that may follow an archive. Tar programs write records of 10 KiB."""
_MAX_MEMBERS = 1_000_000
_SIZE = re.compile(rb"[0-7]{1,11}[ \0]+|[\x80\xff].*", re.DOTALL)
"""A size in octal, as POSIX has it, or in GNU's base 256. Python takes `1_0` and `0o10` too."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A tar's members by name, and the offset at which the last one ends."""

    members: dict[str, Extent]
    end: int


def is_tar(extent: Extent) -> bool:
    """Whether the file starts with a POSIX tar header (ustar, offset 257)."""
    if extent.size < BLOCK:
        return False
    with extent.open() as reader:
        return reader.read_at(257, 5) == b"ustar"


def list_archive(path: Path) -> Archive:
    """List an uncompressed archive of regular files and directories.

    Raises:
        MalformedError: a link, device or sparse member, a name twice, a size that reaches
            outside the file, or a broken header.
        UnsafeNameError: a name that would be written outside the target.
    """
    extent = Extent.of_file(path)
    members: dict[str, Extent] = {}
    position = headers = 0
    with extent.open() as reader:
        while (header := _header(path, reader, position)) is not None:
            start, position = position + BLOCK, _next(path, extent, position, header)
            _refuse_special(path, header)
            headers += 1
            if headers > _MAX_MEMBERS:
                raise MalformedError(f"{printable(str(path))} holds too many members")
            if header.isdir():
                continue
            name = names.check(header.name.removeprefix("./"))
            if name in members:
                raise MalformedError(f"{printable(str(path))} holds {printable(name)} twice")
            members[name] = extent.part(start, header.size)
        _refuse_trailing(path, reader, position)
    names.check_all(members)
    return Archive(members, position)


def header(name: str, size: int) -> bytes:
    """The header of a regular file: mode 0644, no owner, time 0, so that builds repeat."""
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o644
    return info.tobuf(tarfile.GNU_FORMAT)


def padding(size: int) -> bytes:
    """The zeros that fill a member's last block."""
    return bytes(-size % BLOCK)


def add(file: BinaryIO, name: str, data: bytes) -> None:
    """Write one small member at the file's position."""
    file.write(header(name, len(data)) + data + padding(len(data)))


def _header(path: Path, reader: Reader, position: int) -> tarfile.TarInfo | None:
    """The header at a position, or None at the archive's end."""
    if position + BLOCK > reader.size:
        raise MalformedError(f"{printable(str(path))} ends without a tar end mark")
    block = reader.read_at(position, BLOCK)
    if not block.strip(b"\0"):
        return None
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeError) as error:
        raise MalformedError(
            f"{printable(str(path))} has a broken tar header at byte {position}"
        ) from error
    if not _is_plain(block):
        raise MalformedError(
            f"{printable(str(path))} has a tar header at byte {position} that other programs "
            "read differently"
        )
    return header


def _is_plain(block: bytes) -> bool:
    """Whether every reader finds one size and one name: only POSIX has the prefix field."""
    is_posix = block[257:263] == b"ustar\0"
    has_prefix = block[345:500].strip(b"\0") != b""
    return _SIZE.fullmatch(block[124:136]) is not None and (is_posix or not has_prefix)


def _refuse_trailing(path: Path, reader: Reader, position: int) -> None:
    """Nothing but zeros may follow the end mark: another reader might go on reading there."""
    rest = reader.size - position
    if rest > MAX_PADDING or reader.read_at(position, rest).strip(b"\0"):
        raise MalformedError(f"{printable(str(path))} has data after the end of its archive")


def _next(path: Path, extent: Extent, position: int, header: tarfile.TarInfo) -> int:
    size = header.size
    end = position + BLOCK + size + -size % BLOCK
    if size < 0 or end > extent.size:
        raise MalformedError(
            f"{printable(str(path))}: the member {printable(header.name)} says it has {size} "
            "bytes, and the archive ends before them"
        )
    return end


def _refuse_special(path: Path, header: tarfile.TarInfo) -> None:
    if header.type == tarfile.DIRTYPE and header.size == 0:
        name = header.name.removeprefix("./").rstrip("/")
        if name not in ("", "."):
            names.check(name)
        return
    if header.type in {tarfile.REGTYPE, tarfile.AREGTYPE} and not header.isdir():
        return
    raise MalformedError(
        f"{printable(str(path))}: the member {printable(header.name)} is a link, device or "
        "extension, and a bundle holds plain files only"
    )
