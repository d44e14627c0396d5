"""Text files of one entry a line, which a tokenizer reads whole."""

from __future__ import annotations

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source

MAX_BYTES = 64 << 20


def read_text(source: Source) -> str | None:
    """The whole text, or None when there are more than 64 MiB of it.

    Raises:
        MalformedError: the bytes are not UTF-8.
    """
    if source.size > MAX_BYTES:
        return None
    try:
        return source.read_at(0, source.size).decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"byte {error.start} is not UTF-8") from error


def count_lines(text: str) -> int:
    """Lines, whether or not the last one is ended."""
    return text.count("\n") + (text != "" and not text.endswith("\n"))
