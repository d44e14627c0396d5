"""Asking for what is not known of an artifact, and waiting no longer than a request may."""

from __future__ import annotations

import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from typing import TypeAlias

from aiverify.core.admission import OutOfReach
from aiverify.errors import UndecidedError
from aiverify.webhook.caching.caches import Caches
from aiverify.webhook.judging.looking import Known, Looker
from aiverify.webhook.judging.wanted import Wanted

Answer: TypeAlias = Known | Future[Known] | UndecidedError


class Inquiry:
    """Asks, by what the profile says of a registry that is out of reach. For all threads."""

    def __init__(self, looker: Looker, caches: Caches, out_of_reach: OutOfReach) -> None:
        self._looker = looker
        self._caches = caches
        self._out_of_reach = out_of_reach

    def begin(self, what: Wanted) -> Answer:
        """What is known, or the answer to come."""
        known = self._looker.known(what)
        if known is not None:
            return known
        try:
            return self._looker.find(what)
        except UndecidedError as error:
            return error

    def end(self, what: Wanted, answer: Answer, deadline: float) -> Known | UndecidedError:
        """What is known in time, or was known last where the profile takes that.

        `deadline` is a moment of the monotonic clock.
        """
        if isinstance(answer, Known):
            return answer
        try:
            if isinstance(answer, UndecidedError):
                raise answer
            return answer.result(timeout=max(0.0, deadline - time.monotonic()))
        except (UndecidedError, LateError) as error:
            self._caches.count("out_of_reach")
            if self._out_of_reach is OutOfReach.LAST_VERDICT:
                last = self._looker.last(what)
                if last is not None:
                    self._caches.count("stale")
                    return last
            if isinstance(error, UndecidedError):
                return error
            return UndecidedError("there was no answer in the time that the request has")
