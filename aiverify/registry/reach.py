"""How far a transfer has come, told once for each byte however often it is sent."""

from __future__ import annotations

from aiverify.files.progress import Progress


class Reach:
    """The furthest position of one blob's transfer. For one thread."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._furthest = 0

    def at(self, position: int) -> None:
        """The transfer is at a byte position, which it may have passed before."""
        if position > self._furthest:
            self._progress.advance(position - self._furthest)
            self._furthest = position
