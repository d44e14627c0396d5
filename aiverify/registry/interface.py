"""What the parts of the client ask of each other: something that sends, something that logs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """A small answer, read whole: an HTTP status, headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Sender(Protocol):
    """Sends one request to one URL: bounded, in limited time, following no redirect."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Ask, and again where the server is busy or the connection breaks.

        Raises:
            UndecidedError: it is out of reach, too slow, or says too much.
        """
        ...


@dataclass(frozen=True, slots=True)
class Credential:
    """Who somebody is to one registry: a name with a password, or a token that stands for both.

    Nothing of it is shown, not even by `repr`.
    """

    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    """An OAuth2 refresh token, which a token server exchanges."""
    registry_token: str = field(default="", repr=False)
    """A bearer token for the registry itself."""


class Authorizer(Protocol):
    """Answers a registry's challenge. It may be asked from several threads."""

    def authorize(self, challenge: str, repository: str, actions: str) -> str:
        """The `Authorization` header for a repository.

        `challenge` is the registry's `WWW-Authenticate`; `actions` are what is to be done there,
        such as `pull` or `pull,push`. The header may be one that was given before, as long as it
        has not expired. Empty where nothing can be said.

        Raises:
            DeniedError: a token server refuses.
            UndecidedError: it is out of reach.
            InputError: a credential helper or file is broken.
        """
        ...

    def forget(self, repository: str, actions: str) -> None:
        """The header that was given last does not count any more."""
        ...
