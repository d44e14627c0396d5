"""The records that end an archive, and say where its directory is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.errors import MalformedError
from aiverify.formats.interface import Source

END = struct.Struct("<4sHHHHIIH")
"""4.3.16: signature, disk, the directory's disk, entries on this disk, entries, the directory's
size and offset, the comment's length."""

END_64 = struct.Struct("<4sQHHIIQQQQ")
"""The same for large archives (4.3.14): the second field is the record's own length."""

LOCATOR_64 = struct.Struct("<4sIQI")
"""4.3.15: signature, disk, where the record for large archives is, disks."""

END_MAGIC, END_64_MAGIC, LOCATOR_64_MAGIC = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
CENTRAL_MAGIC = b"PK\x01\x02"

MAX_COMMENT = 0xFFFF
MAX_TRIES = 64
"""Places that look like an end of which the last is taken."""


@dataclass(frozen=True, slots=True)
class End:
    """Where the directory is (`begin`, `size`), and how many entries it has.

    `shift` is how many bytes stand before the archive that it does not know of.
    """

    begin: int
    size: int
    count: int
    shift: int
    findings: tuple[Finding, ...] = ()


def is_archive(source: Source) -> bool:
    """Whether a file ends as an archive does, whatever it begins with."""
    try:
        return find(source) is not None
    except MalformedError:
        return True


def find(source: Source) -> End | None:
    """The end of the last archive in a file; nothing when there is none.

    Raises:
        MalformedError: it contradicts itself, so that no directory can be found by it.
    """
    reach = min(source.size, END.size + MAX_COMMENT)
    tail = source.read_at(source.size - reach, reach)
    at = len(tail)
    for tries in range(MAX_TRIES):
        at = tail.rfind(END_MAGIC, 0, at)
        if at < 0:
            return None
        end = _plausible(source, source.size - reach + at, tail[at : at + END.size])
        if end is None:
            continue
        left = len(tail) - at - END.size
        extra = (*end.findings, *_behind(left, END.unpack_from(tail, at)[7], tries))
        return End(end.begin, end.size, end.count, end.shift, extra)
    return None


def _behind(left: int, comment: int, tries: int) -> Iterator[Finding]:
    """What follows the end: a comment of the length that it says, and no second end."""
    if comment > left:
        raise MalformedError(f"the archive's comment is {comment} bytes, of which {left} are there")
    if tries:
        yield rules.containers.MISMATCH.found("the archive's comment holds another archive's end")
    if comment < left:
        yield rules.containers.HIDDEN.found(f"{left - comment} bytes follow the archive's end")


def _plausible(source: Source, position: int, record: bytes) -> End | None:
    """What a record says, if a directory stands where that is."""
    if len(record) < END.size:
        return None
    _, disk, first, here, count, size, offset, _ = END.unpack(record)
    large = _large(source, position)
    if large is not None:
        at, counts, size_64, offset_64 = large
        short = ((here, counts[0], 0xFFFF), (count, counts[1], 0xFFFF))
        wide = ((size, size_64, 0xFFFFFFFF), (offset, offset_64, 0xFFFFFFFF))
        agree = all(small in (value, unknown) for small, value, unknown in (*short, *wide))
        position, (here, count), size, offset = at, counts, size_64, offset_64
    else:
        agree = not disk and not first
    begin = position - size
    if begin < 0 or not _begins(source, begin, size, count):
        return None
    if not agree or here != count:
        message = "the records that end the archive disagree"
        return End(begin, size, count, begin - offset, (rules.containers.MISMATCH.found(message),))
    return End(begin, size, count, begin - offset)


def _begins(source: Source, begin: int, size: int, count: int) -> bool:
    if not size or not count:
        return size == count
    return size >= len(CENTRAL_MAGIC) and source.read_at(begin, 4) == CENTRAL_MAGIC


def _large(source: Source, position: int) -> tuple[int, tuple[int, int], int, int] | None:
    """The record for large archives: where it is, both counts, the directory's size and offset.

    Programs look for it in two ways, right before its locator and where that says it is.
    """
    if position < LOCATOR_64.size:
        return None
    locator = position - LOCATOR_64.size
    magic, _, said, _ = LOCATOR_64.unpack(source.read_at(locator, LOCATOR_64.size))
    if magic != LOCATOR_64_MAGIC:
        return None
    at = locator - END_64.size
    if at < 0 or source.read_at(at, 4) != END_64_MAGIC:
        raise MalformedError("no ZIP64 record stands before its locator")
    _, length, _, _, _, _, here, count, size, offset = END_64.unpack(
        source.read_at(at, END_64.size)
    )
    shift = at - size - offset
    if length != END_64.size - 12 or said + shift != at:
        raise MalformedError("the archive's ZIP64 record is not where its locator says")
    return at, (here, count), size, offset
