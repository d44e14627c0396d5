"""An OpenID Connect issuer: discovery, its key, and tokens for whoever a test wants to be."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import jwt

from tests.support.services.keys import new_key

AUDIENCE = "sigstore"
WORKFLOWS = "/workflows"
"""Below this path is a second issuer, whose tokens are about GitHub's workflows."""


class Issuer:
    """The issuer; as a context manager it answers while inside."""

    def __init__(self) -> None:
        self._key = new_key()
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = issuer._documents().get(self.path)
                body = json.dumps(answer).encode()
                self.send_response(404 if answer is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}"
        self.workflows_url = self.url + WORKFLOWS
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Issuer:
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

    def token(self, email: str, *, lifetime: int = 600, audience: str = AUDIENCE) -> str:
        """A token for the owner of an address.

        Args:
            email: Whose it is.
            lifetime: Seconds until it expires; a negative number makes it expired already.
            audience: For whom it is.
        """
        claims = {"sub": email, "email": email, "email_verified": True}
        return self._sign(self.url, claims, lifetime, audience)

    def workflow_token(self, repository: str, workflow: str, ref: str = "refs/heads/main") -> str:
        """A token for a run of a workflow in a repository, with the claims that GitHub makes.

        The certificate's identity is `https://github.com/REPOSITORY/WORKFLOW@REF`.
        """
        owner = repository.partition("/")[0]
        commit = "0123456789" * 4
        at = f"{repository}/{workflow}@{ref}"
        claims = {
            "sub": f"repo:{repository}:ref:{ref}",
            "event_name": "push",
            "job_workflow_ref": at,
            "job_workflow_sha": commit,
            "ref": ref,
            "repository": repository,
            "repository_id": "1",
            "repository_owner": owner,
            "repository_owner_id": "2",
            "repository_visibility": "public",
            "run_attempt": "1",
            "run_id": "3",
            "runner_environment": "github-hosted",
            "sha": commit,
            "workflow": "release",
            "workflow_ref": at,
            "workflow_sha": commit,
        }
        return self._sign(self.workflows_url, claims, 600, AUDIENCE)

    def _sign(self, url: str, claims: Mapping[str, object], lifetime: int, audience: str) -> str:
        now = int(time.time())
        issued = min(now, now + lifetime) - 1
        times = {"iat": issued, "nbf": issued, "exp": now + lifetime}
        whole = {"iss": url, "aud": audience, **times, **claims}
        return jwt.encode(whole, self._key, algorithm="ES256", headers={"kid": "only"})

    def _documents(self) -> dict[str, object]:
        """What is at every path (OpenID Connect Discovery 1.0, section 4; RFC 7517)."""
        algorithm = jwt.get_algorithm_by_name("ES256")
        public = algorithm.to_jwk(self._key.public_key(), as_dict=True)
        keys = {"keys": [public | {"kid": "only", "use": "sig", "alg": "ES256"}]}
        well_known = "/.well-known/openid-configuration"
        return {
            "/keys": keys,
            well_known: self._discovery(self.url),
            WORKFLOWS + well_known: self._discovery(self.workflows_url),
        }

    def _discovery(self, url: str) -> dict[str, object]:
        return {
            "issuer": url,
            "authorization_endpoint": f"{url}/auth",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
