"""PNG pictures: walked to their end, and never decoded."""

from __future__ import annotations

import zlib

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Probe, Source
from aiverify.formats.trailing import trailing

MAGIC = b"\x89PNG\r\n\x1a\n"
MAX_BYTES = 256 << 20
MAX_CHUNKS = 200_000
PIECE = 1 << 20


class Png:
    """A picture. States `width`, `height` and `chunks` (how many)."""

    name = "png"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith(MAGIC)

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Its size, once every chunk has its checksum.

        Raises:
            MalformedError: a chunk is broken, or the first or last is missing.
        """
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread=f"larger than {MAX_BYTES >> 20} MiB")
        cursor = Cursor(source, len(MAGIC), "big")
        width, height, chunks = 0, 0, 0
        kind = b""
        while kind != b"IEND":
            length, kind = cursor.integer(4), cursor.take(4)
            if (kind == b"IHDR") != (chunks == 0) or (chunks == 0 and length != 13):
                raise MalformedError("the picture does not start with its header chunk")
            if chunks == 0:
                width = int.from_bytes(source.read_at(cursor.position, 4), "big")
                height = int.from_bytes(source.read_at(cursor.position + 4, 4), "big")
            _check(cursor, kind, length)
            chunks += 1
            if chunks > MAX_CHUNKS:
                raise MalformedError(f"the picture has more than {MAX_CHUNKS} chunks")
        values: dict[str, Json] = {"width": width, "height": height, "chunks": chunks}
        found = tuple(trailing(source, cursor.position, "picture"))
        return Facts(self.name, self.role, f"{width}x{height} picture", values, findings=found)


def _check(cursor: Cursor, kind: bytes, length: int) -> None:
    """Move over a chunk's bytes and its checksum, which must agree."""
    if length + 4 > cursor.left:
        raise MalformedError(f"a chunk of {length} bytes reaches beyond the picture's end")
    checksum = zlib.crc32(kind)
    while length:
        piece = cursor.take(min(length, PIECE))
        checksum = zlib.crc32(piece, checksum)
        length -= len(piece)
    if checksum != cursor.integer(4):
        raise MalformedError("a chunk of the picture has a wrong checksum")
