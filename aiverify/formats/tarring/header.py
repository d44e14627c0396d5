"""One header of a tar archive: 512 bytes, in the manner of 1979, POSIX or GNU."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiverify.errors import MalformedError

BLOCK = 512
CHECKSUM = slice(148, 156)

OCTAL = re.compile(rb" *([0-7]*)[ \0]*")
MAX_SIZE = 1 << 62


@dataclass(frozen=True, slots=True)
class Header:
    """A header's statements. `kind` is its type flag, one byte."""

    name: bytes
    kind: bytes
    size: int

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: old archives mark a folder by its name alone."""
        return self.kind in {b"0", b"7"} or (self.kind == b"\0" and not self.name.endswith(b"/"))

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.kind == b"5" or (self.kind == b"\0" and self.name.endswith(b"/"))

    @property
    def is_link(self) -> bool:
        """Whether it is a link, a device or a pipe."""
        return self.kind in {b"1", b"2", b"3", b"4", b"6"}


def is_header(block: bytes) -> bool:
    """Whether some bytes are a header, by its checksum. Zeros are none."""
    if len(block) < BLOCK or not block[0]:
        return False
    told = OCTAL.fullmatch(block[CHECKSUM])
    if told is None or not told[1]:
        return False
    return int(told[1], 8) in _checksums(block)


def parse(block: bytes, position: int) -> Header:
    """The header in a block.

    Raises:
        MalformedError: its checksum is wrong, or it has a size that programs read differently.
    """
    if not is_header(block):
        raise MalformedError(f"the tar header at byte {position} has a wrong checksum")
    size = _size(block[124:136])
    if size is None:
        raise MalformedError(f"the tar header at byte {position} gives no plain size")
    name = _text(block[0:100])
    # Only POSIX has the prefix; GNU keeps other things there.
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else b""
    return Header(prefix + b"/" + name if prefix else name, block[156:157], size)


def _checksums(block: bytes) -> tuple[int, int]:
    """The sum of the bytes with the checksum as blanks: unsigned, and as old Suns had it."""
    rest = block[:148] + block[156:BLOCK]
    unsigned = sum(rest) + 8 * 0x20
    return unsigned, unsigned - 256 * sum(byte > 127 for byte in rest)


def _size(field: bytes) -> int | None:
    """A size in octal, or in GNU's base 256."""
    if field[0] in {0x80, 0xFF}:
        value = int.from_bytes(field[1:], "big")
        return value if field[0] == 0x80 and value < MAX_SIZE else None
    told = OCTAL.fullmatch(field)
    return int(told[1] or b"0", 8) if told else None


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]
