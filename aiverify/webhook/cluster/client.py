"""Asking a Kubernetes API server: over verified TLS, bounded, in limited time.

What is needed of the API and no more: to get, create, replace and patch an object, and to watch a
list of them. A conflict is told apart, because every change here is made on condition that the
object is still what was read (its `resourceVersion`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.core.names import printable
from aiverify.errors import DeniedError, InputError, MalformedError, UndecidedError
from aiverify.files.web import plain_session, unauthenticated
from aiverify.version import __version__
from aiverify.webhook.cluster.place import ApiServer

if TYPE_CHECKING:
    import requests

MAX_ANSWER = 8 << 20
"""Bytes that an answer, or one event of a watch, may have. An object has at most 1.5 MiB."""

SECONDS = 10.0
"""Seconds that an answer may take."""

_MAX_TOKEN = 1 << 16
_CHUNK = 1 << 16
_JSON = "application/json"
_JSON_PATCH = "application/json-patch+json"

Document = Mapping[str, Json]


class MissingError(InputError):
    """What was asked for is not there."""


class ConflictError(UndecidedError):
    """Somebody else was quicker: the object is not the one that was read, or is there already."""


class GoneError(UndecidedError):
    """A watch began too long ago. The list is to be read again."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a watch tells: `ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`, and of what."""

    kind: str
    object: Document


class Api(Protocol):
    """What is asked of an API server. Each method raises as `Client` does."""

    def get(self, path: str) -> Document:
        """Read an object, or a list."""
        ...

    def create(self, path: str, document: Document) -> Document:
        """Make an object in the collection at `path`."""
        ...

    def replace(self, path: str, document: Document) -> Document:
        """Write an object anew, if it is still of the `resourceVersion` that it names."""
        ...

    def patch(self, path: str, operations: Sequence[Document]) -> Document:
        """Change an object by a JSON Patch (RFC 6902)."""
        ...

    def watch(self, path: str, version: str, seconds: int) -> Iterator[Event]:
        """What happens to a list since a version, for so many seconds at most."""
        ...


class Client:
    """Asks one API server. For one thread.

    Every method raises:
        MissingError: what was asked for is not there.
        ConflictError: it was changed meanwhile.
        DeniedError: who asks may not.
        UndecidedError: the API server is out of reach, too slow, or answers nonsense.
    """

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._session = plain_session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = f"aiverify/{__version__}"

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def get(self, path: str) -> Document:
        """Read an object, or a list."""
        return self._ask("GET", path)

    def create(self, path: str, document: Document) -> Document:
        """Make an object in the collection at `path`."""
        return self._ask("POST", path, document)

    def replace(self, path: str, document: Document) -> Document:
        """Write an object anew, if it is still of the `resourceVersion` that it names."""
        return self._ask("PUT", path, document)

    def patch(self, path: str, operations: Sequence[Document]) -> Document:
        """Change an object by a JSON Patch (RFC 6902)."""
        return self._ask("PATCH", path, operations, _JSON_PATCH)

    def watch(self, path: str, version: str, seconds: int) -> Iterator[Event]:
        """What happens to a list since a version, for so many seconds at most.

        Raises:
            GoneError: it began too long ago.
        """
        query: dict[str, str] = {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(seconds),
        }
        with self._open("GET", path, query=query, seconds=seconds + SECONDS) as answer:
            for line in _lines(answer, time.monotonic() + seconds + SECONDS):
                yield _event(line)

    def _ask(self, method: str, path: str, body: Json = None, kind: str = _JSON) -> Document:
        deadline = time.monotonic() + SECONDS
        with self._open(method, path, body, kind) as answer:
            return _parse(b"".join(_chunks(answer, deadline)), "the API server's answer")

    @contextmanager
    def _open(
        self,
        method: str,
        path: str,
        body: Json = None,
        kind: str = _JSON,
        *,
        query: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
    ) -> Iterator[requests.Response]:
        headers = {"Accept": _JSON, **self._authorization()}
        if body is not None:
            headers["Content-Type"] = kind
        server = self._server
        with _faults():
            answer = self._session.request(
                method,
                f"{server.url}{path}",
                params=dict(query or {}),
                data=None if body is None else canonical(body),
                headers=headers,
                auth=unauthenticated,
                allow_redirects=False,
                stream=True,
                timeout=(SECONDS, seconds),
                verify=str(server.roots) if server.roots else True,
                cert=(str(server.certificate[0]), str(server.certificate[1]))
                if server.certificate
                else None,
            )
            with answer:
                _refuse(answer, method, path)
                yield answer

    def _authorization(self) -> dict[str, str]:
        """The token as it is now: a kubelet writes a new one into its file before it expires."""
        path = self._server.token_file
        token = self._server.token
        if path is not None:
            from aiverify.files.extent import Extent

            token = Extent.of_named(path).read(_MAX_TOKEN).decode("ascii", "replace").strip()
        return {"Authorization": f"Bearer {token}"} if token else {}


