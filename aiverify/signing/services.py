"""Asking a signing service over HTTP: bounded, in limited time, and nowhere else than told.

Redirects are not followed: they would carry a signature to somebody whom nobody named. Plain
HTTP is for this machine alone. No credentials are sent, not even those of a `.netrc`. Proxies
and roots of TLS are those of the environment, as other signing tools have them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiverify.core import urls
from aiverify.core.names import printable
from aiverify.core.words import MAX_SAID, said
from aiverify.errors import DeniedError, UndecidedError
from aiverify.files.web import plain_session, unauthenticated

if TYPE_CHECKING:
    import requests

MAX_ANSWER = 1 << 20
"""Bytes that an answer may have."""

TIMEOUT = 60.0
"""Seconds that an answer may take: a log answers when the entry is in its tree."""

_CONNECT = 10.0
_ATTEMPTS = 3
_PAUSE = 0.2
BUSY = frozenset({429, 502, 503, 504})
"""HTTP statuses after which the same request may be sent again."""

_CHUNK = 1 << 14


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: an HTTP status, its bytes, and the `Location` header or nothing."""

    status: int
    body: bytes
    location: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service to ask: its URL, what to call it in messages, and the seconds it may take.

    Raises:
        UsageError: the URL is none of HTTPS, or of HTTP on this machine.
    """

    url: str
    what: str
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        hint = "A URL of a service has a host and a path, and no user, query or fragment."
        urls.check(self.url, self.what, hint)

    def __str__(self) -> str:
        return f"{self.what} at {printable(self.url)}"

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str], allowed: tuple[int, ...] = ()
    ) -> Answer:
        """Post to a path below the URL, and again while the service says that it is busy.

        Raises:
            DeniedError: the service refuses (4xx, but for those `allowed`), in its own words.
            UndecidedError: it is out of reach, too slow, out of order (5xx), says too much or
                sends elsewhere.
        """
        return self._ask("POST", path, body, headers, allowed)

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Get a path below the URL. Raises as `post`."""
        return self._ask("GET", path, b"", headers, ())

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        allowed: tuple[int, ...],
    ) -> Answer:
        import requests
        import urllib3

        deadline = time.monotonic() + self.timeout
        try:
            for attempt in range(1, _ATTEMPTS + 1):
                with plain_session() as session:
                    session.trust_env = not urls.is_loopback(self.url)
                    response = session.request(
                        method,
                        self.url.rstrip("/") + path if path else self.url,
                        data=body,
                        headers={"Accept-Encoding": "identity", **headers},
                        auth=unauthenticated,
                        timeout=(min(_CONNECT, self.timeout), self.timeout),
                        allow_redirects=False,
                        stream=True,
                    )
                    if response.status_code not in BUSY or attempt == _ATTEMPTS:
                        return self._judged(response, deadline, allowed)
                time.sleep(min(_PAUSE * attempt, self.timeout))
        except requests.ConnectionError as error:
            raise UndecidedError(f"{self} is out of reach") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise UndecidedError(f"{self} gave no answer within {self.timeout:g} s") from error
        raise UndecidedError(f"{self} is busy")

    def _judged(
        self, response: requests.Response, deadline: float, allowed: tuple[int, ...]
    ) -> Answer:
        status = response.status_code
        if 300 <= status < 400:
            raise UndecidedError(
                f"{self} sends elsewhere (HTTP {status}), where nobody told to go",
                hint="Name the service by the URL at which it answers itself.",
            )
        body = self._read(response, deadline)
        if status >= 500 or status in BUSY:
            raise UndecidedError(f"{self} is out of order (HTTP {status})")
        if status >= 400 and status not in allowed:
            raise DeniedError(f"{self} refuses (HTTP {status}): {words(body)}")
        return Answer(status, body, response.headers.get("Location", ""))

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = b""
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > MAX_ANSWER:
                raise UndecidedError(f"{self} answers with more than {MAX_ANSWER} bytes")
            if time.monotonic() > deadline:
                raise UndecidedError(f"{self} gave no answer within {self.timeout:g} s")
        return body


def words(body: bytes) -> str:
    """A service's own words: those of its JSON if it is some, cut and made safe to print."""
    from aiverify.core.jsonvalue import load_object
    from aiverify.errors import MalformedError

    text = body[: 4 * MAX_SAID].decode("utf-8", "replace")
    try:
        stated = load_object(body, "an answer").get("message")
        text = stated if isinstance(stated, str) else text
    except MalformedError:
        pass
    return said(text)
