"""A connection to the API that does no more than it must: clients share the machine they load."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.cluster.cluster import WAIT_SECONDS, Answer, Cluster, Document, warning

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_WARNING = re.compile(rb"\r\nwarning: ([^\r]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    head: bytes
    body: bytes

    @property
    def answer(self) -> Answer:
        """What it says."""
        warnings = tuple(warning(text.decode()) for text in _WARNING.findall(self.head))
        return Answer(int(self.head.split(b" ", 2)[1]), json.loads(self.body), warnings)


class Line:
    """A connection. It belongs to one thread."""

    def __init__(self, link: ssl.SSLSocket, token: str) -> None:
        self._link = link
        self._token = token
        self._data = b""

    def request(self, path: str, document: Document) -> bytes:
        """What is sent to create an object."""
        body = json.dumps(document).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def ask(self, request: bytes) -> Reply:
        """Send a request, and wait for its answer."""
        self._link.sendall(request)
        head = self._until(_HEAD_END)
        length = _LENGTH.search(head)
        return Reply(head, self._just(int(length[1])) if length else b"".join(self._chunks()))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._until(b"\r\n"), 16):
            yield self._just(size)
            self._until(b"\r\n")
        self._until(b"\r\n")

    def _until(self, end: bytes) -> bytes:
        while (at := self._data.find(end)) < 0:
            self._receive()
        found, self._data = self._data[:at], self._data[at + len(end) :]
        return found

    def _just(self, size: int) -> bytes:
        while len(self._data) < size:
            self._receive()
        found, self._data = self._data[:size], self._data[size:]
        return found

    def _receive(self) -> None:
        more = self._link.recv(1 << 16)
        assert more, "the API server hung up"
        self._data += more


@contextmanager
def line(cluster: Cluster, user: str) -> Iterator[Line]:
    """A connection as a user, while the context lasts."""
    context = ssl.create_default_context(cafile=cluster.ca)
    address = ("127.0.0.1", cluster.port)
    with (
        socket.create_connection(address, WAIT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as link,
    ):
        yield Line(link, cluster.tokens[user])
