"""Small matters of English."""

from __future__ import annotations

from aiverify.core.names import printable

MAX_SAID = 300
"""Characters of a service's own words that are shown."""


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 tensor`, `2 tensors`, `0 tensors`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def said(text: str) -> str:
    """A service's own words: on one line, cut to `MAX_SAID` characters, and safe to print."""
    text = printable(" ".join(text.split()))
    return f"{text[:MAX_SAID]}..." if len(text) > MAX_SAID else text or "no reason is given"
