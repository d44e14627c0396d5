"""HTTP as an OPA is asked: bounded, in limited time, and nowhere else than told.

opa-python-client brings a session that follows redirects, retries, and reads answers of any
size. It gets this one instead. Answers are parsed strictly: an object with a key twice could
hold an allow and a deny.
"""

from __future__ import annotations

import io
import json
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiverify.core.jsonvalue import canonical, loads
from aiverify.errors import AiverifyError, UndecidedError
from aiverify.files.web import session_class, unauthenticated
from aiverify.policy.opa.place import OpaPlace

if TYPE_CHECKING:
    import requests

MAX_ANSWER = 16 << 20
"""Bytes that an answer may have."""

_CONNECT = 10.0
_CHUNK = 1 << 16


def new_session(place: OpaPlace, path: Path | None = None) -> requests.Session:
    """A session that asks as above, over TCP or over the Unix socket at `path`."""
    from requests.adapters import HTTPAdapter

    base: Any = session_class()

    class Session(base):  # type: ignore[misc]
        def request(self, method: str, url: str, **options: Any) -> requests.Response:
            return _ask(super().request, method, url, place, options)

    session: requests.Session = Session()
    # Proxies are those of the environment, as elsewhere, but none stands before this machine.
    session.trust_env = not place.is_loopback
    for scheme in ("http://", "https://"):
        session.mount(scheme, _unix_adapter(path) if path else HTTPAdapter(max_retries=0))
    return session


def _ask(
    send: Any, method: str, url: str, place: OpaPlace, options: dict[str, Any]
) -> requests.Response:
    if "json" in options:
        options["data"] = canonical(options.pop("json"))
        options.setdefault("headers", {})["Content-Type"] = "application/json"
    started = time.monotonic()
    response: requests.Response = send(
        method,
        # OPA sends a path that ends in a slash elsewhere.
        url.rstrip("/"),
        **{
            **options,
            "allow_redirects": False,
            "auth": unauthenticated,
            "stream": True,
            "timeout": (min(_CONNECT, place.timeout), place.timeout),
            # Left to the session, the environment's roots would come before the ones named.
            "verify": str(place.ca) if place.ca else None,
        },
    )
    if 300 <= response.status_code < 400:
        response.close()
        raise UndecidedError(
            f"OPA sends elsewhere (HTTP {response.status_code}), where nobody told to go",
            hint="Name OPA by the URL at which it answers itself.",
        )
    return _whole(response, started + place.timeout, place.timeout)


def _whole(response: requests.Response, deadline: float, timeout: float) -> requests.Response:
    import requests

    class Answer(requests.Response):
        def json(self, **_: Any) -> Any:
            return _parse(self)

    body = bytearray()
    with response:
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > MAX_ANSWER:
                raise UndecidedError(f"OPA answers with more than {MAX_ANSWER} bytes")
            if time.monotonic() > deadline:
                raise UndecidedError(f"OPA gave no answer within {timeout:g} s")
    answer = Answer()
    answer.status_code, answer.reason = response.status_code, response.reason
    answer.headers, answer.url = response.headers, response.url
    answer.request, answer.raw = response.request, io.BytesIO(bytes(body))
    return answer


def _parse(answer: requests.Response) -> Any:
    what = f"OPA's answer (HTTP {answer.status_code})"
    try:
        if "/policies" in answer.url:
            # Syntax trees, of which nothing is read, are deeper than documents may be.
            return json.loads(answer.content)
        return loads(answer.content, what)
    except AiverifyError as error:
        raise UndecidedError(error.message) from error
    except (ValueError, RecursionError) as error:
        raise UndecidedError(f"{what} is not valid JSON") from error


def _unix_adapter(path: Path) -> Any:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection

    class Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(_CONNECT)
            try:
                sock.connect(str(path))
            except OSError:
                sock.close()
                raise
            return sock

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class Adapter(HTTPAdapter):
        pool = Pool("localhost", maxsize=8)

        def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
            return self.pool

        def close(self) -> None:
            self.pool.close()
            super().close()

    return Adapter(max_retries=0)
