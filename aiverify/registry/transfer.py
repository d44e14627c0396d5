"""Blobs on their way to a registry: in one request, or in parts that go on where it broke off.

Distribution-spec 1.1, "Pushing blobs": POST begins an upload, PATCH sends a part, GET asks how
much is there, and PUT names the digest and ends it.
"""

from __future__ import annotations

import contextlib
import re
from typing import NoReturn
from urllib.parse import quote

from aiverify.core.oci import Descriptor
from aiverify.errors import AiverifyError, DeniedError, UndecidedError
from aiverify.registry.blobs import Blobs
from aiverify.registry.feed import Feed, Part
from aiverify.registry.interface import Answer
from aiverify.registry.location import with_query
from aiverify.registry.memory import Slot
from aiverify.registry.refusal import refusal
from aiverify.registry.retrying import TransientError
from aiverify.registry.session import PUSH, Question, Session

SMALL = 16 << 20
"""Bytes of a blob that is sent in one request."""

CHUNK = 64 << 20
"""Bytes of a larger blob that are sent in one request, unless the registry asks for more."""

LEAST_CHUNK = 1 << 20
"""Bytes that a registry must take in one request."""

_BYTES = {"Content-Type": "application/octet-stream"}
_RANGE = re.compile(r"(?:bytes[ =])?0-(\d{1,18})")
_REFUSED_PATCH = frozenset({400, 404, 405})
_GONE = frozenset({404, 416})
_TOO_LARGE = 413
_BEFORE_WHOLE = 3
"""Failures of the first part after which the whole is tried in one request: some servers do
not say that they take no parts, but hang up."""


