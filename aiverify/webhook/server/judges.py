"""The judge in use, and the change to another while reviews are under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from aiverify.webhook.decision import Decision
from aiverify.webhook.mutating.injection import Injection
from aiverify.webhook.request import AdmissionRequest


class Judging(Protocol):
    """Decides. From any thread, and it never raises."""

    def settled(self, request: AdmissionRequest) -> Decision | None:
        """The answer, where it is known already and takes no time."""
        ...

    def decide(self, request: AdmissionRequest, *, seconds: float) -> Decision:
        """The answer to a request, within so many seconds."""
        ...


def _keep() -> None:
    """Nothing is held open."""


@dataclass(eq=False, slots=True)
class Seat:
    """A judge, what it judges by, and how that is let go of.

    `injection` is what is put into pods, None where nothing is; `users` are reviews under way.
    """

    judge: Judging
    version: str
    injection: Injection | None = None
    close: Callable[[], None] = _keep
    users: int = 0


class Judges:
    """Hands out the newest judge. One that was replaced is closed by its last user."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._lock = Lock()

    @property
    def version(self) -> str:
        """What is judged by now."""
        return self._seat.version

    @contextmanager
    def lend(self) -> Iterator[Seat]:
        """The newest judge with what belongs to it, for one review."""
        with self._lock:
            seat = self._seat
            seat.users += 1
        try:
            yield seat
        finally:
            with self._lock:
                seat.users -= 1
                last = seat.users == 0 and seat is not self._seat
            if last:
                seat.close()

    def close(self) -> None:
        """Let go of the newest, at the end of all reviews."""
        self._seat.close()

    def replace(self, seat: Seat) -> None:
        """Have another judge from now on."""
        with self._lock:
            old, self._seat = self._seat, seat
            unused = old.users == 0
        if unused:
            old.close()
