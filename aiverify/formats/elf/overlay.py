"""An overlay: bytes behind all that an ELF file's tables speak of.

Programs that unpack themselves keep their load there, and so does whatever hides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aiverify.core import rules
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.formats.elf.image import Image
from aiverify.formats.interface import Part, Source
from aiverify.formats.sources import Window

PADDING = 1 << 16
"""Bytes of zeros that may follow: some tools round a file's size up."""

NAME = "overlay"


@dataclass(frozen=True, slots=True)
class Overlay:
    """Where it is, and how large."""

    offset: int
    size: int

    def to_json(self) -> Json:
        """As the facts state it."""
        return {"offset": self.offset, "size": self.size}

    def finding(self) -> Finding:
        """That it is there."""
        message = f"{self.size} bytes behind the program belong to none of its parts"
        place = f"byte {self.offset}"
        return rules.containers.HIDDEN.found(message, place=place, severity=Severity.WARNING)

    def part(self, source: Source) -> Iterable[Part]:
        """It, to be looked into like a file."""
        return (Part(NAME, lambda: Window(source, self.offset, self.size)),)


def read_overlay(image: Image) -> Overlay | None:
    """What follows the file's last part, unless that is padding."""
    end, size = image.end, image.source.size
    if end >= size:
        return None
    if size - end <= PADDING and not any(image.source.read_at(end, size - end)):
        return None
    return Overlay(end, size - end)
