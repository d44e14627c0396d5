"""The two paths that the API server asks: `/validate` and `/mutate`."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiverify.core import rules
from aiverify.core.names import printable
from aiverify.errors import AiverifyError, MalformedError
from aiverify.webhook.decision import Decision
from aiverify.webhook.request import AdmissionRequest
from aiverify.webhook.server import audit, deadline
from aiverify.webhook.server.exchange import Answer, Coming, Head, busy, of_json, plain
from aiverify.webhook.server.measured import Measured
from aiverify.webhook.server.refusals import BUSY, FAILED, LATE, refused
from aiverify.webhook.server.threads import Threads
from aiverify.webhook.server.tracing import Span, Tracing

ENDPOINTS = {"/validate": "validate", "/mutate": "mutate"}

STUCK = 120.0
"""Seconds without an end of any review after which the process should be started anew."""

QUICK = 32 << 10
"""Bytes of a review that the event loop reads itself, to see whether it is settled."""

EARLY = 0.05
"""Seconds that are kept to answer in the judge's place, where it does not keep its time."""

_MEDIA_TYPE = re.compile(r'application/json *(; *charset="?utf-8"?)?', re.IGNORECASE)
_UID = re.compile(
    rb'\{"kind": ?"AdmissionReview", ?"apiVersion": ?"admission\.k8s\.io/v1", ?'
    rb'"request": ?\{"uid": ?"([A-Za-z0-9-]{1,64})"'
)
"""How a review begins, as the API server writes it: nobody else's text comes before the uid."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is answered, and the document that says so."""

    decision: Decision
    document: Mapping[str, object]


Settle = Callable[[AdmissionRequest], Outcome | None]
"""What was settled before; on the event loop, and at once."""

Decide = Callable[[AdmissionRequest, float], Outcome]
"""Judges a request within so many seconds; in a thread, and it may fail."""


