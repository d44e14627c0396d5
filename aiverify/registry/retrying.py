"""When to ask again, and how long to wait before: exponential backoff with full jitter."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aiverify.errors import AiverifyError

BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same request may be sent again."""


class TransientError(Exception):
    """Something that may be gone the next time.

    `final` is what is said when it is not. `retry_after` is the server's wish, as it was sent.
    """

    def __init__(self, final: AiverifyError, retry_after: str = "") -> None:
        super().__init__(final.message)
        self.final = final
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait, in seconds, and how often to try without getting any further.

    Before try n the wait is a random part of `base` doubled n times, of `cap` at most. A
    server's own wish counts where it is longer, up to `longest`.
    """

    base: float = 0.2
    cap: float = 5.0
    attempts: int = 6
    longest: float = 60.0
    pause: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.SystemRandom().random
    now: Callable[[], float] = time.time

    def wait(self, failures: int, retry_after: str = "") -> float:
        """Seconds to wait after some failures in a row, of which there is one at least."""
        most = min(self.cap, self.base * 2.0 ** min(failures, 32))
        return max(most * self.jitter(), min(self._wish(retry_after), self.longest))

    def _wish(self, retry_after: str) -> float:
        """The seconds that a `Retry-After` asks for (RFC 9110, section 10.2.3), or none."""
        text = retry_after.strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        try:
            when = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return 0.0
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return (when - datetime.fromtimestamp(self.now(), UTC)).total_seconds()


class Attempts:
    """Counts failures in a row, and waits between them. For one thread."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._failures = 0

    def progressed(self) -> None:
        """Something was gained: what failed before does not count any more."""
        self._failures = 0

    def failed(self, fault: TransientError) -> None:
        """Wait before the next attempt, or give up.

        Raises:
            AiverifyError: it was the last attempt; the fault's `final`.
        """
        self._failures += 1
        if self._failures >= self._backoff.attempts:
            raise fault.final from None
        self._backoff.pause(self._backoff.wait(self._failures, fault.retry_after))
