"""ZIP archives (APPNOTE 6.3.10), read so that no two programs can see two archives in one.

Programs differ in which of an archive's statements they go by: its directory, the header
before each member, or the bytes in between. Here all of them must say the same.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.interface import Source, TooLarge
from aiverify.formats.sources import Memory, Window

LOCAL = struct.Struct("<4sHHHHHIIIHH")
"""The header before a member (4.3.7): signature, version, flags, method, time, date, CRC-32,
packed size, size, and the lengths of name and extra field."""

CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
"""The directory's entry for a member (4.3.12)."""

END = struct.Struct("<4sHHHHIIH")
"""The record that ends an archive (4.3.16)."""

END_64 = struct.Struct("<4sQHHIIQQQQ")
"""The same for large archives (4.3.14), and its locator (4.3.15)."""
LOCATOR_64 = struct.Struct("<4sIQI")

LOCAL_MAGIC, CENTRAL_MAGIC, END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END_64_MAGIC, LOCATOR_64_MAGIC = b"PK\x06\x06", b"PK\x06\x07"

MAX_COMMENT = 0xFFFF
MAX_DIRECTORY = 64 << 20
STORED, DEFLATED = 0, 8
ENCRYPTED, DESCRIPTOR, UTF8 = 0x1, 0x8, 0x800
DESCRIPTORS = (12, 16, 20, 24)
"""Bytes that may follow a member whose sizes stand behind it (4.3.9)."""

UNKNOWN_32 = 0xFFFFFFFF
BOMB_RATIO = 200
BOMB_SIZE = 1 << 30


@dataclass(frozen=True, slots=True)
class Entry:
    """A member. `start` is where its bytes are; `packed` and `size` count them, packed or not."""

    name: str
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    header: int
    start: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which holds nothing itself."""
        return self.name.endswith("/") and not self.size


@dataclass(frozen=True)
class Zip:
    """An archive's members in the order of its directory, and what is wrong with it."""

    source: Source
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    def open(self, entry: Entry, limit: int) -> Source:
        """A member's bytes; unpacked ones are held in memory.

        Raises:
            MalformedError: they are not what the archive says of them.
            TooLarge: they would be more than `limit` bytes in memory, or are encrypted or
                packed in a way that is not read.
        """
        if entry.flags & ENCRYPTED:
            raise TooLarge("encrypted")
        window = Window(self.source, entry.start, entry.packed)
        if entry.method == STORED:
            return window
        if entry.method != DEFLATED:
            raise TooLarge(f"packed by method {entry.method}, which is not read")
        if max(entry.size, entry.packed) > limit:
            raise TooLarge(f"{entry.size} bytes unpacked; {limit} are looked into")
        return Memory(_inflate(window, entry))


def is_archive(source: Source) -> bool:
    """Whether a file ends as an archive does, whatever it begins with."""
    return _end(source) is not None


def read(source: Source) -> Zip:
    """Read an archive's directory, and hold it against the members' own headers.

    Raises:
        MalformedError: it is no archive, or its directory cannot be followed.
    """
    end = _end(source)
    if end is None:
        raise MalformedError("the archive has no directory at its end")
    position, count, offset, size = end
    if size > MAX_DIRECTORY:
        raise MalformedError(f"the archive's directory is {size} bytes")
    begin = position - size
    entries, findings = [], []
    for raw in _directory(source.read_at(max(begin, 0), size), count):
        entry, wrong = _entry(source, raw, begin - offset)
        entries.append(entry)
        findings += wrong
    findings += _layout(entries, begin)
    findings += _names(entries)
    findings += _bomb(entries, source.size)
    return Zip(source, tuple(entries), tuple(dict.fromkeys(findings)))


@dataclass(frozen=True, slots=True)
class _Raw:
    """An entry of the directory."""

    fields: tuple[int, ...]
    name: bytes
    packed: int
    size: int
    header: int


def _end(source: Source) -> tuple[int, int, int, int] | None:
    """Where the directory ends, how many entries it has, where it says it begins, its size."""
    reach = min(source.size, END.size + MAX_COMMENT)
    tail = source.read_at(source.size - reach, reach)
    at = tail.rfind(END_MAGIC)
    if at < 0 or len(tail) - at < END.size:
        return None
    fields = END.unpack_from(tail, at)
    if at + END.size + fields[7] != len(tail):
        return None
    position = source.size - reach + at
    _, _, _, _, count, size, offset, _ = fields
    large = _end_64(source, position)
    if large:
        return large
    return (position, count, offset, size) if size <= position else None


def _end_64(source: Source, position: int) -> tuple[int, int, int, int] | None:
    if position < LOCATOR_64.size:
        return None
    magic, _, at, _ = LOCATOR_64.unpack(source.read_at(position - LOCATOR_64.size, LOCATOR_64.size))
    if magic != LOCATOR_64_MAGIC or at + END_64.size + LOCATOR_64.size > position:
        return None
    fields = END_64.unpack(source.read_at(at, END_64.size))
    if fields[0] != END_64_MAGIC or fields[8] > at:
        return None
    return at, fields[7], fields[9], fields[8]


