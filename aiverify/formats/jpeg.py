"""JPEG pictures: walked to their end, and never decoded."""

from __future__ import annotations

import re

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Probe, Source
from aiverify.formats.trailing import trailing

MAGIC = b"\xff\xd8\xff"
START_OF_SCAN, END = 0xDA, 0xD9
BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""

FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of the header that gives height and width."""

MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the coded part: a marker that is neither a restart nor a stuffed byte."""

MAX_BYTES = 256 << 20
MAX_SEGMENTS = 100_000
FIRST, PIECE = 1 << 9, 1 << 18
"""Coded bytes that are searched at first, and at most, at a time: a scan may have none at all."""


class Jpeg:
    """A picture. States `width` and `height`."""

    name = "jpeg"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith(MAGIC)

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Its size, once its end was found.

        Raises:
            MalformedError: a segment reaches outside, or the end is missing.
        """
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread=f"larger than {MAX_BYTES >> 20} MiB")
        cursor = Cursor(source, 2, "big")
        values: dict[str, Json] = {}
        for _ in range(MAX_SEGMENTS):
            marker = _marker(cursor)
            if marker == END:
                return self._facts(source, values, cursor.position)
            if marker not in BARE:
                _segment(source, cursor, marker, values)
        raise MalformedError(f"the picture has more than {MAX_SEGMENTS} segments")

    def _facts(self, source: Source, values: dict[str, Json], end: int) -> Facts:
        if "width" not in values:
            raise MalformedError("the picture has no frame")
        # Cameras put a preview behind: a second picture, of the same format.
        more = source.read_at(end, min(len(MAGIC), source.size - end)) == MAGIC
        found = () if more else tuple(trailing(source, end, "picture"))
        summary = f"{values['width']}x{values['height']} picture"
        unread = "a second picture follows, which is not read" if more else ""
        return Facts(self.name, self.role, summary, values, findings=found, unread=unread)


def _marker(cursor: Cursor) -> int:
    if cursor.integer(1) != 0xFF:
        raise MalformedError(f"no marker stands at byte {cursor.position - 1} of the picture")
    while (marker := cursor.integer(1)) == 0xFF:
        pass
    return marker


def _segment(source: Source, cursor: Cursor, marker: int, values: dict[str, Json]) -> None:
    length = cursor.integer(2) - 2
    if length < 0:
        raise MalformedError("a segment of the picture is shorter than its length")
    body = cursor.take(length)
    if marker in FRAMES and length >= 5:
        values["height"] = int.from_bytes(body[1:3], "big")
        values["width"] = int.from_bytes(body[3:5], "big")
    if marker == START_OF_SCAN:
        _pass_scan(source, cursor)


def _pass_scan(source: Source, cursor: Cursor) -> None:
    """Move over coded bytes, up to the marker behind them."""
    size = FIRST
    while cursor.left >= 2:
        piece = source.read_at(cursor.position, min(size, cursor.left))
        found = MARKER.search(piece)
        if found:
            cursor.skip(found.start())
            return
        # A marker may stand across two pieces.
        cursor.skip(len(piece) - (piece.endswith(b"\xff") and len(piece) < cursor.left))
        size = min(2 * size, PIECE)
    raise MalformedError("the picture does not end")
