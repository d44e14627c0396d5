"""A stream of bytes that is read once, from its start to its end."""

from __future__ import annotations

from collections.abc import Iterator


class Tape:
    """Pieces of a stream, taken in any portions. What was taken is gone."""

    def __init__(self, pieces: Iterator[memoryview]) -> None:
        self._pieces = pieces
        self._piece = memoryview(b"")
        self.position = 0

    @property
    def waiting(self) -> int:
        """Bytes that are here already and were not taken yet."""
        return len(self._piece)

    def run(self, size: int) -> Iterator[memoryview]:
        """The next bytes in pieces, fewer than `size` where the stream ends before.

        A piece is valid until the next one is asked for.
        """
        while size and self._fill():
            found, self._piece = self._piece[:size], self._piece[size:]
            size -= len(found)
            self.position += len(found)
            yield found

    def take(self, size: int) -> bytes:
        """The next bytes, fewer than `size` where the stream ends before."""
        return b"".join(map(bytes, self.run(size)))

    def rest(self) -> Iterator[memoryview]:
        """All that is left, in pieces."""
        while self._fill():
            yield from self.run(len(self._piece))

    def _fill(self) -> bool:
        while not self._piece:
            following = next(self._pieces, None)
            if following is None:
                return False
            self._piece = following
        return True
