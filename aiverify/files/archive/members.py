"""The members of a tar stream, in their order: plain files and directories, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.core import names
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.files.archive import extension, header
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.extension import Extension
from aiverify.files.archive.header import Header
from aiverify.files.archive.tape import Tape
from aiverify.files.tar import BLOCK, MAX_PADDING

_SPECIAL = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a character device",
    b"4": "a block device",
    b"6": "a named pipe",
    b"K": "a link",
    b"S": "a sparse file",
}
_WHITEOUT = ".wh."


@dataclass(frozen=True, slots=True)
class Member:
    """A file or directory. The archive's own root, which some list, has an empty name."""

    name: str
    size: int
    executable: bool
    is_directory: bool


def walk(tape: Tape, budget: Budget, shown: str) -> Iterator[Member]:
    """Go through an archive to its end. Whoever gets a file takes its bytes off the tape.

    Raises:
        MalformedError: a member that is no plain file or directory, a broken header, a size that
            reaches outside, too many members, or anything but zeros after the end mark.
        UnsafeNameError: a name that would be written outside the target. The message is without
            the archive's name.
    """
    said = Extension()
    while (found := _next_header(tape, shown)) is not None:
        if found.kind in extension.KINDS:
            if found.kind == extension.PAX_GLOBAL:
                budget.count_member(shown)
            said = _extended(tape, found, said, shown)
            continue
        budget.count_member(shown)
        member = _member(found, said, shown)
        budget.refuse_beyond(member.size - tape.waiting, shown)
        yield member
        tape.take(-member.size % BLOCK)
        said = Extension()
    if said != Extension():
        raise MalformedError(f"{shown} ends after a header that speaks of a next member")
    _refuse_trailing(tape, shown)


def _next_header(tape: Tape, shown: str) -> Header | None:
    """The header that is next, or None at the end mark."""
    position = tape.position
    block = tape.take(BLOCK)
    if len(block) < BLOCK:
        raise MalformedError(f"{shown} ends without a tar end mark")
    return header.parse(block, shown, position) if block.strip(b"\0") else None


def _extended(tape: Tape, found: Header, said: Extension, shown: str) -> Extension:
    if found.size > extension.MAX_BYTES:
        raise MalformedError(f"{shown} has an extended header of {found.size} bytes")
    body = tape.take(found.size)
    if len(body) < found.size:
        raise MalformedError(f"{shown} ends in the middle of an extended header")
    tape.take(-found.size % BLOCK)
    try:
        return said.with_body(found.kind, body)
    except MalformedError as error:
        raise MalformedError(f"{shown}: {error.message}") from error


def _member(found: Header, said: Extension, shown: str) -> Member:
    try:
        raw, size = said.name(found.name), said.size(found.size)
    except MalformedError as error:
        raise MalformedError(f"{shown}: {error.message}") from error
    text = raw.decode("utf-8", "surrogateescape")
    if not (found.is_file or found.is_directory):
        kind = _SPECIAL.get(found.kind, "of an unknown kind")
        raise MalformedError(
            f"{shown}: the member {printable(text[:200])} is {kind}, and an artifact holds plain "
            "files only"
        )
    if found.is_directory and size:
        raise MalformedError(
            f"{shown}: the member {printable(text[:200])} is a directory and has {size} bytes"
        )
    return Member(
        _name(text, found.is_directory, shown), size, found.executable, found.is_directory
    )


def _name(text: str, is_directory: bool, shown: str) -> str:
    name = text.removeprefix("./")
    if is_directory:
        if text in (".", "./"):
            return ""
        name = name.removesuffix("/")
    names.check(name)
    if any(part.startswith(_WHITEOUT) for part in name.split("/")):
        raise MalformedError(
            f"{shown} holds {printable(name)}, which takes a file of another layer away: it is "
            "the layer of a container image, not of a model"
        )
    return name


def _refuse_trailing(tape: Tape, shown: str) -> None:
    """Nothing but zeros may follow the end mark: another reader might go on reading there."""
    count = 0
    for piece in tape.rest():
        count += len(piece)
        if count > MAX_PADDING or bytes(piece).strip(b"\0"):
            raise MalformedError(f"{shown} has data after the end of its archive")
