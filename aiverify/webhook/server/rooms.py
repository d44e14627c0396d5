"""What all connections of a port share: how many there are, and how much they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from aiverify.webhook.server.settings import Limits


class Guest(Protocol):
    """A connection, as far as the others are concerned."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        ...

    def let_go(self) -> None:
        """End it, after what is under way."""

    def drop(self) -> None:
        """End it at once."""

    def retire(self) -> None:
        """End it with its next answer, or when it was idle for a while."""


def _nobody_in_particular() -> tuple[str, ...]:
    return ()


class Rooms:
    """Keeps count. `closing` has each connection end with its next answer, `closed` at once.

    `names` are those that a client's certificate may have. `on_trouble` is told of what nobody
    expected, `on_refused` of the status of each
    request that was answered before it was read.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        names: Callable[[], tuple[str, ...]] = _nobody_in_particular,
        on_trouble: Callable[[BaseException], None] = lambda _: None,
        on_refused: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.limits = limits
        self.names = names
        self.trouble = on_trouble
        self.refused = on_refused
        self.closing = self.closed = False
        self._guests: dict[Guest, None] = {}
        self._shaking_hands = 0
        self._held = 0

    def __len__(self) -> int:
        return len(self._guests) + self._shaking_hands

    def enter(self, guest: Guest) -> None:
        """One more, whose handshake is over."""
        self._shaking_hands -= 1
        self._guests[guest] = None

    def leave(self, guest: Guest) -> None:
        """One less."""
        self._guests.pop(guest, None)

    def begin_handshake(self) -> bool:
        """Whether there is room for another; whoever has been there longest and idle makes it."""
        if len(self) >= self.limits.connections:
            longest = next((guest for guest in self._guests if guest.is_idle), None)
            if longest is None:
                return False
            longest.drop()
            self.leave(longest)
        self._shaking_hands += 1
        return True

    def fail_handshake(self) -> None:
        """Nobody came of it."""
        self._shaking_hands -= 1

    def book(self, size: int) -> bool:
        """Take room for bytes of a body, if there is any."""
        if self._held + size > self.limits.all_bodies:
            return False
        self._held += size
        return True

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        self._held -= size

    def close(self) -> None:
        """Have every connection end: those that are idle now, the others with their answer."""
        self.closing = self.closed = True
        for guest in tuple(self._guests):
            guest.let_go()

    def retire(self) -> None:
        """Have those that are here end soon: they were let in by what no longer counts."""
        for guest in tuple(self._guests):
            guest.retire()

    def drop(self) -> None:
        """Have every connection end now."""
        for guest in tuple(self._guests):
            guest.drop()
