"""Single flight: whoever asks what is being asked already waits for the same answer."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, TypeVar

from aiverify.errors import UndecidedError

T = TypeVar("T")

WORKERS = 64
"""Questions that are asked at a time."""

PER_HOST = 16
"""Of one host, so that one which answers slowly does not keep the others from being asked."""

MAX_WAITING = 2048
"""Questions that wait to be asked."""


@dataclass(frozen=True, slots=True)
class _Flight:
    key: Hashable
    host: str
    ask: Callable[[], Any]
    answer: Future[Any]


class Flights:
    """Questions under way, each in a thread that keeps no process from ending.

    Nobody has to wait for an answer: it is there for whoever asks next.
    """

    def __init__(self, workers: int = WORKERS, per_host: int = PER_HOST) -> None:
        self._workers = workers
        self._per_host = per_host
        self._lock = Lock()
        self._flying: dict[Hashable, Future[Any]] = {}
        self._waiting: deque[_Flight] = deque()
        self._asking: Counter[str] = Counter()
        self._running = 0

    def __len__(self) -> int:
        return len(self._flying)

    def join(self, key: Hashable, host: str, ask: Callable[[], T]) -> Future[T]:
        """The answer to come. `ask` is called unless somebody asks by that key already.

        Raises:
            UndecidedError: too many wait.
        """
        with self._lock:
            flying = self._flying.get(key)
            if flying is not None:
                return flying
            if len(self._waiting) >= MAX_WAITING:
                raise UndecidedError("too many artifacts wait to be judged")
            flight = _Flight(key, host, ask, Future())
            self._flying[key] = flight.answer
            self._waiting.append(flight)
            starts = self._running < self._workers and self._asking[host] < self._per_host
            if starts:
                self._running += 1
        if starts:
            Thread(target=self._work, name="aiverify-flight", daemon=True).start()
        return flight.answer

    def _work(self) -> None:
        while (flight := self._next()) is not None:
            try:
                answer = flight.ask()
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it
                self._land(flight)
                flight.answer.set_exception(error)
            else:
                self._land(flight)
                flight.answer.set_result(answer)

    def _next(self) -> _Flight | None:
        """The first that waits and whose host is not asked too much; without one, an end."""
        with self._lock:
            for at, flight in enumerate(self._waiting):
                if self._asking[flight.host] < self._per_host:
                    del self._waiting[at]
                    self._asking[flight.host] += 1
                    return flight
            self._running -= 1
            return None

    def _land(self, flight: _Flight) -> None:
        with self._lock:
            del self._flying[flight.key]
            self._asking[flight.host] -= 1
            if not self._asking[flight.host]:
                del self._asking[flight.host]
