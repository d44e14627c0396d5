"""Small matters of English."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 tensor`, `2 tensors`, `0 tensors`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
