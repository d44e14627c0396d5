"""A token server for docker-registry: it knows users, and signs what each may do and for how long.

It speaks both ways of asking: GET with Basic credentials, and OAuth2 by POST with a password or
a refresh token (distribution's specifications "token" and "oauth").
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.certificates import self_signed
from tests.support.registries.registry import VALID, Login, Tls

SERVICE = "registry"
ISSUER = "token-server"
EVERYTHING = frozenset({"pull", "push", "delete"})
NOTHING: frozenset[str] = frozenset()


@dataclass
class TokenRequest:
    """What somebody asked for: everything that must reach nobody else is in here."""

    method: str
    headers: dict[str, str]
    query: dict[str, list[str]]
    form: dict[str, list[str]] = field(default_factory=dict)


class TokenServer:
    """The server; as a context manager it answers while inside.

    Attributes:
        asked: Every request that came in, in order.
        lifetime: Seconds that a token is good for; may be changed while it runs.
        refuses: A status that it answers everybody with; 0: none.
    """

    def __init__(
        self,
        folder: Path,
        rights: Mapping[Login, frozenset[str]],
        *,
        everybody: frozenset[str] = NOTHING,
        lifetime: int = 300,
        tls: Tls | None = None,
    ) -> None:
        """A server.

        Args:
            folder: Where its certificate is written, which the registry trusts.
            rights: What each user may do in every repository.
            everybody: What may be done by who has not logged in.
            lifetime: Seconds that a token is good for.
            tls: With which certificate it speaks TLS, if it does.
        """
        self.users = tuple(rights)
        self.asked: list[TokenRequest] = []
        self.lifetime = lifetime
        self.refuses = 0
        self._rights = rights
        self._everybody = everybody
        self._refresh: dict[str, Login] = {}
        self._signer = self_signed("Token Server", **VALID)
        folder.mkdir(parents=True, exist_ok=True)
        self._roots = folder / "tokens.crt"
        self._roots.write_bytes(self._signer.pem)
        self._server = _Server(self)
        if tls:
            self._server.socket = tls.context().wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def settings(self) -> dict[str, str]:
        """What docker-registry is told below `auth: token:`."""
        return {
            "realm": f"{self.url}/token",
            "service": SERVICE,
            "issuer": ISSUER,
            "rootcertbundle": str(self._roots),
        }

    def __enter__(self) -> TokenServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def refresh_token(self, user: Login) -> str:
        """A token that stands for a user's password, as an `identitytoken` does."""
        token = secrets.token_urlsafe(24)
        self._refresh[token] = user
        return token

    def answer(self, asked: TokenRequest) -> tuple[int, dict[str, object]]:
        """The status and the document for a request."""
        self.asked.append(asked)
        if self.refuses:
            return self.refuses, {"errors": [{"code": "DENIED", "message": "not now"}]}
        known, user = self._by_form(asked) if asked.method == "POST" else self._by_header(asked)
        if not known:
            return 401, {"errors": [{"code": "UNAUTHORIZED", "message": "who are you?"}]}
        fields = asked.form if asked.method == "POST" else asked.query
        token = self._token(user, fields.get("scope", []))
        document: dict[str, object] = {"expires_in": self.lifetime}
        document["access_token" if asked.method == "POST" else "token"] = token
        if user and "true" in fields.get("offline_token", []) + fields.get("access_type", []):
            document["refresh_token"] = self.refresh_token(user)
        return 200, document

    def _by_header(self, asked: TokenRequest) -> tuple[bool, Login | None]:
        header = asked.headers.get("Authorization", "")
        users = {f"Basic {user.basic}": user for user in self.users}
        return not header or header in users, users.get(header)

    def _by_form(self, asked: TokenRequest) -> tuple[bool, Login | None]:
        form = {name: values[0] for name, values in asked.form.items()}
        if form.get("grant_type") == "refresh_token":
            user = self._refresh.get(form.get("refresh_token", ""))
        else:
            given = form.get("username"), form.get("password")
            user = next((one for one in self.users if given == (one.name, one.password)), None)
        return user is not None, user

    def _token(self, user: Login | None, scopes: list[str]) -> str:
        allowed = self._rights[user] if user else self._everybody
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": user.name if user else "",
            "aud": SERVICE,
            "iat": now,
            "nbf": now - 1,
            "exp": now + self.lifetime,
            "jti": secrets.token_hex(8),
            "access": [_granted(scope, allowed) for text in scopes for scope in text.split()],
        }
        leaf = self._signer.certificate.public_bytes(Encoding.DER)
        headers = {"x5c": [base64.b64encode(leaf).decode()]}
        return jwt.encode(claims, self._signer.key, algorithm="ES256", headers=headers)  # type: ignore[arg-type]


def _granted(scope: str, allowed: frozenset[str]) -> dict[str, object]:
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    return {"type": kind, "name": name, "actions": sorted(allowed & set(actions.split(",")))}


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._serve(parse_qs(self.rfile.read(length).decode()))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _serve(self, form: dict[str, list[str]]) -> None:
        query = parse_qs(urlsplit(self.path).query)
        asked = TokenRequest(self.command, dict(self.headers), query, form)
        status, document = self.server.tokens.answer(asked)
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tokens: TokenServer) -> None:
        self.tokens = tokens
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # The inherited method asks a resolver for this machine's name.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