@dataclass(slots=True)
class _Review:
    """One request on its way. The event loop and a thread both know it."""

    endpoint: str
    head: Head
    body: bytes
    seconds: float
    request: AdmissionRequest | None = None
    uid: str = ""
    answered: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """The seconds that it still has."""
        return self.seconds - (time.monotonic() - self.started)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a review is done with.

    `read` makes a request of bytes, `write` a document of a decision; `decide` has a function
    for each endpoint that there is, `settle` for those of which something may be settled.
    """

    read: Callable[[bytes], AdmissionRequest]
    write: Callable[[str, Decision], Mapping[str, object]]
    decide: Mapping[str, Decide]
    settle: Mapping[str, Settle] = field(default_factory=dict)


class Reviews:
    """Answers reviews, each in a thread, within its time. Whatever happens, it is no `allowed`.

    `log` takes a line of the audit log, where there is one, `trouble` what nobody expected.
    """

    def __init__(
        self,
        tools: Tools,
        threads: Threads,
        measured: Measured,
        tracing: Tracing,
        *,
        most: int,
        longest: float,
        log: Callable[[audit.Line], None] | None,
        trouble: Callable[[BaseException], None],
    ) -> None:
        self._tools = tools
        self._threads = threads
        self._measured = measured
        self._tracing = tracing
        self._most = most
        self._longest = longest
        self._log = log
        self._trouble = trouble
        self._under_way = 0
        self._last_end = time.monotonic()

    @property
    def under_way(self) -> int:
        """Reviews that a thread has or will have."""
        return self._under_way

    @property
    def is_stuck(self) -> bool:
        """Whether no review has ended for long, though there are some."""
        return self._under_way > 0 and time.monotonic() - self._last_end > STUCK

    def refuse(self, head: Head) -> Answer | None:
        """The answer to what is no review, before its body is read."""
        if head.refused:
            return plain(403, head.refused)
        if ENDPOINTS.get(head.path) not in self._tools.decide:
            return plain(404, "there is nothing here")
        if head.method != "POST":
            return plain(405, "reviews are posted", allow="POST")
        if not _MEDIA_TYPE.fullmatch(head.headers.get("content-type", "").strip()):
            return plain(415, "reviews are application/json")
        return None

    def instead(self, head: Head, begun: bytes, answer: Answer) -> Answer:
        """A refusal that the API server takes for one, where it can be said whose.

        An error of HTTP would be none where a webhook is registered with `failurePolicy: Ignore`.
        """
        return self._told(ENDPOINTS[head.path], begun, answer)

    def _told(self, endpoint: str, body: bytes, answer: Answer) -> Answer:
        uid = _uid_of(body)
        if not uid:
            return answer
        counted = self._measured.mutations if endpoint == "mutate" else self._measured.validations
        counted.add("error", "false")
        reason = answer.body.decode().strip()
        told = refused(answer.status, rules.admission.UNREADABLE, f"no review: {reason}")
        return of_json(self._tools.write(uid, told))

    def answer(self, head: Head, body: bytes) -> Answer | Coming:
        """The answer to a review."""
        loop = asyncio.get_running_loop()
        review = _Review(
            ENDPOINTS[head.path],
            head,
            body,
            deadline.seconds(head.query, self._longest) - (loop.time() - head.began),
        )
        settled = self._settled(review)
        if settled is not None:
            return settled
        if self._under_way >= self._most:
            self._measured.busy.add()
            return self._instead(review, BUSY)
        self._begin()
        work = self._threads.run(lambda: self._review(review))
        work.add_done_callback(self._end)
        return self._in_time(review, work)

    async def _in_time(self, review: _Review, work: asyncio.Future[Answer]) -> Answer:
        done, _ = await asyncio.wait({work}, timeout=max(0.0, review.left))
        if done:
            return work.result()
        review.answered = True
        self._measured.late.add()
        return self._instead(review, LATE)

    def _settled(self, review: _Review) -> Answer | None:
        """The answer where nobody needs to think: of a thousand pods, most are like another."""
        settle = self._tools.settle.get(review.endpoint)
        if settle is None or len(review.body) > QUICK or review.left <= EARLY:
            return None
        try:
            request = self._read(review)
        except Exception:  # noqa: BLE001 - a thread reads it again, and says what is wrong
            return None
        outcome = settle(request)
        if outcome is None:
            return None
        with self._tracing.review(review.endpoint, review.head.headers) as span:
            self._finish(review, request, outcome.decision, span)
        return of_json(outcome.document)

    def _read(self, review: _Review) -> AdmissionRequest:
        """What is asked, read once. Raises what `Tools.read` does."""
        if review.request is None:
            review.request = self._tools.read(review.body)
            review.uid, review.body = review.request.uid, b""
        return review.request

    def _begin(self) -> None:
        if not self._under_way:
            self._last_end = time.monotonic()
        self._under_way += 1
        self._measured.under_way.set(self._under_way)

    def _end(self, work: asyncio.Future[Answer]) -> None:
        work.exception()  # it is looked at here if nobody waits any more
        self._last_end = time.monotonic()
        self._under_way -= 1
        self._measured.under_way.set(self._under_way)

    def _instead(self, review: _Review, decision: Decision) -> Answer:
        """A refusal that nobody judged. It says so to whoever asks, if it is known which it is."""
        if review.request is not None:
            self._tell(review, review.request, decision)
        elif review.endpoint == "mutate":
            self._measured.mutations.add("error", "false")
        else:
            self._measured.validations.add("error", "false")
        uid = review.uid or _uid_of(review.body)
        return of_json(self._tools.write(uid, decision)) if uid else busy()

    # In a thread.

    def _review(self, review: _Review) -> Answer:
        if review.answered:
            return busy()  # it waited for a thread too long, and nobody reads this
        try:
            request = self._read(review)
        except MalformedError as error:
            self._measured.refused.add("400")
            malformed = plain(400, printable(error.message)[:500])
            return self._told(review.endpoint, review.body, malformed)
        except Exception as error:  # noqa: BLE001 - it is answered whatever it is
            self._trouble(error)
            return self._told(review.endpoint, review.body, plain(500, FAILED.message))
        with self._tracing.review(review.endpoint, review.head.headers) as span:
            outcome = self._decide(review, request)
            self._finish(review, request, outcome.decision, span)
        return of_json(outcome.document)

    def _decide(self, review: _Review, request: AdmissionRequest) -> Outcome:
        try:
            return self._tools.decide[review.endpoint](request, max(0.0, review.left - EARLY))
        except AiverifyError as error:
            self._trouble(error)
        except Exception as error:  # noqa: BLE001 - nothing is admitted unjudged
            self._trouble(error)
        return Outcome(FAILED, self._tools.write(request.uid, FAILED))

    def _finish(
        self, review: _Review, request: AdmissionRequest, decision: Decision, span: Span
    ) -> None:
        span.answered(request, decision)
        if not review.answered:  # else somebody was told already that it took too long
            review.answered = True
            self._tell(review, request, decision)

    def _tell(self, review: _Review, request: AdmissionRequest, decision: Decision) -> None:
        seconds = time.monotonic() - review.started
        self._measured.reviewed(review.endpoint, request, decision, seconds)
        if self._log is not None:
            self._log(audit.line(review.endpoint, request, decision, seconds * 1000))


def _uid_of(body: bytes) -> str:
    """The uid where the API server writes it, empty where it is not there."""
    found = _UID.match(body)
    return found[1].decode("ascii") if found else ""
