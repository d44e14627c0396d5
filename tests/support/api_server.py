"""A small Kubernetes API server on loopback: objects with versions, conflicts, and watches."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiverify.webhook.cluster.minting import mint
from aiverify.webhook.cluster.place import ApiServer

TOKEN = "the-token"


@dataclass
class Cluster:
    """What the server holds: objects by path. `denied` are paths that may not be asked for."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    raw: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    before_write: list[Any] = field(default_factory=list)
    version: int = 100
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, path: str, document: dict[str, Any]) -> None:
        """Store an object as somebody else would, under a new version."""
        with self.lock:
            self.version += 1
            metadata = {**document.get("metadata", {}), "resourceVersion": str(self.version)}
            self.objects[path] = {**document, "metadata": metadata}

    def written(self) -> list[tuple[str, str]]:
        """The methods and paths that changed something, or tried."""
        return [(method, path) for method, path, _ in self.asked if method != "GET"]


@dataclass
class Running:
    """A server that runs, and how it is asked."""

    cluster: Cluster
    server: ApiServer


@contextmanager
def api_server(folder: Path) -> Iterator[Running]:
    """A server, while the context lasts. It knows one token, in a file."""
    cluster = Cluster()
    pair = mint(["localhost", "127.0.0.1"], datetime.now(UTC), timedelta(days=1))
    for name, text in (("ca.crt", pair.authority), ("tls.crt", pair.certificate)):
        (folder / name).write_text(text)
    (folder / "tls.key").write_text(pair.key)
    (folder / "token").write_text(f"{TOKEN}\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")

    class Handler(_Handler):
        held = cluster

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"https://127.0.0.1:{server.server_address[1]}"
        yield Running(cluster, ApiServer(url, folder / "ca.crt", folder / "token"))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    held: Cluster
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def log_message(self, *args: Any) -> None:  # the terminal is not its place
        pass

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.held.asked.append((self.command, self.path, dict(self.headers)))
        with suppress(OSError):
            if parts.path in self.held.raw:
                self._send(*self.held.raw[parts.path])
            elif "watch" in parse_qs(parts.query):
                lines = [json.dumps(event).encode() + b"\n" for event in self.held.events]
                self._send(200, b"".join(lines))
            else:
                status, answer = self._answer(parts.path, body)
                self._send(status, json.dumps(answer).encode())

    def _answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.command != "GET" and self.held.before_write:
            self.held.before_write.pop(0)()
        known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if not known or path in self.held.denied:
            return _status(403 if known else 401, "may not")
        with self.held.lock:
            return self._read(path) if self.command == "GET" else self._write(path, body)

    def _read(self, path: str) -> tuple[int, dict[str, Any]]:
        objects = self.held.objects
        if path in self.held.lists:
            items = [item for at, item in objects.items() if at.startswith(f"{path}/")]
            version = str(self.held.version)
            return 200, {"metadata": {"resourceVersion": version}, "items": items}
        return (200, objects[path]) if path in objects else _status(404, "not found")

    def _write(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.command == "POST":
            return self._created(path, json.loads(body))
        if path not in self.held.objects:
            return _status(404, "not found")
        return self._changed(path, json.loads(body))

    def _created(self, path: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        at = f"{path}/{document['metadata']['name']}"
        if at in self.held.objects:
            return _status(409, "already exists")
        self.held.put(at, document)
        return 201, self.held.objects[at]

    def _changed(self, path: str, document: Any) -> tuple[int, dict[str, Any]]:
        stored = self.held.objects[path]
        if self.command == "PATCH":
            if self.headers["Content-Type"] != "application/json-patch+json":
                return _status(415, "unsupported")
            document = _patched(stored, document)
        if document["metadata"].get("resourceVersion") != stored["metadata"]["resourceVersion"]:
            return _status(409, "the object has been modified")
        self.held.put(path, document)
        return 200, self.held.objects[path]

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _patched(stored: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(stored))
    for operation in operations:
        assert operation["op"] in ("add", "replace")
        *way, last = operation["path"].strip("/").split("/")
        place: Any = document
        for part in way:
            place = place[int(part) if isinstance(place, list) else part]
        assert operation["op"] == "add" or last in place
        place[last] = operation["value"]
    return document


def _status(code: int, message: str) -> tuple[int, dict[str, Any]]:
    return code, {"kind": "Status", "code": code, "message": message}
