"""A proxy in front of a registry that passes everything on, except where it is told to fail.

It changes nothing but the host in `Location`, so that clients stay with it. Bodies stream
through it in pieces; it remembers how many bytes went by, never which.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.registries.registry import Registry, Tls

Headers = list[tuple[str, str]]

PIECE = 64 << 10
FOREVER = 1 << 30
_OWN_TO_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade"}


@dataclass
class Fault:
    """What goes wrong, and with which requests.

    Attributes:
        method: The requests' method; empty for any.
        path: A regular expression that is found in their path and query.
        first: Which of those requests is the first that it happens to, counted from 1.
        times: To how many it happens.
        delay: Seconds that pass before anything else.
        status: The registry is not asked; this status is answered, with `body` and `headers`.
        headers: Headers of the answer that are set to other values, or added.
        body: The body where `status` is given.
        redirect: The registry is not asked; the same path below this URL is answered as location.
        cut_upload: The connection breaks after so many bytes of the request's body.
        flip_upload: At which offset of the request's body a byte is changed.
        lose_answer: The registry does as it is asked, then the connection breaks.
        cut: The connection breaks after so many bytes of the answer's body. The client may get
            fewer, for what is on its way is lost.
        end: The answer's body ends after so many bytes, as if it had been announced longer. The
            client gets all of them.
        shorten: The answer's body ends after so many bytes, and is announced so.
        stall: After so many bytes of the answer's body nothing comes any more.
        flip: At which offset of the answer's body a byte is changed.
        then: Is called when it happens: at the byte, where it happens at one.
        met: How many of those requests came.
        hits: To how many of them it happened.
        struck: Is set as soon as it has happened once.
    """

    method: str = ""
    path: str = ""
    first: int = 1
    times: int = 1
    delay: float = 0.0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    redirect: str = ""
    cut_upload: int | None = None
    flip_upload: int | None = None
    lose_answer: bool = False
    cut: int | None = None
    end: int | None = None
    shorten: int | None = None
    stall: int | None = None
    flip: int | None = None
    then: Callable[[], object] | None = None
    met: int = 0
    hits: int = 0
    struck: threading.Event = field(default_factory=threading.Event)

    def meets(self, method: str, path: str) -> bool:
        """Whether it happens to this request, which is counted."""
        if self.method not in {"", method} or not re.search(self.path, path):
            return False
        self.met += 1
        return self.first <= self.met < self.first + self.times

    def strike(self) -> None:
        """It happens now."""
        self.struck.set()
        if self.then:
            self.then()


@dataclass
class Seen:
    """A request that went by: how many bytes of its body came, and what was answered."""

    method: str
    path: str
    headers: dict[str, str]
    received: int = 0
    status: int = 0
    sent: int = 0

    @property
    def authorization(self) -> str:
        """The header that must not reach others; empty where there is none."""
        return self.headers.get("authorization", "")


class FaultProxy:
    """The proxy while it runs.

    Attributes:
        url: Where it is, without a slash at the end; `host` is that without its scheme.
        seen: Every request, in the order they came; names of headers in lower case.
    """

    def __init__(self, registry: Registry, tls: Tls | None, authorization: str, host: str) -> None:
        self.registry = registry
        self.authorization = authorization
        self.seen: list[Seen] = []
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.server = _Server(self, host)
        if tls:
            self.server.socket = tls.context().wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.host = f"{host}:{self.server.server_port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self._faults: list[Fault] = []

    def fault(self, method: str = "", path: str = "", **what: object) -> Fault:
        """From now on, this goes wrong; see `Fault`."""
        fault = Fault(method, path, **what)  # type: ignore[arg-type]
        with self.lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """From now on, nothing goes wrong. What was seen is forgotten."""
        with self.lock:
            self._faults.clear()
            self.seen.clear()

    def came(self, method: str = "", path: str = "") -> list[Seen]:
        """The requests with a method, whose path or query the regular expression is found in."""
        with self.lock:
            return [
                one for one in self.seen if method in {"", one.method} and re.search(path, one.path)
            ]

    def begin(self, seen: Seen) -> Fault:
        """Remember a request, for what goes wrong with it. Of several faults, the first does."""
        with self.lock:
            self.seen.append(seen)
            met = [fault for fault in self._faults if fault.meets(seen.method, seen.path)]
            fault = met[0] if met else Fault()
            fault.hits += 1
        return fault

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the registry."""
        if self.registry.ca is None:
            return http.client.HTTPConnection(self.registry.host, timeout=60)
        context = ssl.create_default_context(cafile=self.registry.ca)
        return http.client.HTTPSConnection(self.registry.host, timeout=60, context=context)