def _refuse(answer: requests.Response, method: str, path: str) -> None:
    """Turn an error's status into our error, with what the API server says of it."""
    status = answer.status_code
    if 200 <= status < 300:
        return
    said = _message(answer)
    shown = f"{method} {printable(path)}: {said}" if said else f"{method} {printable(path)}"
    if status == 404:
        raise MissingError(f"the API server has no such thing ({shown})")
    if status == 409:
        raise ConflictError(f"somebody else changed it first ({shown})")
    if status == 410:
        raise GoneError(f"the API server no longer knows that version ({shown})")
    if status in (401, 403, 422):
        raise DeniedError(f"the API server refuses with HTTP {status} ({shown})")
    raise UndecidedError(f"the API server answers with HTTP {status} ({shown})")


def _message(answer: requests.Response) -> str:
    try:
        data = b"".join(_chunks(answer, time.monotonic() + SECONDS))
        found = load_object(data, "the API server's answer").get("message")
    except (UndecidedError, MalformedError):
        return ""
    return printable(found[:500]) if isinstance(found, str) else ""


def _chunks(answer: requests.Response, deadline: float) -> Iterator[bytes]:
    size = 0
    while chunk := answer.raw.read1(_CHUNK, decode_content=False):
        size += len(chunk)
        if size > MAX_ANSWER:
            raise UndecidedError(f"the API server answers with more than {MAX_ANSWER} bytes")
        if time.monotonic() > deadline:
            raise UndecidedError("the API server is too slow")
        yield chunk


def _lines(answer: requests.Response, deadline: float) -> Iterator[bytes]:
    rest = bytearray()
    while chunk := answer.raw.read1(_CHUNK, decode_content=False):
        *whole, last = chunk.split(b"\n")
        for piece in whole:
            rest += piece
            if rest.strip():
                yield bytes(rest)
            rest.clear()
        rest += last
        if len(rest) > MAX_ANSWER:
            raise UndecidedError(f"an event of a watch has more than {MAX_ANSWER} bytes")
        if time.monotonic() > deadline:
            return


def _event(line: bytes) -> Event:
    found = _parse(line, "an event of the API server")
    kind, item = found.get("type"), found.get("object")
    if not isinstance(kind, str) or not isinstance(item, Mapping):
        raise UndecidedError("an event of the API server has no type or no object")
    if kind == "ERROR":
        if item.get("code") == 410:
            raise GoneError("the API server no longer knows that version")
        raise UndecidedError(f"the watch ended: {printable(str(item.get('message'))[:500])}")
    return Event(kind, item)


def _parse(data: bytes, what: str) -> Document:
    try:
        return load_object(data, what)
    except MalformedError as error:
        raise UndecidedError(error.message) from error


@contextmanager
def _faults() -> Iterator[None]:
    """What requests says goes on as ours, in one sentence."""
    import requests
    import urllib3

    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise UndecidedError("the API server gave no answer in time") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise UndecidedError("the API server's certificate is not trusted") from None
        raise UndecidedError("the API server is out of reach") from None
