"""Characters that nobody sees, in text that a person is supposed to have read."""

from __future__ import annotations

import unicodedata

ORDINARY = frozenset("\u00ad\u200c\u200d\ufeff")
"""Format characters of written languages, of emoji and of editors."""

MAX_NAMED = 5


def hidden(text: str) -> str:
    """The first few such characters by their code points, or nothing."""
    if text.isascii():
        return ""
    found = sorted(char for char in set(text) if _is_hidden(char))
    return ", ".join(f"U+{ord(char):04X}" for char in found[:MAX_NAMED])


def _is_hidden(char: str) -> bool:
    return char not in ORDINARY and unicodedata.category(char) in ("Cf", "Co")
