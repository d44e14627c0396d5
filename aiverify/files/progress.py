"""Telling somebody how far a long read has come. Library code prints nothing itself."""

from __future__ import annotations

from typing import Protocol

ABANDONED = "transfer"
"""How the names of threads begin that nobody waits for once somebody has interrupted."""


class Progress(Protocol):
    """Somebody who wants to know. `advance` is called from several threads."""

    def begin(self, label: str, total: int) -> None:
        """Work over `total` bytes starts."""

    def advance(self, count: int) -> None:
        """`count` more bytes are done."""


class Silent:
    """Nobody wants to know."""

    def begin(self, label: str, total: int) -> None:
        """Do nothing."""

    def advance(self, count: int) -> None:
        """Do nothing."""
