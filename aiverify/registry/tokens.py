"""Logging in at a registry: its challenge is answered with a password or with a token.

Tokens are those of the distribution project's token protocol ("Token Authentication
Specification" and "Oauth2 Token Authentication"): a registry names a token server, its realm,
which gives a token for a scope to somebody with a credential, or to anybody.

The realm may be on another host: so it is with docker.io, whose tokens auth.docker.io gives. It
gets the credential that is kept for the registry that named it, over https alone, and never one
that is kept for another host. So a challenge must come from the registry itself, and not from
where it redirected to.
"""

from __future__ import annotations

import base64
import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Self
from urllib.parse import urlencode, urlsplit

from aiverify.core import urls
from aiverify.core.names import printable
from aiverify.core.urls import is_loopback
from aiverify.errors import DeniedError, MalformedError, UndecidedError
from aiverify.registry.challenge import BASIC, Challenge, choose
from aiverify.registry.credentials import found_for
from aiverify.registry.interface import Answer, Authorizer, Credential, Sender
from aiverify.registry.token_answer import Token, read, words

CLIENT_ID = "aiverify"

MARGIN = 0.1
"""The part of a token's time after which it is not used any more, before its end."""

_REALM = re.compile(
    r"(?P<scheme>https?)://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"(?:/[!$-;=@-\[\]_a-z~|]*)?(?:\?[!$-;=?-\[\]_a-z~|]*)?"
)
_MAX_REALM = 2048


def authorizer_for(host: str, base_url: str, sender: Sender) -> Authorizer:
    """Who logs in at a registry with what this user has for it.

    `host` is what a reference calls the registry, `base_url` where it is reached. The sender must
    send the `Authorization` that it is given to the URL that it is given, and nowhere else.

    Raises:
        UsageError: it is reached in the clear, and not on this machine.
    """
    return TokenAuthorizer(host, base_url, sender, partial(found_for, host))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a challenge comes to: which login, where, and for what."""

    scheme: str
    realm: str
    service: str
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, asked: Challenge, repository: str, actions: str) -> Self:
        """What is wanted to do some actions in a repository."""
        scopes = tuple(_merged(f"repository:{repository}:{actions}", asked.scopes))
        return cls(asked.scheme, asked.realm, asked.service, scopes)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Who asks a token server, and for which service."""
        return [("client_id", CLIENT_ID), *([("service", self.service)] if self.service else [])]


