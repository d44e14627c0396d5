"""Texts from files, cut so that one can see it."""

from __future__ import annotations

CUT = " [...]"


def cut(text: str, most: int) -> str:
    """At most so many characters of a text, with a sign behind them where there were more."""
    return text if len(text) <= most else text[:most] + CUT
