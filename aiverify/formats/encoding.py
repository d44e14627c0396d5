"""The encodings that people write text in, told by the mark that a text begins with."""

from __future__ import annotations

import codecs

MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""Encodings by their marks: UTF-32's begins as UTF-16's does, and is asked for before it."""


def encoding_of(data: bytes) -> tuple[str, int]:
    """The encoding, and the bytes of its mark. What has no mark is UTF-8."""
    marked = ((name, len(mark)) for mark, name in MARKS.items() if data.startswith(mark))
    return next(marked, ("utf-8", 0))


def decode(data: bytes, *, whole: bool = True) -> str:
    """The text without its mark and with plain line ends. A part may end within a character.

    Raises:
        UnicodeDecodeError: it is not in the encoding that its mark names.
    """
    encoding, mark = encoding_of(data)
    text = codecs.getincrementaldecoder(encoding)().decode(data[mark:], final=whole)
    return plain_lines(text)


def plain_lines(text: str) -> str:
    """The text with a line feed behind each line, and nothing else."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