class Transfer:
    """One blob's way. For one thread."""

    def __init__(
        self, session: Session, blobs: Blobs, descriptor: Descriptor, feed: Feed, place: Slot
    ) -> None:
        self._session = session
        self._blobs = blobs
        self._descriptor = descriptor
        self._feed = feed
        self._place = place
        self._attempts = session.attempts()
        self._begins_at = f"{session.url('blobs/uploads')}/"
        self._chunk = CHUNK
        self._whole = is_small(descriptor)
        self._failures = 0
        self._taken = False  # whether the registry has taken a part
        self._again = False  # whether this is not the first try
        self._patched = False  # whether the registry's word for what it has was taken
        self._position = 0
        self._furthest = 0
        self._url = self._remembered()
        self._in_doubt = bool(self._url)

    def mount(self, other: str) -> bool:
        """Ask the registry to take the blob from another of its repositories."""
        query = f"mount={quote(str(self._descriptor.digest))}&from={quote(other, safe='')}"
        allowed = frozenset({400, 401, 403, 404, 405})
        question = Question("POST", with_query(self._begins_at, query), PUSH, allowed=allowed)
        try:
            answer = self._session.ask(question)
        except DeniedError:
            # A token server may refuse what reads the other repository.
            self._session.unlearn(PUSH)
            return False
        if answer.status == 201:
            stated = answer.headers.get("docker-content-digest", str(self._descriptor.digest))
            return stated == str(self._descriptor.digest)
        if answer.status == 202 and not self._url:
            self._started(answer, question.url)
        return False

    def run(self) -> None:
        """Send the blob."""
        while True:
            try:
                self._go_on()
            except TransientError as fault:
                self._in_doubt = self._again = True
                self._failures += 1
                self._attempts.failed(fault)
            except AiverifyError:
                if self._feed.spoilt:
                    self._cancel()
                raise
            else:
                self._place.forget()
                return

    def _go_on(self) -> None:
        if not self._url:
            # The answer may be lost that said that all is there.
            if self._again and self._blobs.has(self._descriptor):
                return
            self._begin()
        elif self._in_doubt:
            self._ask_position()
        self._in_doubt = False
        if self._whole or (not self._taken and self._failures >= _BEFORE_WHOLE):
            self._put_whole()
            return
        while self._position < self._descriptor.size:
            self._patch()
        self._commit()

    def _begin(self) -> None:
        question = Question("POST", self._begins_at, PUSH)
        self._started(self._session.ask_once(question), question.url)
        if not self._url:
            raise UndecidedError(f"{self._session.host} begins an upload and does not say where")

    def _started(self, answer: Answer, url: str) -> None:
        self._position, self._patched = 0, False
        self._move(answer, url)
        least = answer.headers.get("oci-chunk-min-length", "")
        if least.isascii() and least.isdigit():
            self._chunk = max(self._chunk, int(least[:18]))

    def _patch(self) -> None:
        count = min(self._chunk, self._descriptor.size - self._position)
        end = self._position + count
        headers = {**_BYTES, "Content-Range": f"{self._position}-{end - 1}"}
        allowed = _REFUSED_PATCH | {416, _TOO_LARGE}
        part = Part(self._feed, self._position, count)
        question = Question("PATCH", self._url, PUSH, headers, part, allowed)
        answer = self._session.ask_once(question)
        if answer.status in _REFUSED_PATCH and not self._taken:
            self._whole = True
            self._lose("takes no parts of a blob")
        elif answer.status == _TOO_LARGE:
            self._shrink()
        elif answer.status >= 400:
            self._lose("does not know any more what was sent")
        else:
            self._taken = True
            self._move(answer, question.url)
            stated = _range(answer)
            if stated not in (None, 1, end):
                # Some speak of the part alone: what they have in all, they say when asked.
                self._ask_position()
                return
            # Some say `0-0` whatever they took; the digest shows in the end.
            self._reached(end, end)

    def _reached(self, position: int, most: int) -> None:
        if position > most:
            self._lose("speaks of bytes that nobody sent")
        before, self._position = self._position, position
        if position == most:
            self._feed.mark()
        else:
            self._patched = True
        if position <= before:
            error = UndecidedError(f"{self._session.host} takes nothing of what is sent")
            raise TransientError(error)
        self._progressed()

    def _shrink(self) -> None:
        if self._chunk <= LEAST_CHUNK:
            raise DeniedError(f"{self._session.host} takes no {LEAST_CHUNK} bytes in one request")
        self._chunk = max(LEAST_CHUNK, min(self._chunk, self._descriptor.size) // 2)

    def _ask_position(self) -> None:
        """Ask how much the registry has."""
        allowed = frozenset({400, 404, 405, 416})
        question = Question("GET", self._url, PUSH, allowed=allowed)
        answer = self._session.ask_once(question)
        stated = _range(answer)
        # `0-0` is said of one byte and of none.
        if answer.status >= 300 or not stated or not 1 < stated <= self._descriptor.size:
            self._lose("does not know any more what was sent")
        self._move(answer, question.url)
        self._taken = self._patched = True
        self._position = stated
        self._progressed()

    def _progressed(self) -> None:
        if self._position > self._furthest:
            self._furthest = self._position
            self._attempts.progressed()

    def _put_whole(self) -> None:
        part = Part(self._feed, 0, self._descriptor.size, last=True) if self._feed.size else b""
        if not self._feed.size:
            self._feed.check()
        try:
            self._end(self._url, part)
        except TransientError:
            self._url = ""
            raise

    def _commit(self) -> None:
        self._feed.seek(self._descriptor.size)
        self._feed.check()
        self._end(self._url, b"")

    def _end(self, url: str, body: bytes | Part) -> None:
        query = f"digest={quote(str(self._descriptor.digest))}"
        allowed = frozenset({400, 404, 416})
        question = Question("PUT", with_query(url, query), PUSH, _BYTES, body, allowed)
        answer = self._session.ask_once(question)
        if answer.status in _GONE or (answer.status == 400 and self._patched):
            self._lose("does not know any more what was sent")
        if answer.status == 400:
            self._feed.prove()
            if b"DIGEST_INVALID" in answer.body:
                self._lose("got other bytes than were sent")
        if answer.status >= 400:
            raise refusal(self._session.host, answer.status, answer.body)
        stated = answer.headers.get("docker-content-digest", str(self._descriptor.digest))
        if stated != str(self._descriptor.digest):
            raise DeniedError(
                f"{self._session.host} stores {self._descriptor.digest} by another digest"
            )

    def _lose(self, why: str) -> NoReturn:
        """Begin anew, after a while."""
        self._url, self._position = "", 0
        self._place.keep("")
        raise TransientError(UndecidedError(f"{self._session.host} {why}"))

    def _cancel(self) -> None:
        """Have the registry throw away what it has, if it will."""
        allowed = frozenset(range(400, 500))
        with contextlib.suppress(TransientError, AiverifyError):
            if self._url:
                self._session.ask_once(Question("DELETE", self._url, PUSH, allowed=allowed))
        self._place.forget()

    def _move(self, answer: Answer, url: str) -> None:
        if location := answer.headers.get("location", ""):
            self._url = self._session.resolve(location, url)
            self._place.keep(self._url)

    def _remembered(self) -> str:
        with contextlib.suppress(UndecidedError):
            if location := self._place.location():
                return self._session.resolve(location, self._begins_at)
        return ""


def is_small(descriptor: Descriptor) -> bool:
    """Whether a blob is sent in one request."""
    return descriptor.size <= SMALL


def _range(answer: Answer) -> int | None:
    """How many bytes an upload has, by the `Range` of an answer; None where it does not say."""
    found = _RANGE.fullmatch(answer.headers.get("range", "").strip())
    return int(found[1]) + 1 if found else None
