"""Plain text: what it is for follows from the file's name."""

from __future__ import annotations

import codecs

from aiverify.core.facts import Facts, Role
from aiverify.core.words import counted
from aiverify.formats.interface import Probe, Source
from aiverify.formats.roles import role_of

MAX_BYTES = 4 << 20
"""Text beyond this is judged by its head alone, and so is unread."""

CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\f\r")
"""Bytes that text does not hold. Escape sequences are among them: they move a cursor."""


class Text:
    """UTF-8 text without control characters. States `lines`."""

    name = "text"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By the head."""
        return is_text(probe.head, whole=len(probe.head) == probe.size)

    def read(self, probe: Probe, source: Source) -> Facts:
        """Clean if all of it is text; a text with something behind it is unread."""
        role = role_of(probe, binary=False)
        if source.size > MAX_BYTES:
            reason = f"text so far as its head tells, and larger than {MAX_BYTES >> 20} MiB"
            return Facts(self.name, role, "text", unread=reason)
        data = source.read_at(0, source.size)
        if not is_text(data, whole=True):
            return Facts(self.name, role, "text", unread="starts as text and goes on as another")
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
        return Facts(self.name, role, f"{counted(lines, 'line')} of text", {"lines": lines})


def is_text(data: bytes, *, whole: bool = False) -> bool:
    """Whether bytes are text. A part of a file may end in the middle of a character."""
    if len(data.translate(None, CONTROLS)) != len(data):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True
