"""A member of an archive, held against the header that stands before it."""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.errors import MalformedError
from aiverify.formats.found import shown
from aiverify.formats.interface import Source
from aiverify.formats.zipping.directory import Listed, extra_fields, is_renamed, widened

LOCAL = struct.Struct("<4sHHHHHIIIHH")
"""4.3.7: signature, version, flags, method, time, date, CRC-32, packed size, size, and the
lengths of name and extra field."""

LOCAL_MAGIC = b"PK\x03\x04"

STORED, DEFLATED = 0, 8
ENCRYPTED, DESCRIPTOR, UTF8 = 0x1, 0x8, 0x800
PROTECTED = ENCRYPTED | 0x20 | 0x40 | 0x2000
"""Flags of bytes that are encrypted, or a patch to other bytes."""

USUAL_EXTRA = 128
"""Bytes of an extra field that are read with the header: most are shorter."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A member. `start` is where its bytes are; `packed` and `size` count them, packed or not.

    `late` says that the header before it leaves sizes to the record behind it.
    """

    name: str
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    header: int
    start: int
    late: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which holds nothing itself."""
        return self.name.endswith("/") and not self.size

    @property
    def is_protected(self) -> bool:
        """Whether it says that it is encrypted. Not every program cares."""
        return bool(self.flags & PROTECTED)


def entry_of(source: Source, listed: Listed, shift: int) -> tuple[Entry, list[Finding]]:
    """A member, and what its own header and the directory do not agree on.

    Raises:
        MalformedError: no header stands where the directory says.
    """
    name = _decoded(listed)
    own = _Own.at(source, listed.header + shift, len(listed.name), name)
    late = bool(own.flags & DESCRIPTOR) and not any(own.sizes)
    entry = Entry(
        name,
        listed.method,
        listed.flags,
        listed.crc,
        listed.packed,
        listed.size,
        listed.header + shift,
        own.end,
        late,
    )
    return entry, list(_disagreements(entry, listed, own))


@dataclass(frozen=True, slots=True)
class _Own:
    """A member's own header. `sizes` are its CRC-32, packed size and size."""

    name: bytes
    flags: int
    method: int
    sizes: tuple[int, int, int]
    renamed: bool
    end: int

    @classmethod
    def at(cls, source: Source, position: int, length: int, name: str) -> _Own:
        usual = min(LOCAL.size + length + USUAL_EXTRA, source.size - position)
        head = source.read_at(position, usual) if position >= 0 <= usual else b""
        if len(head) < LOCAL.size or head[:4] != LOCAL_MAGIC:
            raise MalformedError(f"no header stands before the member {shown(name)}")
        fields = LOCAL.unpack_from(head)
        end = LOCAL.size + fields[9] + fields[10]
        if end > len(head):
            head = source.read_at(position, end)
        own_name = head[LOCAL.size : LOCAL.size + fields[9]]
        extra = extra_fields(head[LOCAL.size + fields[9] : end])
        size, packed = widened(extra, (fields[8], fields[7]))
        sizes = (fields[6], packed, size)
        renamed = is_renamed(extra, own_name)
        return cls(own_name, fields[2], fields[3], sizes, renamed, position + end)


def _disagreements(entry: Entry, listed: Listed, own: _Own) -> Iterator[Finding]:
    sizes = (entry.crc, entry.packed, entry.size)
    for differs, what in (
        (own.name != listed.name, "its name"),
        (own.renamed or listed.renamed, "what its name is in UTF-8"),
        (own.flags != entry.flags, "its flags"),
        (own.method != entry.method, "how it is packed"),
        (not entry.late and own.sizes != sizes, "its size or checksum"),
    ):
        if differs:
            message = f"{shown(entry.name)}: the directory and its own header disagree on {what}"
            yield rules.containers.MISMATCH.found(message, place=shown(entry.name))
    if entry.method == STORED and entry.packed != entry.size:
        message = (
            f"{shown(entry.name)}: {entry.packed} bytes are stored as they are, and said to be more"
        )
        yield rules.containers.MISMATCH.found(message, place=shown(entry.name))
    if stat.S_IFMT(listed.attributes >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield rules.containers.LINK.found(
            f"{shown(entry.name)} is no regular file", place=shown(entry.name)
        )


def _decoded(listed: Listed) -> str:
    """A name, as most programs read it."""
    try:
        return listed.name.decode("utf-8")
    except UnicodeDecodeError as error:
        if listed.flags & UTF8:
            raise MalformedError("the archive has a member whose name is not UTF-8") from error
        return listed.name.decode("cp437")
