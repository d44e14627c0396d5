"""A body as it arrives: within its own bound, and within that of all bodies together."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.webhook.server.exchange import Answer, busy, plain
from aiverify.webhook.server.rooms import Rooms

SMALL = 64 << 10
"""Bytes of a body for which there is always room."""


class Body:
    """What has arrived of one body; `headers` say whether its length was announced, and which."""

    def __init__(self, rooms: Rooms, headers: Mapping[str, str]) -> None:
        self._rooms = rooms
        self._chunked = "transfer-encoding" in headers
        self._announced = int(headers.get("content-length", "0"))
        self._parts: list[bytes] = []
        self._size = self._booked = 0

    def add(self, data: bytes) -> Answer | None:
        """Take some more, or say why not."""
        limits = self._rooms.limits
        self._parts.append(data)
        self._size += len(data)
        if max(self._size, self._announced) > limits.body:
            return too_large(limits.body)
        if self._chunked and len(self._parts) > limits.chunks:
            return plain(413, f"a body may have {limits.chunks} chunks")
        more = self._size - SMALL - self._booked
        if more > 0:
            if not self._rooms.book(more):
                return busy()
            self._booked += more
        return None

    @property
    def begun(self) -> bytes:
        """How it begins, as far as it has arrived."""
        return b"".join(self._parts[:16])[:SMALL]

    def whole(self) -> bytes:
        """All of it, which is kept no longer here. It still takes its room."""
        data = b"".join(self._parts)
        self._parts = []
        return data

    def let_go(self) -> None:
        """Give its room to others."""
        self._parts = []
        self._rooms.give_back(self._booked)
        self._booked = 0


def unfit(headers: Mapping[str, str], most: int) -> Answer | None:
    """Why a body is not even begun, by what its headers say of its length.

    Of one that is too large the beginning is read, for it says who waits for an answer, unless
    the client holds it back until it is told to go on.
    """
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers and "content-length" in headers:
        # RFC 9112, section 6.1: two ends may disagree about where the request ends.
        return plain(400, "a body has one length", close=True)
    if len(length) > 18 or (int(length) > most and "expect" in headers):
        return too_large(most)
    return None


def too_large(most: int) -> Answer:
    """There is more of it than is taken."""
    return plain(413, f"a body may have {most} bytes")
