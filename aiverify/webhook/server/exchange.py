"""A request and its answer, and who gives it."""

from __future__ import annotations

import json
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

PLAIN = "text/plain; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Head:
    """A request without its body.

    `headers` have their names in small letters; `began` is when its first byte came, by the
    event loop's clock; `refused` is why this client is not let in, or empty.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    began: float
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. With `close` the connection ends with it."""

    status: int
    body: bytes = b""
    kind: str = PLAIN
    headers: tuple[tuple[str, str], ...] = field(default=())
    close: bool = False


Coming: TypeAlias = Coroutine[Any, Any, Answer]


class Handler(Protocol):
    """Answers requests. All of it runs on the event loop."""

    def refuse(self, head: Head, /) -> Answer | None:
        """The answer to what needs no reading of its body; None where that is needed."""
        ...

    def instead(self, head: Head, begun: bytes, answer: Answer, /) -> Answer:
        """What is answered where a body is not read to its end; `begun` is how it begins."""
        ...

    def answer(self, head: Head, body: bytes, /) -> Answer | Coming:
        """The answer to a request, or what has to be waited for."""
        ...


def plain(status: int, text: str, *, close: bool = False, allow: str = "") -> Answer:
    """An answer of one sentence. `allow` are the methods that there are (RFC 9110, 10.2.1)."""
    headers = (("allow", allow),) if allow else ()
    return Answer(status, f"{text}\n".encode(), PLAIN, headers, close)


def of_json(value: object) -> Answer:
    """An answer that is a JSON document."""
    return Answer(200, json.dumps(value, separators=(",", ":")).encode(), JSON)


def headers_of(answer: Answer, *, last: bool) -> list[tuple[str, str]]:
    """The headers of an answer. The `last` one of a connection says that it is."""
    return [
        ("content-type", answer.kind),
        ("content-length", str(len(answer.body))),
        ("date", _date(int(time.time()))),
        *answer.headers,
        *([("connection", "close")] if last else []),
    ]


def busy() -> Answer:
    """There is no room for one more."""
    answer = plain(503, "too many requests at once; try again")
    return Answer(answer.status, answer.body, PLAIN, (("retry-after", "1"),))


@lru_cache(maxsize=1)
def _date(seconds: int) -> str:
    """The time as headers have it: many answers go out within a second."""
    return formatdate(seconds, usegmt=True)
