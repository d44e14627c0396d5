"""A registry for the length of the demo: on loopback, in a folder, and for nobody else.

It speaks as much of distribution-spec 1.1 as a push, a pull and a list of referrers take. After
the demo it is run again by `python -m aiverify.cli.demo.registry FOLDER PORT`.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from aiverify.core.mediatypes import OCI_INDEX, OCI_MANIFEST

_ROUTE = re.compile(r"/v2/([a-z0-9/_.-]+?)/(blobs|manifests|referrers)/([A-Za-z0-9:._/-]*)")
_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_POINTER = re.compile(r"sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root: Path

    def do_GET(self) -> None:
        if self.path == "/v2/":
            self._answer(200)
            return
        _, kind, name = self._route()
        if kind == "referrers":
            self._referrers(name)
        elif kind == "blobs":
            self._file(self.root / "blobs" / name, "application/octet-stream")
        else:
            self._file(self._manifest(name), OCI_MANIFEST)

    do_HEAD = do_GET  # noqa: N815 - the name that the server calls

    def do_POST(self) -> None:
        self._body()
        repository, _, _ = self._route()
        self._answer(202, location=f"/v2/{repository}/blobs/uploads/{secrets.token_hex(8)}")

    def do_PATCH(self) -> None:
        upload = self.root / "uploads" / self.path.rpartition("/")[2]
        with upload.open("ab") as file:
            file.write(self._body())
        self._answer(202, location=self.path, range=f"0-{upload.stat().st_size - 1}")

    def do_PUT(self) -> None:
        repository, kind, name = self._route()
        if kind == "manifests":
            self._store_manifest(repository, name, self._body())
            return
        upload = self.root / "uploads" / name.rpartition("/")[2]
        data = (upload.read_bytes() if upload.exists() else b"") + self._body()
        upload.unlink(missing_ok=True)
        digest = parse_qs(urlsplit(self.path).query).get("digest", [""])[0]
        if digest != _digest(data):
            self._answer(400, b'{"errors":[{"code":"DIGEST_INVALID"}]}')
            return
        (self.root / "blobs" / digest).write_bytes(data)
        self._answer(201, location=f"/v2/{repository}/blobs/{digest}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _route(self) -> tuple[str, str, str]:
        found = _ROUTE.fullmatch(urlsplit(self.path).path)
        return (found[1], found[2], found[3]) if found else ("", "", "")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _manifests(self) -> Path:
        """The folder of a repository's manifests, and of its tags, which are links by text."""
        folder = self.root / "manifests" / self._route()[0].replace("/", "_")
        folder.mkdir(exist_ok=True)
        return folder

    def _manifest(self, pointer: str) -> Path:
        folder = self._manifests()
        tag = folder / f"tag {pointer}"
        return folder / (tag.read_text() if tag.is_file() else pointer)

    def _store_manifest(self, repository: str, pointer: str, data: bytes) -> None:
        digest, subject = _digest(data), json.loads(data).get("subject", {}).get("digest", "")
        (self._manifests() / digest).write_bytes(data)
        if not _DIGEST.fullmatch(pointer) and _POINTER.fullmatch(pointer):
            (self._manifests() / f"tag {pointer}").write_text(digest)
        listed = {"oci_subject": subject} if subject else {}
        self._answer(201, location=f"/v2/{repository}/manifests/{digest}", **listed)

    def _referrers(self, digest: str) -> None:
        found = []
        for path in sorted(self._manifests().glob("sha256:*")):
            value = json.loads(data := path.read_bytes())
            if value.get("subject", {}).get("digest") == digest:
                found.append({"mediaType": OCI_MANIFEST, "digest": path.name, "size": len(data)})
        body = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": found}
        self._answer(200, json.dumps(body).encode(), content_type=OCI_INDEX)

    def _file(self, path: Path, media_type: str) -> None:
        known = _POINTER.fullmatch(path.name) and path.is_file()
        data = path.read_bytes() if known else b'{"errors":[{"code":"NOT_FOUND"}]}'
        if known and media_type == OCI_MANIFEST:
            media_type = json.loads(data).get("mediaType", media_type)
        self._answer(200 if known else 404, data, content_type=media_type)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _digest(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"


@contextmanager
def serving(root: Path, port: int = 0) -> Iterator[str]:
    """A registry while the block lasts, which keeps what it gets in `root`; gives its host."""
    for folder in ("blobs", "manifests", "uploads"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    handler = type("Handler", (_Handler,), {"root": root})
    with _Server(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def main() -> None:
    """Serve until somebody interrupts."""
    with serving(Path(sys.argv[1]), int(sys.argv[2])) as host:
        sys.stderr.write(f"a registry for the demo alone, at {host}\n")
        threading.Event().wait()


if __name__ == "__main__":
    main()
