"""What stands behind the end of a format: nothing, padding, or another file."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.finding import Finding, Severity
from aiverify.formats.interface import Source
from aiverify.formats.magic import Kind, kind_of

CHUNK = 1 << 20
HEAD = 4096

MAX_PADDING = 64 << 20
"""Zeros and blanks that are passed over. No tool writes as many; what hides may."""


def trailing(source: Source, end: int, what: str) -> Iterator[Finding]:
    """A finding when anything but zeros and blanks follows `end`, where `what` ends.

    Cameras and old tools leave something behind, so it weighs less than an error unless it
    starts as a file that a program would load.
    """
    begin = _past_padding(source, end)
    if begin == source.size:
        return
    kind = _kind_at(source, end) or _kind_at(source, begin)
    shown = f", which start as {kind.article}" if kind else ""
    endless = begin - end >= MAX_PADDING
    message = f"{source.size - end} bytes follow the end of the {what}{shown}"
    severity = Severity.ERROR if kind or endless else Severity.WARNING
    yield rules.containers.HIDDEN.found(message, place=f"byte {end}", severity=severity)


def _kind_at(source: Source, position: int) -> Kind | None:
    return kind_of(source.read_at(position, min(HEAD, source.size - position)))


def _past_padding(source: Source, position: int) -> int:
    """The position of the first byte that is no zero and no blank, the end, or the limit."""
    limit = min(position + MAX_PADDING, source.size)
    while position < limit:
        piece = source.read_at(position, min(CHUNK, limit - position))
        rest = piece.lstrip(b"\0 \t\r\n")
        position += len(piece) - len(rest)
        if rest:
            break
    return position
