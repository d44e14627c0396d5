"""Asking one registry about one repository: logged in, and again where it is busy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from aiverify.errors import DeniedError, UndecidedError
from aiverify.registry.http import MAX_ANSWER, Body, Call, Connections, Reply, busy, host_of
from aiverify.registry.interface import Answer, Authorizer
from aiverify.registry.location import is_same_origin, resolve
from aiverify.registry.refusal import refusal
from aiverify.registry.retrying import BUSY, Attempts, Backoff, TransientError

PULL = "pull"
PUSH = "pull,push"
DELETE = "pull,push,delete"

MAX_REDIRECTS = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOGINS = 3
"""Times that one request is sent to be let in: without a header, with an old one, a new one."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request to a registry: what is to be done, and with what right.

    `allowed` are the statuses of 400 and more that are no error here.
    """

    method: str
    url: str
    actions: str = PULL
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Body = field(default=b"", repr=False)
    allowed: frozenset[int] = frozenset()
    redirects: bool = False


class Session:
    """Asks about the repository `name` of the registry `host`. For several threads."""

    def __init__(
        self, host: str, url: str, name: str, connections: Connections, authorizer: Authorizer
    ) -> None:
        self.host = host
        self.name = name
        self._home = url
        self._connections = connections
        self._authorizer = authorizer
        self._challenges: dict[str, str] = {}

    @property
    def backoff(self) -> Backoff:
        """How long to wait."""
        return self._connections.backoff

    def attempts(self) -> Attempts:
        """A new count of failures in a row."""
        return Attempts(self.backoff)

    def url(self, path: str) -> str:
        """The URL of something in the repository, such as `manifests/latest`."""
        return f"{self._home}/v2/{self.name}/{quote(path, safe='/:')}"

    def resolve(self, location: str, current: str) -> str:
        """The URL that an answer of `current` sends to. Raises as `location.resolve`."""
        return resolve(location, current, self._home)

    def unlearn(self, actions: str) -> None:
        """Forget what the registry asked for last before some actions, which was too much."""
        self._challenges.pop(actions, None)

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def ask(self, question: Question, limit: int = MAX_ANSWER) -> Answer:
        """Ask until there is an answer of at most `limit` bytes.

        Raises:
            DeniedError: the registry refuses.
            UndecidedError: it is out of reach, too slow, out of order, or says too much.
        """
        attempts = self.attempts()
        while True:
            try:
                return self.ask_once(question, limit)
            except TransientError as fault:
                attempts.failed(fault)

    def ask_once(self, question: Question, limit: int = MAX_ANSWER) -> Answer:
        """As `ask`, without asking again.

        Raises:
            TransientError: asking again may help.
            DeniedError, UndecidedError: as `ask`.
        """
        with self.open(question) as reply:
            return Answer(reply.status, reply.headers, reply.read(limit))

    @contextmanager
    def open(self, question: Question) -> Iterator[Reply]:
        """Ask once, and hand out an answer that is a good one while the context lasts.

        Raises:
            TransientError: asking again may help.
            DeniedError, UndecidedError: as `ask`.
        """
        with ExitStack() as stack:
            yield self._followed(question, stack)

    def _followed(self, question: Question, stack: ExitStack) -> Reply:
        url = question.url
        for _ in range(MAX_REDIRECTS + 1):
            reply, secret = self._let_in(question, url, stack)
            if not (question.redirects and reply.status in _REDIRECTS):
                return self._judged(reply, question, secret)
            url = self.resolve(reply.headers.get("location", ""), url)
            stack.close()
        raise UndecidedError(f"{self.host} sends elsewhere more than {MAX_REDIRECTS} times")

    def _let_in(self, question: Question, url: str, stack: ExitStack) -> tuple[Reply, str]:
        """An answer that asks for no login, if one can be had, and what was said to get it.

        Only the registry itself learns who asks, and only its own challenge is answered.
        """
        at_home = is_same_origin(url, self._home)
        header = self._authorization(question.actions) if at_home else ""
        for turn in range(_LOGINS):
            headers = {**question.headers, **({"Authorization": header} if header else {})}
            call = Call(question.method, url, headers, question.body)
            reply = stack.enter_context(self._connections.open(call))
            challenge = reply.headers.get("www-authenticate", "")
            if reply.status != 401 or not at_home or not challenge or turn == _LOGINS - 1:
                break
            if header:
                self._authorizer.forget(self.name, question.actions)
            self._challenges.setdefault("", challenge)
            self._challenges[question.actions] = challenge
            renewed = self._authorization(question.actions)
            if renewed in ("", header):
                break
            header = renewed
            reply.read(MAX_ANSWER)
            stack.close()
        return reply, header

    def _authorization(self, actions: str) -> str:
        # One that was for other actions saves being refused first.
        challenge = self._challenges.get(actions) or self._challenges.get("")
        if not challenge:
            return ""
        return self._authorizer.authorize(challenge, self.name, actions)

    def _judged(self, reply: Reply, question: Question, secret: str) -> Reply:
        if reply.status in BUSY:
            raise busy(reply)
        if 200 <= reply.status < 300 or reply.status in question.allowed:
            return reply
        if reply.host != host_of(self._home) and 400 <= reply.status < 500:
            # What a store says may repeat the signature that it was asked with.
            raise DeniedError(
                f"{reply.host} refuses (HTTP {reply.status}); {self.host} sends there"
            )
        raise refusal(reply.host, reply.status, reply.read(MAX_ANSWER), secret)
