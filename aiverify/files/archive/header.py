"""One header of a tar stream, as POSIX.1-1988 (ustar) or GNU have it, or as it was before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.files.tar import BLOCK

MAX_SIZE = 1 << 62
_OCTAL = re.compile(rb" *([0-7]*)[ \0]*")
_CHECKSUM = slice(148, 156)


@dataclass(frozen=True, slots=True)
class Header:
    """A header's statements. `kind` is its type flag, one byte."""

    name: bytes
    kind: bytes
    size: int
    executable: bool

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: old archives mark a directory by its name alone."""
        return self.kind == b"0" or (self.kind == b"\0" and not self.name.endswith(b"/"))

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory."""
        return self.kind == b"5" or (self.kind == b"\0" and self.name.endswith(b"/"))


def parse(block: bytes, where: str, position: int) -> Header:
    """The header in a block of 512 bytes.

    Raises:
        MalformedError: its checksum is wrong, or programs would read it differently. The
            message names the archive by `where` and the header by its `position`.
    """
    told = _OCTAL.fullmatch(block[_CHECKSUM])
    if told is None or not told[1] or int(told[1], 8) not in _checksums(block):
        raise MalformedError(f"{where} has a broken tar header at byte {position}")
    size, mode = _size(block[124:136]), _OCTAL.fullmatch(block[100:108])
    # Only POSIX has the prefix; GNU keeps other things there, and Python reads it all the same.
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    has_other = block[500:BLOCK].strip(b"\0") or (not prefix and block[345:500].strip(b"\0"))
    if size is None or mode is None or has_other:
        raise MalformedError(
            f"{where} has a tar header at byte {position} that other programs read differently"
        )
    name = block[:100].partition(b"\0")[0]
    full = prefix + b"/" + name if prefix else name
    return Header(full, block[156:157], size, bool(int(mode[1] or b"0", 8) & 0o100))


def _checksums(block: bytes) -> tuple[int, int]:
    """The sum of the bytes with the checksum as blanks: unsigned, and as old Suns had it."""
    rest = block[:148] + block[156:BLOCK]
    unsigned = sum(rest) + 8 * 0x20
    return unsigned, unsigned - 256 * sum(byte > 127 for byte in rest)


def _size(field: bytes) -> int | None:
    """A size in octal, or in GNU's base 256; None where it is neither."""
    if field[0] == 0x80:
        value = int.from_bytes(field[1:], "big")
        return value if value < MAX_SIZE else None
    told = _OCTAL.fullmatch(field)
    return int(told[1] or b"0", 8) if told else None
