"""GIF pictures: walked to their end, and never decoded."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.interface import Probe, Source
from aiverify.formats.trailing import trailing

MAGICS = (b"GIF87a", b"GIF89a")
EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
HAS_TABLE, TABLE_BITS = 0x80, 0x07
MAX_BLOCKS = 2_000_000


class Gif:
    """A picture. States `width`, `height` and `frames`."""

    name = "gif"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith(MAGICS)

    def read(self, _probe: Probe, source: Source) -> Facts:
        """Its size, once its end was found.

        Raises:
            MalformedError: a block is of no kind, or reaches outside.
        """
        cursor = Cursor(source, 6)
        width, height = cursor.integer(2), cursor.integer(2)
        flags = cursor.integer(1)
        cursor.skip(2 + _table(flags))
        frames = budget = 0
        # Some tools leave the trailer out. Where nothing follows, nothing hides.
        while not (frames and not cursor.left) and (kind := cursor.integer(1)) != TRAILER:
            if kind == IMAGE:
                frames += 1
                cursor.skip(8)
                cursor.skip(_table(cursor.integer(1)) + 1)
            elif kind == EXTENSION:
                cursor.skip(1)
            else:
                raise MalformedError(f"a block of no kind stands at byte {cursor.position - 1}")
            budget = _pass_blocks(cursor, budget + 1)
        values: dict[str, Json] = {"width": width, "height": height, "frames": frames}
        found = tuple(trailing(source, cursor.position, "picture"))
        return Facts(self.name, self.role, f"{width}x{height} picture", values, findings=found)


def _table(flags: int) -> int:
    """Bytes of the table of colours that follows, by the flags before it."""
    return 3 << ((flags & TABLE_BITS) + 1) if flags & HAS_TABLE else 0


def _pass_blocks(cursor: Cursor, count: int) -> int:
    """Move over sub-blocks up to the empty one; how many blocks there were so far."""
    while size := cursor.integer(1):
        cursor.skip(size)
        count += 1
        if count > MAX_BLOCKS:
            raise MalformedError(f"the picture has more than {MAX_BLOCKS} blocks")
    return count
