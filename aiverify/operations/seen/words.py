"""Texts of unknown length and spans of time, as people can take them in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from aiverify.core.words import counted

MAX_TEXT = 500
"""Characters of one text of a file that are kept."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (
    ("year", timedelta(days=365), 2),
    ("day", timedelta(days=1), 2),
    ("hour", timedelta(hours=1), 2),
    ("minute", timedelta(minutes=1), 2),
)
"""A unit, its length, and from how many of it on it is used."""


def cut(text: str, most: int = MAX_TEXT) -> str:
    """A text, or its beginning and how long it is."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"


def cut_all(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """The first texts, each cut, and in words how many more there are."""
    every = tuple(texts)
    more = len(every) - most
    return (*map(cut, every[:most]), *((f"and {more:,} more",) if more > 0 else ()))


def duration(span: timedelta) -> str:
    """A span of time in its largest unit, rounded down: `10 minutes`, `90 days`."""
    for name, length, least in _UNITS:
        if span >= least * length:
            return counted(span // length, name)
    return counted(max(span, timedelta()) // timedelta(seconds=1), "second")


def moment(time: datetime) -> str:
    """A time in whole seconds of UTC, with a year of four digits."""
    return f"{time.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat(' ')} UTC"


def since_1970(seconds: int) -> datetime | None:
    """A time from seconds since 1970, or None where no calendar has it."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
