"""What was decided on a pod, for the next that is like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from weakref import ReferenceType, ref

from aiverify.core.moments import lasting, of_nanoseconds
from aiverify.core.report import Verdict
from aiverify.webhook.caching.caches import Caches
from aiverify.webhook.decision import Decision
from aiverify.webhook.judging import scope
from aiverify.webhook.judging.engines import Remembered
from aiverify.webhook.judging.likeness import Likeness, likeness
from aiverify.webhook.judging.loading import Loaded
from aiverify.webhook.judging.looking import Known, Looker
from aiverify.webhook.judging.wanted import Wanted
from aiverify.webhook.request import AdmissionRequest

SAME = timedelta(seconds=30)
"""For how long: what begins to deny on a day, or ceases to, does so that much later at most."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """A decision, and what of each artifact must still be remembered for it to count."""

    decision: Decision
    rests: Mapping[Wanted, ReferenceType[Remembered]]


class Alike:
    """Keeps decisions by what pods have in common. Any thread may use it.

    A decision counts as long as all that it rests on is known, and is the same. There are none
    where a policy may look at what sets one pod apart, nor on whom an exemption is made for.
    """

    def __init__(
        self, loaded: Loaded, caches: Caches, looker: Looker, clock: Callable[[], int]
    ) -> None:
        self._loaded = loaded
        self._caches = caches
        self._looker = looker
        self._clock = clock
        self._any = loaded.engines is None or not loaded.engines.sets_apart

    def likeness(self, request: AdmissionRequest) -> Likeness | None:
        """What is judged in a request's place, or None where it is judged for itself."""
        if not self._any:
            return None
        exempt, expired = scope.exemptions(
            request, self._loaded.admission, of_nanoseconds(self._clock())
        )
        return None if exempt or expired else likeness(request)

    def settled(self, like: Likeness) -> Decision | None:
        """What was decided on one like it, if that still counts. Nobody is asked."""
        found: _Settled | None = self._caches.settled.get(self._key(like), self._clock())
        if found is None or not all(map(self._is_same, found.rests.items())):
            return None
        return found.decision

    def keep(self, like: Likeness, decision: Decision, rests: Mapping[Wanted, Known]) -> None:
        """Keep a decision, unless there was no verdict, or an old one.

        `rests` is what is known of the artifacts that it rests on. That is not kept alive.
        """
        judged = decision.judged
        if any(item.stale or item.verdict is Verdict.ERROR for item in judged):
            return
        slight = tuple(replace(item, report=None, cached=True) for item in judged)
        now = self._clock()
        weight = 1 + sum(1 + len(item.findings) for item in judged)
        remembered = {what: ref(known.remembered) for what, known in rests.items()}
        settled = _Settled(replace(decision, judged=slight), remembered)
        self._caches.settled.put(self._key(like), settled, now, now + lasting(SAME), weight)

    def _is_same(self, resting: tuple[Wanted, ReferenceType[Remembered]]) -> bool:
        what, was = resting
        now = self._looker.known(what)
        return now is not None and now.remembered is was()

    def _key(self, like: Likeness) -> tuple[str, bytes]:
        return self._loaded.version, sha256(like.text.encode("utf-8", "surrogatepass")).digest()
