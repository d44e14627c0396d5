"""An OpenID Connect issuer, with a realm for people and one for workflows."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.sigstore import github
from tests.support.sigstore.site import (
    Answer,
    Call,
    Json,
    RefusedError,
    Site,
    Switches,
    json_answer,
)

PEOPLE = "people"
ACTIONS = "actions"
STRANGERS = "strangers"
REALMS = (PEOPLE, ACTIONS, STRANGERS)
"""The last is an issuer like the others, and no authority trusts it."""

KEY_ID = "1"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
REQUEST_TOKEN = "runner"


@dataclass(frozen=True)
class IssuerSwitches(Switches):
    """Who signs in when a browser comes; whether tokens bear the signature of a stranger."""

    login: str = "alice@example.com"
    forged: bool = False


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code stands for."""

    realm: str
    subject: str
    audience: str
    challenge: str


class Issuer(Site):
    """Mints identity tokens for whoever asks."""

    switches: IssuerSwitches

    def __init__(self) -> None:
        super().__init__()
        self.switches = IssuerSwitches()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self._strangers_key = ec.generate_private_key(ec.SECP256R1())
        self._grants: dict[str, _Grant] = {}
        self.routes["GET /keys"] = self._keys
        self.routes["GET /runner"] = self._runner
        for realm in REALMS:
            self.routes[f"GET /{realm}/.well-known/openid-configuration"] = self._discovery
            self.routes[f"GET /{realm}/auth"] = self._authorize
            self.routes[f"POST /{realm}/token"] = self._exchange

    def realm_url(self, realm: str) -> str:
        """What the tokens of a realm have as their issuer."""
        return f"{self.url}/{realm}"

    def token(
        self,
        subject: str,
        *,
        expires_in: float = 600,
        audience: str = "sigstore",
        realm: str = PEOPLE,
        **claims: Any,
    ) -> str:
        """A token for an address or a URI. One that expires in less than no time has expired.

        Claims are added, or stand in place of those that are usual; None leaves one out.
        """
        now = int(time.time())
        expires = now + int(expires_in)
        content: Json = {
            "iss": self.realm_url(realm),
            "sub": subject,
            "aud": audience,
            "iat": min(now, expires - 1),
            "exp": expires,
        }
        if "@" in subject and ":" not in subject:
            content |= {"email": subject, "email_verified": True}
        stated = {name: value for name, value in {**content, **claims}.items() if value is not None}
        key = self._strangers_key if self.switches.forged else self.key
        return jwt.encode(stated, key, algorithm="ES256", headers={"kid": KEY_ID})

    def workflow_token(
        self,
        repository: str = "acme/model",
        workflow: str = ".github/workflows/release.yml",
        ref: str = "refs/heads/main",
        **words: Any,
    ) -> str:
        """A token as a workflow of GitHub Actions has it. `words` are those of `token`."""
        stated = {**github.claims(repository, workflow, ref), "realm": ACTIONS, **words}
        return self.token(stated.pop("sub"), **stated)

    def runner_environment(self) -> dict[str, str]:
        """What a runner of GitHub Actions tells its jobs, so that they can ask for a token."""
        return {
            "GITHUB_ACTIONS": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/runner?version=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
        }

    def _discovery(self, call: Call) -> Answer:
        url = self.url + call.path.removesuffix("/.well-known/openid-configuration")
        return json_answer(
            {
                "issuer": url,
                "authorization_endpoint": f"{url}/auth",
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": ["openid", "email"],
            }
        )

    def _keys(self, _: Call) -> Answer:
        key: Json = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return json_answer({"keys": [{**key, "kid": KEY_ID, "alg": "ES256", "use": "sig"}]})

    def _authorize(self, call: Call) -> Answer:
        """The code of RFC 6749, 4.1.2, at once: nobody is asked for a password."""
        asked = call.query
        code = secrets.token_hex(8)
        self._grants[code] = _Grant(
            call.path.split("/")[1],
            self.switches.login,
            asked.get("client_id", ""),
            asked.get("code_challenge", ""),
        )
        back = asked.get("redirect_uri", "")
        if back == OUT_OF_BAND:
            return Answer(code.encode(), kind="text/plain")
        query = urlencode({"code": code, "state": asked.get("state", "")})
        return Answer(b"", 302, location=f"{back}?{query}")

    def _exchange(self, call: Call) -> Answer:
        """A token for a code, once, and for who began (RFC 7636, 4.6)."""
        form = dict(parse_qsl(call.body.decode()))
        grant = self._grants.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if grant is None or not secrets.compare_digest(challenge, grant.challenge):
            return json_answer({"error": "invalid_grant"}, 400)
        token = self.token(grant.subject, audience=grant.audience, realm=grant.realm)
        return json_answer({"id_token": token, "access_token": token, "token_type": "Bearer"})

    def _runner(self, call: Call) -> Answer:
        if call.headers.get("Authorization", "").lower() != f"bearer {REQUEST_TOKEN}":
            raise RefusedError("no runner of ours", 401)
        return json_answer({"value": self.workflow_token(audience=call.query.get("audience", ""))})
