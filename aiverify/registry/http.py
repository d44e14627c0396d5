"""One request to one URL: bounded, in limited time, following no redirect.

Roots of TLS and proxies are those of the environment unless a `Place` names others; there is
no proxy before this machine. No cookie is kept, no `.netrc` read. A URL may carry a signature
that is as good as a password, so what goes wrong is told by its host alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from aiverify.core import urls
from aiverify.core.names import printable
from aiverify.errors import UndecidedError
from aiverify.files.web import plain_session, unauthenticated
from aiverify.registry.interface import Answer
from aiverify.registry.place import Patience, Place
from aiverify.registry.retrying import BUSY, Attempts, TransientError
from aiverify.version import __version__

if TYPE_CHECKING:
    import requests

CONNECT = 10.0
"""Seconds that a connection may take."""

IDLE = 30.0
"""Seconds that may pass without a byte."""

WHOLE = 300.0
"""Seconds that an answer may take that is read whole."""

MAX_ANSWER = 1 << 20
"""Bytes that an answer may have that is not a manifest, a list or a blob."""

CHUNK = 256 << 10
"""Bytes read or sent at a time. Larger chunks leave the processor's cache before they are
hashed, and might not be sent within the time that one may take."""


class Body(Protocol):
    """A request's body that is sent as it is read. It can be read again, from its beginning."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes | memoryview]: ...


@dataclass(frozen=True, slots=True)
class Call:
    """A request."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Body = field(default=b"", repr=False)


class Reply:
    """An answer whose body is still to come."""

    def __init__(self, response: requests.Response, host: str, patience: Patience) -> None:
        self._response = response
        self._patience = patience
        self.host = host
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    @property
    def length(self) -> int | None:
        """The bytes that the body is said to have, or None."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes in.

        Raises:
            TransientError: it breaks off, or nothing comes.
        """
        while True:
            with _faults(self.host, self._patience.idle):
                chunk = self._response.raw.read1(CHUNK, decode_content=False)
            if not chunk:
                return
            yield chunk

    def read(self, limit: int) -> bytes:
        """The whole body.

        Raises:
            TransientError: it breaks off, or nothing comes.
            UndecidedError: it has more than `limit` bytes, or takes too long.
        """
        started, body = time.monotonic(), bytearray()
        for chunk in self.chunks():
            body += chunk
            if len(body) > limit:
                raise UndecidedError(f"{self.host} answers with more than {limit} bytes")
            if time.monotonic() - started > self._patience.whole:
                most = self._patience.whole
                raise UndecidedError(f"{self.host} gave no whole answer within {most:g} s")
        if self.length is not None and len(body) < self.length and self._has_body():
            raise TransientError(UndecidedError(f"{self.host} breaks off its answers"))
        return bytes(body)

    def close(self) -> None:
        """Give up the rest. A connection whose answer was read whole is used again."""
        self._response.close()

    def _has_body(self) -> bool:
        return self._response.request.method != "HEAD" and self.status not in (204, 304)


class Connections:
    """Connections of one `Place`. It is a `Sender`, and any thread may use it.

    One that was used by a thread serves the next that asks, whichever that is.
    """

    def __init__(self, place: Place) -> None:
        self.backoff = place.backoff
        self._ca = str(place.ca) if place.ca else None
        self._patience = place.patience
        self._lock = threading.Lock()
        self._free: list[requests.Session] = []
        self._all: list[requests.Session] = []

    @contextmanager
    def open(self, call: Call) -> Iterator[Reply]:
        """Send a request, and hand out the answer while the context lasts.

        Raises:
            TransientError: the connection breaks, or nothing comes.
            UndecidedError: the host's certificate is not trusted, or the URL is none of HTTPS
                or of HTTP on this machine.
        """
        with self._session() as session:
            reply = self._sent(session, call)
            try:
                yield reply
            finally:
                reply.close()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Ask, and again where the server is busy or the connection breaks.

        Raises:
            UndecidedError: it is out of reach, too slow, or says too much.
        """
        attempts = Attempts(self.backoff)
        while True:
            try:
                with self.open(Call(method, url, headers, body)) as reply:
                    if reply.status in BUSY:
                        raise busy(reply)
                    return Answer(reply.status, reply.headers, reply.read(MAX_ANSWER))
            except TransientError as fault:
                attempts.failed(fault)

    def close(self) -> None:
        """Close all of them, those in use too."""
        with self._lock:
            sessions, self._all, self._free = self._all, [], []
        for session in sessions:
            session.close()

    def _sent(self, session: requests.Session, call: Call) -> Reply:
        host = host_of(call.url)
        loopback = urls.is_loopback(call.url)
        if not call.url.startswith("https://") and not (
            loopback and call.url.startswith("http://")
        ):
            raise UndecidedError(f"{host} would be asked in the clear")
        session.trust_env = not loopback
        # requests sends the items of an iterable as they are, whatever its types say.
        body: Any = call.body
        patience = self._patience or Patience(CONNECT, IDLE, WHOLE)
        with _faults(host, patience.idle):
            response = session.request(
                call.method,
                call.url,
                data=body,
                headers=call.headers,
                auth=unauthenticated,
                timeout=(patience.connect, patience.idle),
                allow_redirects=False,
                stream=True,
                # Left to the session, the environment's roots would come before the ones named.
                verify=self._ca,
            )
        return Reply(response, host, patience)

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        """One that nobody else uses meanwhile: the one that was used last, or a new one."""
        with self._lock:
            session = self._free.pop() if self._free else None
        if session is None:
            session = _new_session()
            with self._lock:
                self._all.append(session)
        try:
            yield session
        finally:
            with self._lock:
                if session in self._all:
                    self._free.append(session)


def busy(reply: Reply) -> TransientError:
    """What an answer of a status in `BUSY` is."""
    what = "is busy" if reply.status == 429 else "is out of order"
    error = UndecidedError(f"{reply.host} {what} (HTTP {reply.status})")
    return TransientError(error, reply.headers.get("retry-after", ""))


def host_of(url: str) -> str:
    """The host of a URL with its port, safe to print."""
    return printable(urlsplit(url).netloc.rpartition("@")[2][:300])


def _new_session() -> requests.Session:
    session = plain_session()
    session.headers["User-Agent"] = f"aiverify/{__version__}"
    return session


@contextmanager
def _faults(host: str, idle: float) -> Iterator[None]:
    """What requests says goes on as ours, without the URL that it names."""
    import requests
    import urllib3

    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        error = UndecidedError(f"{host} gave no answer within {idle:g} s")
        raise TransientError(error) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        text = str(error)
        if "CERTIFICATE_VERIFY_FAILED" in text:
            raise UndecidedError(
                f"the certificate of {host} is not trusted",
                hint="Name the roots to trust with --ca-file.",
            ) from None
        if "WRONG_VERSION_NUMBER" in text or "RECORD_LAYER_FAILURE" in text:
            raise UndecidedError(
                f"{host} does not speak TLS",
                hint="--plain-http is for registries on this machine.",
            ) from None
        raise TransientError(UndecidedError(f"{host} is out of reach")) from None