@contextmanager
def fault_proxy(
    registry: Registry,
    *,
    tls: Tls | None = None,
    authorization: str = "",
    host: str = "127.0.0.1",
) -> Iterator[FaultProxy]:
    """A proxy, while the context lasts.

    Args:
        registry: What it stands in front of.
        tls: With which certificate it speaks TLS itself, if it does.
        authorization: What it tells the registry for whoever says nothing. A second proxy with
            this stands for a store of blobs at another host, which needs no more than its URL.
        host: Where it listens: any address of loopback.
    """
    proxy = FaultProxy(registry, tls, authorization, host)
    thread = threading.Thread(target=proxy.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.over.set()
        proxy.server.shutdown()
        proxy.server.server_close()
        thread.join()


class _BrokenError(Exception):
    """The connection to the client is to break."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, proxy: FaultProxy, host: str) -> None:
        self.proxy = proxy
        super().__init__((host, 0), _Handler)

    def server_bind(self) -> None:
        # The inherited method asks a resolver for this machine's name.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "loopback", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nobody's concern here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen = Seen(self.command, self.path, headers)
        self.fault = self.server.proxy.begin(self.seen)
        if self.fault.delay:
            self.fault.strike()
            self.server.proxy.over.wait(self.fault.delay)
        try:
            if self.fault.status or self.fault.redirect:
                self._instead()
            else:
                self._pass_on()
        except (_BrokenError, OSError, http.client.HTTPException):
            self._break()

    def _instead(self) -> None:
        for _ in self._request_body():
            pass
        self.fault.strike()
        headers = [("Content-Length", str(len(self.fault.body)))]
        if self.fault.redirect:
            headers.append(("Location", self.fault.redirect.rstrip("/") + self.path))
        self._head(self.fault.status or 307, _set(headers, self.fault.headers))
        if self.command != "HEAD":
            self._send(self.fault.body)

    def _pass_on(self) -> None:
        connection = self.server.proxy.connect()
        try:
            connection.connect()
        except OSError:
            self.close_connection = True
            self._head(502, [("Content-Length", "0")])
            return
        try:
            self._ask(connection)
            with connection.getresponse() as answer:
                self._answer(answer)
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        connection.putrequest(self.command, self.path, skip_accept_encoding=True, skip_host=True)
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "")
        names = {"host": self.server.proxy.registry.host}
        if self.server.proxy.authorization and not self.seen.authorization:
            names["authorization"] = self.server.proxy.authorization
        dropped = _OWN_TO_A_CONNECTION | {"expect"} | set(names)
        for name, value in self.headers.items():
            if name.lower() not in dropped:
                connection.putheader(name, value)
        for name, value in names.items():
            connection.putheader(name, value)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        try:
            for piece in self._request_body():
                connection.send(_chunk(piece) if chunked else piece)
            if chunked:
                connection.send(_chunk(b""))
        except (BrokenPipeError, ConnectionResetError):
            # The registry has answered before it heard everything.
            self.close_connection = True

    def _request_body(self) -> Iterator[bytes]:
        fault = self.fault
        for whole in self._received():
            piece = _flipped(whole, self.seen.received, fault.flip_upload)
            if piece != whole:
                fault.strike()
            left = len(piece) if fault.cut_upload is None else fault.cut_upload - self.seen.received
            self.seen.received += min(len(piece), left)
            if left:
                yield piece[:left]
            if fault.cut_upload == self.seen.received:
                fault.strike()
                raise _BrokenError

    def _received(self) -> Iterator[bytes]:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            yield from self._read(int(self.headers.get("Content-Length") or 0))
            return
        while size := int(self.rfile.readline(PIECE).partition(b";")[0], 16):
            yield from self._read(size)
            self.rfile.readline(PIECE)
        while self.rfile.readline(PIECE).strip():
            pass

    def _read(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self.rfile.read(min(size, PIECE))
            if not piece:
                raise _BrokenError
            size -= len(piece)
            yield piece

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        fault = self.fault
        if fault.lose_answer:
            fault.strike()
            raise _BrokenError
        proxy = self.server.proxy
        headers = [
            (name, _moved(value, proxy.registry.url, proxy.url) if name == "Location" else value)
            for name, value in answer.getheaders()
            if name.lower() not in _OWN_TO_A_CONNECTION
        ]
        bodiless = self.command == "HEAD" or answer.status in {204, 304}
        if fault.shorten is not None:
            headers = _set(headers, {"Content-Length": str(fault.shorten)})
        elif fault.headers:
            fault.strike()
        headers = _set(headers, fault.headers)
        chunked = not bodiless and "content-length" not in _names(headers)
        if chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        self._head(answer.status, headers)
        if not bodiless:
            self._answer_body(answer, chunked=chunked)

    def _answer_body(self, answer: http.client.HTTPResponse, *, chunked: bool) -> None:
        while piece := self._until(answer.read1(PIECE)):
            self._send(_chunk(piece) if chunked else piece, len(piece))
        if self.close_connection:
            return
        if answer.length:
            raise _BrokenError  # by the registry itself
        if chunked:
            self._send(_chunk(b""), 0)

    def _until(self, piece: bytes) -> bytes:
        """What is sent of a piece; nothing where the answer is at its end."""
        fault, at = self.fault, self.seen.sent
        changed = _flipped(piece, at, fault.flip)
        if changed != piece:
            fault.strike()
        limits = [fault.cut, fault.end, fault.shorten, fault.stall]
        left = min((limit - at for limit in limits if limit is not None), default=len(piece))
        if left or not piece:
            return changed[:left]
        fault.strike()
        self.close_connection = True
        if fault.stall is not None:
            self.server.proxy.over.wait()
        if fault.cut is not None:
            raise _BrokenError
        return b""

    def _head(self, status: int, headers: Headers) -> None:
        self.seen.status = status
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" in _names(self.fault.headers.items()):
            # What is announced may not be what comes: nothing may follow.
            self.close_connection = True
        self.end_headers()

    def _send(self, data: bytes, counted: int | None = None) -> None:
        self.wfile.write(data)
        self.seen.sent += len(data) if counted is None else counted

    def _break(self) -> None:
        """Reset the connection, so that the client cannot take it for an end."""
        self.close_connection = True
        with suppress(OSError):
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            os.close(self.connection.detach())


def _names(headers: Iterable[tuple[str, str]]) -> set[str]:
    return {name.lower() for name, _ in headers}


def _set(headers: Headers, others: Mapping[str, str]) -> Headers:
    replaced = _names(others.items())
    return [one for one in headers if one[0].lower() not in replaced] + list(others.items())


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _flipped(piece: bytes, at: int, offset: int | None) -> bytes:
    if offset is None or not at <= offset < at + len(piece):
        return piece
    changed = bytearray(piece)
    changed[offset - at] ^= 1
    return bytes(changed)


def _moved(location: str, was: str, becomes: str) -> str:
    return becomes + location.removeprefix(was) if location.startswith(was) else location
