"""Values that are kept for a while: bounded in number and in weight, the least used go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    made_ns: int
    until_ns: int
    weight: int


class Kept(Generic[K, V]):
    """A cache. Any thread may use it.

    Times are nanoseconds since the epoch, as the caller's clock has them. `most` is how many
    values there may be, `most_weight` what they may weigh together.
    """

    def __init__(self, most: int, most_weight: int) -> None:
        self._most = most
        self._most_weight = most_weight
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K, now_ns: int) -> V | None:
        """The value, if it still counts. One from before the clock was set back does not."""
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            if not found.made_ns <= now_ns < found.until_ns:
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return found.value

    def put(self, key: K, value: V, now_ns: int, until_ns: int, weight: int = 1) -> None:
        """Keep a value until then. One that weighs more than all may is not kept."""
        with self._lock:
            self._drop(key)
            if weight > self._most_weight or until_ns <= now_ns:
                return
            self._entries[key] = _Entry(value, now_ns, until_ns, weight)
            self._weight += weight
            while len(self._entries) > self._most or self._weight > self._most_weight:
                self._drop(next(iter(self._entries)))

    def forget(self, key: K) -> None:
        """Keep a value no longer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: K) -> None:
        gone = self._entries.pop(key, None)
        if gone is not None:
            self._weight -= gone.weight
