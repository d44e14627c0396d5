"""A server on loopback that answers as it is told, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """An answer. `drip` sends the body byte by byte, a pause in seconds before each."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    length: int | None = None


@dataclass
class Asked:
    """What was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Site:
    """The server: what it will answer, one reply after the other, the last for ever."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.replies: list[Reply] = [Reply()]
        self.asked: list[Asked] = []
        self.over = threading.Event()


@contextmanager
def serving(*replies: Reply) -> Iterator[Site]:
    """A server, while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            site.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            reply = site.replies.pop(0) if len(site.replies) > 1 else site.replies[0]
            site.over.wait(reply.delay)
            with suppress(OSError):  # the client did not want to wait
                self._send(reply)

        def do_GET(self) -> None:
            self.do_POST()

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            length = len(reply.body) if reply.length is None else reply.length
            for name, value in {"Content-Length": str(length), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if not reply.drip:
                self.wfile.write(reply.body)
            for at in range(len(reply.body) if reply.drip else 0):
                if site.over.wait(reply.drip):
                    return
                self.wfile.write(reply.body[at : at + 1])
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def server_bind(self) -> None:
            # The inherited method asks a resolver for this machine's name.
            self.socket.bind(self.server_address)
            self.server_address = self.socket.getsockname()
            self.server_name, self.server_port = self.server_address[:2]

    server = Server(("127.0.0.1", 0), Handler)
    site = Site(server.server_port)
    site.replies = list(replies) or site.replies
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
