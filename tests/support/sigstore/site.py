"""A service on loopback in a thread, that can be slow, out of order or out of reach."""

from __future__ import annotations

import json
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came in."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """The body as a JSON object."""
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise RefusedError(f"not JSON: {error}") from None
        if not isinstance(value, dict):
            raise RefusedError("not a JSON object")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    location: str = ""


class RefusedError(Exception):
    """The request is not granted, with the HTTP status and why."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Switches:
    """What may be wrong with any service: it answers a status only, or late, in seconds."""

    status: int = 0
    delay: float = 0.0


def json_answer(value: Json, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(json.dumps(value).encode(), status)


def _refusal(message: str, status: int) -> Answer:
    return json_answer({"code": status, "message": message}, status)


Route = Callable[[Call], Answer]


class Site:
    """One service. A kind of service says what it does under which `METHOD /path`."""

    switches: Any = Switches()

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[str] = []
        self._server: _Server | None = None
        self._stopping = threading.Event()
        self._port = 0

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{HOST}:{self._port}"

    @contextmanager
    def having(self, **changes: Any) -> Iterator[Self]:
        """The service with other switches, for a while."""
        before = self.switches
        self.switches = replace(before, **changes)
        try:
            yield self
        finally:
            self.switches = before

    @contextmanager
    def out_of_reach(self) -> Iterator[Self]:
        """Nobody listens where the service was, for a while: connections are refused."""
        self.stop()
        with socket.socket() as place:
            # Bound and not listening, so that no other program is given the port.
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            place.bind((HOST, self._port))
            try:
                yield self
            finally:
                place.close()
                self.start()

    def start(self) -> None:
        """Serve, where it served before or at a port of the system's choice."""
        self._stopping.clear()
        self._server = _Server(self, self._port)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._stopping.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, method: str, call: Call) -> Answer:
        """What a request is answered."""
        name = f"{method} {call.path}"
        self.asked.append(name)
        switches = self.switches
        self._stopping.wait(switches.delay)
        if switches.status:
            return _refusal("out of order", switches.status)
        if name not in self.routes:
            return _refusal(f"nothing at {name}", 404)
        try:
            return self.routes[name](call)
        except RefusedError as error:
            return _refusal(str(error), error.status)
        except Exception:  # noqa: BLE001 - whatever is wrong here, the client is to show it
            return _refusal(traceback.format_exc(), 500)


class _Server(ThreadingHTTPServer):
    """A server that knows its site."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, site: Site, port: int) -> None:
        self.site = site
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind, and ask no resolver for this machine's name as the inherited method does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    """One request a connection."""

    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = Call(url.path, dict(parse_qsl(url.query)), dict(self.headers), body)
        answer = self.server.site.answer(self.command, call)
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            self.wfile.write(answer.body)
        except ConnectionError:
            pass  # the client did not want to wait
