"""An OCI registry in memory, on loopback, that fails and lies as it is told.

It is distribution-spec 1.1 as far as a client asks for it, each point of which can be changed.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from aiverify.core.mediatypes import OCI_INDEX

NEVER = 1 << 60


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclass
class Out:
    """An answer before it is sent."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None  # where Content-Length lies


@dataclass
class Fault:
    """What happens to the next `times` requests of a pattern, such as `GET .*/blobs/`.

    `says` is answered in place of the registry, `change` alters its answer, `cut` breaks the
    connection after so many bytes of the answer's body, `heard` after so many of the request's,
    which the registry keeps of a part of an upload, and `lost` before the answer to what was done.
    """

    pattern: str
    times: int = 1
    says: Out | None = None
    change: Callable[[Out], object] | None = None
    cut: int | None = None
    heard: int | None = None
    lost: bool = False


@dataclass
class Asked:
    """A request."""

    method: str
    path: str
    headers: dict[str, str]


class SmallRegistry:
    """What it holds, and how it behaves."""

    def __init__(self) -> None:
        self.port = 0
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.manifests: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.uploads: dict[str, bytearray] = {}
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.referrers_api = True
        self.takes_parts = True
        self.ranges = True
        self.mounts = True
        self.deletes = True
        self.page = NEVER
        self.least_chunk = 0
        self.most_body = NEVER
        self.elsewhere = ""  # where uploads are sent to, as an absolute URL
        self.authorizations: set[str] = set()  # headers that let in; none: everybody
        self.challenge = 'Bearer realm="https://tokens.example/t",service="small"'
        self.connections = 0
        self.lock = threading.RLock()
        self._numbers = itertools.count()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def add(self, data: bytes, name: str = "acme/x") -> str:
        self.blobs[name, digest_of(data)] = data
        return digest_of(data)

    def count(self, pattern: str) -> int:
        return sum(1 for one in self.asked if re.match(pattern, f"{one.method} {one.path}"))

    def fault(self, line: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and re.match(fault.pattern, line):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Out:
        path = urlsplit(target).path
        query = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        if self.authorizations and headers.get("authorization") not in self.authorizations:
            return _error(401, "UNAUTHORIZED", {"WWW-Authenticate": self.challenge})
        for pattern, handler in (
            (r"/v2/(.+)/blobs/uploads/", self._begin),
            (r"/v2/(.+)/blobs/uploads/([^/]+)", self._upload),
            (r"/v2/(.+)/blobs/([^/]+)", self._blob),
            (r"/v2/(.+)/manifests/([^/]+)", self._manifest),
            (r"/v2/(.+)/referrers/([^/]+)", self._referrers),
            (r"/v2/(.+)/tags/list", self._tags),
        ):
            if found := re.fullmatch(pattern, path):
                with self.lock:
                    return handler(method, found.groups(), query, headers, body)
        return _error(404, "UNSUPPORTED")

    def _begin(self, method, found, query, headers, body) -> Out:
        [name] = found
        digest = query.get("mount", "")
        if self.mounts and (query.get("from"), digest) in self.blobs:
            self.blobs[name, digest] = self.blobs[query["from"], digest]
            return Out(201, {"Docker-Content-Digest": digest})
        number = str(next(self._numbers))
        self.uploads[number] = bytearray()
        least = {"OCI-Chunk-Min-Length": str(self.least_chunk)} if self.least_chunk else {}
        return Out(202, {**self._place(name, number), **least})

    def _place(self, name: str, number: str) -> dict[str, str]:
        path = f"/v2/{name}/blobs/uploads/{number}?state={len(self.uploads[number])}"
        return {"Location": self.elsewhere + path}

    def _upload(self, method, found, query, headers, body) -> Out:
        name, number = found
        held = self.uploads.get(number)
        if held is None:
            return _error(404, "BLOB_UPLOAD_UNKNOWN")
        if method == "DELETE":
            del self.uploads[number]
            return Out(204)
        if method == "PATCH":
            return self._part(name, number, headers, body)
        if method == "PUT":
            data = bytes(held) + body
            if digest_of(data) != query.get("digest"):
                return _error(400, "DIGEST_INVALID")
            self.blobs[name, digest_of(data)] = data
            del self.uploads[number]
            return Out(201, {"Docker-Content-Digest": digest_of(data)})
        last = max(0, len(held) - 1)
        return Out(204, {"Range": f"0-{last}", **self._place(name, number)})

    def _part(self, name: str, number: str, headers: dict[str, str], body: bytes) -> Out:
        held = self.uploads[number]
        if not self.takes_parts:
            return _error(405, "UNSUPPORTED")
        if len(body) > self.most_body:
            return Out(413)
        stated = headers.get("content-range", "")
        if stated and int(stated.partition("-")[0]) != len(held):
            return _error(416, "RANGE_INVALID")
        held += body
        return Out(202, {"Range": f"0-{max(0, len(held) - 1)}", **self._place(name, number)})

    def _blob(self, method, found, query, headers, body) -> Out:
        data = self.blobs.get(found)
        if data is None:
            return _error(404, "BLOB_UNKNOWN")
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", headers.get("range", ""))
        if not wanted or not self.ranges:
            return Out(200, {"Docker-Content-Digest": found[1]}, data)
        start, end = int(wanted[1]), int(wanted[2] or len(data) - 1)
        if start >= len(data):
            return _error(416, "RANGE_INVALID")
        stated = {"Content-Range": f"bytes {start}-{min(end, len(data) - 1)}/{len(data)}"}
        return Out(206, stated, data[start : end + 1])

    def _manifest(self, method, found, query, headers, body) -> Out:
        name, pointer = found
        if method == "PUT":
            kind = headers.get("content-type", "")
            self.manifests[name, pointer] = self.manifests[name, digest_of(body)] = (kind, body)
            subject = json.loads(body).get("subject")
            listed = {"OCI-Subject": subject["digest"]} if subject and self.referrers_api else {}
            return Out(201, {"Docker-Content-Digest": digest_of(body), **listed})
        if method == "DELETE" and not self.deletes:
            return _error(405, "UNSUPPORTED")
        if found not in self.manifests:
            return _error(404, "MANIFEST_UNKNOWN")
        kind, data = self.manifests[found]
        if method == "DELETE":
            held = [key for key, value in self.manifests.items() if value[1] == data]
            for key in held:
                del self.manifests[key]
            return Out(202)
        return Out(200, {"Content-Type": kind, "Docker-Content-Digest": digest_of(data)}, data)

    def _referrers(self, method, found, query, headers, body) -> Out:
        name, subject = found
        if not self.referrers_api:
            return Out(404, {"Content-Type": "text/plain"}, b"404 page not found")
        entries = [
            {"mediaType": kind, "digest": pointer, "size": len(data)}
            for (owner, pointer), (kind, data) in self.manifests.items()
            if owner == name
            and pointer.startswith("sha256:")
            and (json.loads(data).get("subject") or {}).get("digest") == subject
        ]
        return self._listed(entries, query, f"/v2/{name}/referrers/{subject}", "manifests")

    def _tags(self, method, found, query, headers, body) -> Out:
        [name] = found
        tags = [tag for owner, tag in self.manifests if owner == name and ":" not in tag]
        return self._listed(tags, query, f"/v2/{name}/tags/list", "tags")

    def _listed(self, items: list, query: dict[str, str], path: str, member: str) -> Out:
        start = int(query.get("at", "0"))
        end = start + self.page
        value = {"schemaVersion": 2, member: items[start:end]}
        kind = OCI_INDEX if member == "manifests" else "application/json"
        more = {"Link": f'<{path}?at={end}>; rel="next"'} if end < len(items) else {}
        return Out(200, {"Content-Type": kind, **more}, json.dumps(value).encode())


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> Out:
    value = {"errors": [{"code": code, "message": f"{code.lower()} it is"}]}
    return Out(status, headers or {}, json.dumps(value).encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.registry.connections += 1

    def do_GET(self) -> None:
        registry = self.server.registry
        headers = {name.lower(): value for name, value in self.headers.items()}
        registry.asked.append(Asked(self.command, self.path, headers))
        fault = registry.fault(f"{self.command} {self.path}")
        with suppress(OSError):
            self._serve(headers, fault or Fault(""))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def _serve(self, headers: dict[str, str], fault: Fault) -> None:
        length = int(headers.get("content-length") or 0)
        body = self.rfile.read(length if fault.heard is None else min(length, fault.heard))
        whole = len(body) == length
        out = fault.says
        if out is None and not whole and self.command != "PATCH":
            self._hang_up()
            return
        out = out or self.server.registry.answer(self.command, self.path, headers, body)
        if fault.lost or (not whole and not fault.says):
            self._hang_up()
            return
        if fault.change:
            fault.change(out)
        self._send(out, fault.cut)
        if not whole:
            self._hang_up()

    def _send(self, out: Out, cut: int | None) -> None:
        self.send_response(out.status)
        lies = out.length is not None and out.length != len(out.body)
        if out.status != 204 and "Transfer-Encoding" not in out.headers:
            length = len(out.body) if out.length is None else out.length
            self.send_header("Content-Length", str(length))
        for name, value in out.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(out.body[:cut])
        if cut is not None or lies:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    registry: SmallRegistry

    def server_bind(self) -> None:
        # The inherited method asks a resolver for this machine's name.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is none of the server's errors."""


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[SmallRegistry]:
    """A registry, while the context lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    server.registry = SmallRegistry()
    server.registry.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
