"""A writer of ZIP archives that can make each of an archive's statements lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STORED, DEFLATED = 0, 8
DESCRIPTOR, UTF8 = 0x8, 0x800
UNKNOWN = 0xFFFFFFFF


def extra(tag: int, body: bytes) -> bytes:
    """An extra field."""
    return struct.pack("<HH", tag, len(body)) + body


@dataclass(frozen=True)
class Member:
    """A member, honest unless told otherwise.

    `before` are bytes in front of its header. `late` leaves sizes to a record behind it, which
    `behind` replaces. `large` states sizes in 64 bits. `own` and `listed` replace fields of the
    member's own header and of the directory: name, flags, method, crc, packed, size, extra,
    header, attributes.
    """

    name: str
    data: bytes = b""
    method: int = STORED
    flags: int = UTF8
    before: bytes = b""
    late: bool = False
    large: bool = False
    behind: bytes | None = None
    padding: int = 0
    own: Mapping[str, object] = field(default_factory=dict)
    listed: Mapping[str, object] = field(default_factory=dict)


Members = Iterable[Member] | Mapping[str, bytes]


def zip_bytes(
    members: Members,
    *,
    prefix: bytes = b"",
    gap: bytes = b"",
    comment: bytes = b"",
    after: bytes = b"",
    shift: int = 0,
    large: bool = False,
    end: Mapping[str, int] | None = None,
) -> bytes:
    """An archive, whose ZIP64 records are there if it is `large`.

    `gap` stands before the directory, `shift` is added to its offset, and `end` replaces what
    the last record says: count, size, offset, comment.
    """
    data, directory, count = bytearray(prefix), bytearray(), 0
    for member in _listed(members):
        data += member.before
        at = len(data) - shift
        data += _local(member)
        directory += _central(member, at)
        count += 1
    data += gap
    offset = len(data) - shift
    data += directory
    said = {"count": count, "size": len(directory), "offset": offset, "comment": len(comment)}
    if large:
        data += _large(said, len(data) - shift)
    said |= end or {}
    data += struct.pack(
        "<4s4HIIH", b"PK\x05\x06", 0, 0, said["count"], said["count"],
        said["size"], said["offset"], said["comment"],
    )  # fmt: skip
    return bytes(data) + comment + after


def _listed(members: Members) -> Iterable[Member]:
    if isinstance(members, Mapping):
        return [Member(name, data) for name, data in members.items()]
    return members


def _packed(member: Member) -> bytes:
    if member.method != DEFLATED:
        return member.data
    machine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return machine.compress(member.data) + machine.flush()


def _said(member: Member, changes: Mapping[str, object]) -> dict[str, object]:
    packed = _packed(member)
    said: dict[str, object] = {
        "name": member.name.encode(),
        "flags": member.flags | (DESCRIPTOR if member.late else 0),
        "method": member.method,
        "crc": zlib.crc32(member.data),
        "packed": len(packed),
        "size": len(member.data),
        "extra": b"",
        "attributes": 0,
    }
    if member.large:
        said["extra"] = extra(1, struct.pack("<QQ", len(member.data), len(packed)))
        said |= {"packed": UNKNOWN, "size": UNKNOWN}
    return {**said, **changes}


def _local(member: Member) -> bytes:
    late = {"crc": 0, "packed": 0, "size": 0, "extra": b""} if member.late else {}
    said = _said(member, {**late, **member.own})
    if member.padding:
        said["extra"] = extra(0x4246, b"Z" * member.padding)
    header = struct.pack(
        "<4sHHHHHIIIHH", b"PK\x03\x04", 20, said["flags"], said["method"], 0, 0,
        said["crc"], said["packed"], said["size"], len(said["name"]), len(said["extra"]),
    )  # fmt: skip
    return header + said["name"] + said["extra"] + _packed(member) + _behind(member)


def _behind(member: Member) -> bytes:
    if member.behind is not None:
        return member.behind
    if not member.late:
        return b""
    form = "<4sIQQ" if member.large else "<4sIII"
    size = len(member.data)
    crc = zlib.crc32(member.data)
    return struct.pack(form, b"PK\x07\x08", crc, len(_packed(member)), size)


def _central(member: Member, at: int) -> bytes:
    said = {"header": at, **_said(member, member.listed)}
    header = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, said["flags"], said["method"], 0, 0,
        said["crc"], said["packed"], said["size"], len(said["name"]), len(said["extra"]), 0,
        0, 0, said["attributes"], said["header"],
    )  # fmt: skip
    return header + said["name"] + said["extra"]


def _large(said: Mapping[str, int], at: int) -> bytes:
    count, size, offset = said["count"], said["size"], said["offset"]
    record = struct.pack(
        "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset
    )
    return record + struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
