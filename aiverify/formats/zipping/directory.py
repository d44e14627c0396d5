"""An archive's directory: an entry for each member, with what could not fit beside it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.zipping.end import CENTRAL_MAGIC

CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
"""4.3.12: signature, versions made by and needed, flags, method, time, date, CRC-32, packed
size, size, lengths of name, extra field and comment, disk, attributes twice, the header's
offset."""

UNKNOWN = 0xFFFFFFFF
"""A number that stands in the extra field instead."""

LARGE, UNICODE_PATH = 0x0001, 0x7075
"""Extra fields: numbers of 64 bits (4.5.3), and another name (4.6.9)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the directory."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    attributes: int
    renamed: bool


def entries(data: bytes, count: int) -> Iterator[Listed]:
    """The directory's entries, which must be `count`.

    Raises:
        MalformedError: they are not.
    """
    at = 0
    for _ in range(count):
        if len(data) - at < CENTRAL.size or data[at : at + 4] != CENTRAL_MAGIC:
            raise MalformedError("the archive's directory has fewer entries than it says")
        fields = CENTRAL.unpack_from(data, at)
        begin = at + CENTRAL.size
        at = begin + sum(fields[10:13])
        name = data[begin : begin + fields[10]]
        extra = extra_fields(data[begin + fields[10] : at - fields[12]])
        size, packed, header = widened(extra, (fields[9], fields[8], fields[16]))
        renamed = is_renamed(extra, name)
        flags, method, crc, attributes = fields[3], fields[4], fields[7], fields[15]
        yield Listed(name, flags, method, crc, packed, size, header, attributes, renamed)
    if at != len(data):
        raise MalformedError("the archive's directory has more entries than it says")


def extra_fields(data: bytes) -> dict[int, bytes]:
    """Extra fields by their tag. What follows them and is too short for one is padding.

    Raises:
        MalformedError: one that changes what a member is stands there twice.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        tag, length = struct.unpack_from("<HH", data, at)
        if tag in found and tag in (LARGE, UNICODE_PATH):
            raise MalformedError("an archive's member has an extra field twice")
        found[tag] = data[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def widened(extra: dict[int, bytes], values: tuple[int, ...]) -> list[int]:
    """Numbers of a header, in the order in which those that did not fit stand elsewhere."""
    body = extra.get(LARGE, b"")
    found = []
    for value in values:
        if value == UNKNOWN and len(body) >= 8:
            found.append(int.from_bytes(body[:8], "little"))
            body = body[8:]
        else:
            found.append(value)
    return found


def is_renamed(extra: dict[int, bytes], name: bytes) -> bool:
    """Whether programs that know of it would read another name in an extra field."""
    body = extra.get(UNICODE_PATH, b"")
    if len(body) < 5 or int.from_bytes(body[1:5], "little") != zlib.crc32(name):
        return False
    return body[5:] != name
