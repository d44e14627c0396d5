"""zlib's machine, in the manner of bz2's and lzma's, so that one loop drives all three."""

from __future__ import annotations

import zlib


class Inflater:
    """Unpacks a stream bit by bit. `window` is zlib's `wbits`, which tells its wrappers apart."""

    def __init__(self, window: int = zlib.MAX_WBITS) -> None:
        self._machine = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        return self._machine.eof

    @property
    def needs_input(self) -> bool:
        """Whether it has given all that it can of what it was fed."""
        return not self._machine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What was fed to it beyond the end."""
        return self._machine.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """More of the content, at most so many bytes."""
        return self._machine.decompress(self._machine.unconsumed_tail + data, max_length)
