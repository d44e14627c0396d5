"""Text that UTF-8 can hold."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Text with its lone surrogates escaped: a file name or YAML can hold them, JSON cannot."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