@dataclass(slots=True)
class _Known:
    """What was said last in one repository. The lock is held while somebody asks."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: _Wanted | None = None
    header: str = field(default="", repr=False)
    until: float = 0.0


class TokenAuthorizer:
    """The authorizer of one registry. Any thread may use it.

    Credentials are looked for whenever a header is made, since those that a helper has may be as
    short-lived as the tokens that they are changed for.
    """

    def __init__(
        self,
        host: str,
        base_url: str,
        sender: Sender,
        find: Callable[[str], Credential | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        urls.check(base_url, "the registry", "Name the registry by its host.")
        self._host = host
        self._shown = printable(host)
        self._in_clear = not base_url.startswith("https:")
        self._sender = sender
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], _Known] = {}

    def authorize(self, challenge: str, repository: str, actions: str) -> str:
        """The `Authorization` header for a repository, as `Authorizer` says."""
        wanted = _Wanted.of(choose(challenge, self._host), repository, actions)
        known = self._slot(repository, actions)
        with known.lock:
            if known.wanted != wanted or self._clock() >= known.until:
                known.header, known.until = self._answered(wanted, repository)
                known.wanted = wanted
            return known.header

    def forget(self, repository: str, actions: str) -> None:
        """The header that was given last does not count any more."""
        # Without the lock: of many who are refused at once, one asks anew, and what it is given
        # is not what the others were refused with.
        self._slot(repository, actions).wanted = None

    def _slot(self, repository: str, actions: str) -> _Known:
        with self._lock:
            return self._known.setdefault((repository, actions), _Known())

    def _answered(self, wanted: _Wanted, repository: str) -> tuple[str, float]:
        """A header, and until when it can be used."""
        credential = self._find(repository) or Credential()
        if credential.registry_token:
            return f"Bearer {credential.registry_token}", math.inf
        if wanted.scheme == BASIC:
            return _basic(credential), math.inf
        started = self._clock()
        token = self._token(wanted, credential, repository)
        # `issued_at` is left alone, since it is by another clock: time runs from our question on.
        return f"Bearer {token.text}", started + token.seconds * (1 - MARGIN)

    def _token(self, wanted: _Wanted, credential: Credential, repository: str) -> Token:
        self._check_realm(wanted.realm)
        answer = self._exchanged(wanted, credential) if credential.identity_token else None
        if answer is None:
            answer = self._got(wanted, credential)
        self._refuse_failure(answer, credential, repository)
        return read(answer.body, f"the answer of {self._shown}'s token server")

    def _check_realm(self, realm: str) -> None:
        """Refuse what is no token server's URL.

        Raises:
            MalformedError: it is none.
            DeniedError: a login would go there in the clear.
        """
        scheme = _scheme(realm)
        if not scheme:
            shown = printable(realm[:200])
            raise MalformedError(
                f"{self._shown} sends its users to log in at '{shown}', which is no https URL"
            )
        # In the clear a login stays on this machine, and a registry elsewhere has no say there.
        if scheme == "http" and not (self._in_clear and is_loopback(realm)):
            raise DeniedError(f"{self._shown} sends its users to log in in the clear")

    def _got(self, wanted: _Wanted, credential: Credential) -> Answer:
        """What a token server says by the first protocol, which every one has."""
        query = urlencode([*wanted.fields, *(("scope", scope) for scope in wanted.scopes)])
        mark = "&" if "?" in wanted.realm else "?"
        headers = {"Accept": "application/json"}
        if basic := _basic(credential):
            headers["Authorization"] = basic
        return self._sender.send("GET", f"{wanted.realm}{mark}{query}", headers)

    def _exchanged(self, wanted: _Wanted, credential: Credential) -> Answer | None:
        """What it says by OAuth2 to an identity token, or None where it does not have that."""
        form = [
            ("grant_type", "refresh_token"),
            *wanted.fields,
            ("scope", " ".join(wanted.scopes)),
            ("refresh_token", credential.identity_token),
        ]
        kind = "application/x-www-form-urlencoded"
        headers = {"Accept": "application/json", "Content-Type": kind}
        answer = self._sender.send("POST", wanted.realm, headers, urlencode(form).encode())
        return None if answer.status in (404, 405) else answer

    def _refuse_failure(self, answer: Answer, credential: Credential, repository: str) -> None:
        status = answer.status
        if 200 <= status < 300:
            return
        server = f"{self._shown}'s token server"
        if status < 400:
            raise UndecidedError(
                f"{server} sends elsewhere (HTTP {status}), where no login may follow"
            )
        if status >= 500 or status in (408, 429):
            raise UndecidedError(f"{server} is out of order (HTTP {status})")
        reason = words(answer.body, _secrets(credential))
        where = printable(repository)
        if status in (401, 403):
            raise DeniedError(
                f"{self._shown} refuses to log anybody in for {where}: {reason}"
                if credential == Credential()
                else f"{self._shown} refuses the login that is kept for {where}: {reason}",
                hint=f"Log in with `docker login {self._shown}`, or podman's.",
            )
        raise DeniedError(f"{server} refuses (HTTP {status}) for {where}: {reason}")


def _scheme(realm: str) -> str:
    """The scheme of a URL at which tokens may be had, or nothing for any other text."""
    matched = _REALM.fullmatch(realm) if len(realm) <= _MAX_REALM else None
    try:
        # Ports that there are not, and addresses that are none.
        return matched["scheme"] if matched and urlsplit(realm).port != 0 else ""
    except ValueError:
        return ""


def _merged(own: str, stated: tuple[str, ...]) -> Iterator[str]:
    """Our scope, with the actions that a challenge has for the same thing; and its other ones."""
    thing, _, actions = own.rpartition(":")
    alike = [scope for scope in stated if scope.rpartition(":")[0] == thing]
    wanted = ",".join([actions, *(scope.rpartition(":")[2] for scope in alike)])
    # Each action once, in the order in which they were named first.
    yield f"{thing}:{','.join(dict.fromkeys(filter(None, wanted.split(','))))}"
    yield from dict.fromkeys(scope for scope in stated if scope not in alike)


def _basic(credential: Credential) -> str:
    """RFC 7617: a name and a password, in the bytes that they were given in."""
    if not (credential.username and credential.password):
        return ""
    pair = f"{credential.username}:{credential.password}".encode("utf-8", "surrogateescape")
    return f"Basic {base64.b64encode(pair).decode('ascii')}"


def _secrets(credential: Credential) -> tuple[str, ...]:
    basic = _basic(credential).removeprefix("Basic ")
    return tuple(filter(None, (credential.password, credential.identity_token, basic)))
