"""Notes: what the makers of a program wrote into it about it, such as its build id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.elf import sections, segments
from aiverify.formats.elf.image import Image

BUILD_ID = ("GNU", 3)
"""Owner and type of the note with the linker's hash of the program."""

GO_BUILD_ID = ("Go", 4)

MAX_NOTES = 10_000
MAX_OWNER = 64
MAX_CONTENT = 128
"""Bytes of a note that are read; none that is asked for has more."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `content` is cut."""

    owner: str
    kind: int
    content: bytes


def read_notes(image: Image) -> tuple[Note, ...]:
    """The notes that a loader sees, or those of the sections where there is nothing to load.

    Raises:
        MalformedError: a note reaches out of its place, or there are more than are read.
    """
    places = [
        (segment.offset, segment.stored, segment.alignment)
        for segment in image.segments.of_kind(segments.NOTE)
        if segment.stored
    ] or [
        (section.offset, section.size, section.alignment)
        for section in image.sections.of_kind(sections.NOTE)
    ]
    return tuple(_limited(note for place in places for note in _notes(image, *place)))


def content(notes: tuple[Note, ...], which: tuple[str, int]) -> bytes:
    """What the first note of an owner and type says, or nothing."""
    return next((note.content for note in notes if (note.owner, note.kind) == which), b"")


def _limited(notes: Iterator[Note]) -> Iterator[Note]:
    for count, note in enumerate(notes):
        if count == MAX_NOTES:
            raise MalformedError(f"there are more than {MAX_NOTES} notes")
        yield note


def _notes(image: Image, offset: int, size: int, alignment: int) -> Iterator[Note]:
    step = 8 if alignment == 8 else 4
    cursor, end = Cursor(image.source, offset, image.header.order), offset + size
    while end - cursor.position >= 12:
        name, length, kind = (cursor.integer(4) for _ in range(3))
        begin = cursor.position + name + -(cursor.position + name - offset) % step
        if begin + length > end:
            raise MalformedError(f"a note of {length} bytes reaches out of its place")
        owner = cursor.take(min(name, MAX_OWNER)).rstrip(b"\0").decode("utf-8", "replace")
        cursor.skip(begin - cursor.position)
        content = cursor.take(min(length, MAX_CONTENT))
        yield Note(owner, kind, content)
        after = begin + length + -(begin + length - offset) % step
        cursor.skip(min(after, end) - cursor.position)