def _directory(data: bytes, count: int) -> Iterator[_Raw]:
    at = 0
    for _ in range(count):
        if len(data) - at < CENTRAL.size or data[at : at + 4] != CENTRAL_MAGIC:
            raise MalformedError("the archive's directory has fewer entries than it says")
        fields = CENTRAL.unpack_from(data, at)
        _, _, _, _, _, _, _, _, packed, size, name, extra, comment, _, _, _, header = fields
        at += CENTRAL.size
        more = _extra_64(data[at + name : at + name + extra], (size, packed, header))
        yield _Raw(fields[1:], data[at : at + name], more[1], more[0], more[2])
        at += name + extra + comment
    if at != len(data):
        raise MalformedError("the archive's directory has more entries than it says")


def _extra_64(extra: bytes, values: Sequence[int]) -> list[int]:
    """Size, packed size and offset; what did not fit stands in a field of its own (4.5.3)."""
    found = list(values)
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + length]
        if tag == 1:
            for index, value in enumerate(found):
                if value == UNKNOWN_32 and len(body) >= 8:
                    found[index], body = int.from_bytes(body[:8], "little"), body[8:]
            break
        at += 4 + length
    return found


def _entry(source: Source, raw: _Raw, shift: int) -> tuple[Entry, list[Finding]]:
    """A member, held against the header that stands before it."""
    _, _, flags, method, _, _, crc, *_, attributes, _ = raw.fields
    name = _decoded(raw.name)
    at = raw.header + shift
    header = LOCAL.unpack(source.read_at(at, LOCAL.size))
    if header[0] != LOCAL_MAGIC:
        raise MalformedError(f"no header stands before the member {printable(name)}")
    start = at + LOCAL.size + header[9] + header[10]
    findings = []
    own = source.read_at(at + LOCAL.size, header[9])
    extra = source.read_at(at + LOCAL.size + header[9], header[10])
    size, packed, _ = _extra_64(extra, (header[8], header[7], 0))
    late = header[2] & DESCRIPTOR and not (header[6] or packed or size)
    sizes = (crc, raw.packed, raw.size)
    if (
        own != raw.name
        or header[3] != method
        or (header[2] ^ flags) & (ENCRYPTED | DESCRIPTOR)
        or not (late or (header[6], packed, size) == sizes)
    ):
        message = f"{printable(name)}: its own header and the archive's directory disagree"
        findings.append(rules.containers.MISMATCH.found(message, place=name))
    if stat.S_IFMT(attributes >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        findings.append(
            rules.containers.LINK.found(f"{printable(name)} is no regular file", place=name)
        )
    return Entry(name, method, flags, crc, raw.packed, raw.size, at, start), findings


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("the archive has a member whose name is not UTF-8") from error


def _layout(entries: Sequence[Entry], directory: int) -> Iterator[Finding]:
    """Members follow one another from the first byte to the directory."""
    position = 0
    gaps: tuple[int, ...] = (0,)
    for entry in sorted(entries, key=lambda entry: entry.header):
        if entry.header < position:
            raise MalformedError(f"the member {printable(entry.name)} overlaps the one before it")
        if entry.header - position not in gaps:
            yield _hidden(entry.header - position, f"before the member {printable(entry.name)}")
        position = entry.start + entry.packed
        gaps = (0, *DESCRIPTORS) if entry.flags & DESCRIPTOR else (0,)
    if position > directory:
        raise MalformedError("the archive's last member reaches into its directory")
    if directory - position not in gaps:
        yield _hidden(directory - position, "before the archive's directory")


def _hidden(count: int, where: str) -> Finding:
    return rules.containers.HIDDEN.found(f"{count} bytes {where} belong to no member")


def _names(entries: Sequence[Entry]) -> Iterator[Finding]:
    seen: set[str] = set()
    for entry in entries:
        shown = printable(entry.name)
        plain = entry.name.replace("\\", "/").lower()
        if plain in seen:
            message = f"two members are named {shown}"
            yield rules.containers.DUPLICATE.found(message, place=entry.name)
        seen.add(plain)
        parts = entry.name.rstrip("/").split("/")
        if (
            ".." in parts
            or "" in parts
            or "\0" in entry.name
            or ":" in parts[0]
            or "\\" in entry.name
        ):
            message = f"the member {shown} has a name that is not a plain path"
            yield rules.containers.NAME.found(message, place=entry.name)


def _bomb(entries: Sequence[Entry], size: int) -> Iterator[Finding]:
    total = sum(entry.size for entry in entries)
    if total > BOMB_SIZE and total > BOMB_RATIO * size:
        yield rules.containers.BOMB.found(f"{size} bytes that unpack to {total}")


def _inflate(window: Window, entry: Entry) -> bytes:
    shown = printable(entry.name)
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = machine.decompress(window.read_at(0, window.size), entry.size + 1)
    except zlib.error as error:
        raise MalformedError(f"the member {shown} cannot be unpacked: {error}") from error
    if len(data) != entry.size or not machine.eof or machine.unused_data:
        raise MalformedError(
            f"the member {shown} does not unpack to the {entry.size} bytes it says"
        )
    if zlib.crc32(data) != entry.crc:
        raise MalformedError(f"the member {shown} has another checksum than the archive says")
    return data
