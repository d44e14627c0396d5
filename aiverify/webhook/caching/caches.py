"""The caches of a webhook: one set, however often the profile changes.

Keys hold the version of what judges, so that nothing of an older one is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from threading import Lock
from typing import Any

from aiverify.core.digest import Digest
from aiverify.webhook.caching.flights import Flights
from aiverify.webhook.caching.kept import Kept

ALLOWED = 4096
"""Artifacts of which it is known who vouches for them. Only trusted signers make such."""

DENIED = 4096
"""Those that were denied before any policy saw them. Anybody can make such, so they are small."""

SETTLED = 4096
"""Decisions on pods, for the next that is like one of them."""

TAGS = 8192

WEIGHT = 400_000
"""Files, findings and the like that all of one kind may hold; each takes some hundred bytes."""


class Caches:
    """What is known of artifacts, what tags led to, and what is being asked. For all threads."""

    def __init__(self) -> None:
        self.allowed: Kept[Hashable, Any] = Kept(ALLOWED, WEIGHT)
        self.denied: Kept[Hashable, Any] = Kept(DENIED, WEIGHT // 4)
        self.settled: Kept[Hashable, Any] = Kept(SETTLED, WEIGHT // 4)
        self.failed: Kept[Hashable, Any] = Kept(DENIED, DENIED)
        self.tags: Kept[Hashable, Digest] = Kept(TAGS, TAGS)
        self.flights = Flights()
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def count(self, what: str) -> None:
        """Count something that happened: `hit`, `miss`, `stale`, `out_of_reach`."""
        with self._lock:
            self._counts[what] += 1

    @property
    def counts(self) -> Mapping[str, int]:
        """What happened how often, and how many artifacts are known now."""
        with self._lock:
            counted = dict(self._counts)
        return {
            "hit": 0,
            "miss": 0,
            "stale": 0,
            "out_of_reach": 0,
            **counted,
            "allowed": len(self.allowed),
            "denied": len(self.denied),
            "under_way": len(self.flights),
        }
