"""What a registry asks for: the challenges of a `WWW-Authenticate` header (RFC 9110 11.6.1).

    Bearer realm="https://auth.example/token",service="registry.example",scope="...", Basic realm=x

A header may hold several, with commas between them as between the parameters of each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiverify.core.names import printable
from aiverify.errors import DeniedError, MalformedError

MAX_HEADER = 8192
"""Characters that a header may have."""

BEARER = "bearer"
BASIC = "basic"

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105  (RFC 9110 5.6.2, a word)
_GAP = re.compile(r"[ \t,]*")
_SCHEME = re.compile(rf"({_TOKEN})(?: +|(?=[\t,])|\Z)")
_WHOLE = re.compile(r"[A-Za-z0-9\-._~+/]+=*[ \t]*(?=,|\Z)")
"""A token68, which some schemes have in place of parameters."""

_QUOTED = r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*)"'
# A word without quotes may be less than a URL; registries that forget the quotes exist.
_PARAMETER = re.compile(rf"({_TOKEN})[ \t]*=[ \t]*(?:{_QUOTED}|([!#-+\--~]+))[ \t]*(?=,|\Z)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in: its scheme and the names of its parameters, both in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def realm(self) -> str:
        """Where tokens are had (Bearer), or what it is called (Basic)."""
        return self.parameters.get("realm", "")

    @property
    def service(self) -> str:
        """What a token server calls the registry."""
        return self.parameters.get("service", "")

    @property
    def scopes(self) -> tuple[str, ...]:
        """What a token has to be for."""
        return tuple(self.parameters.get("scope", "").split())


def choose(header: str, host: str) -> Challenge:
    """The challenge of a registry that is answered: a Bearer if there is one, or else a Basic.

    Raises:
        MalformedError: the header is no list of challenges.
        DeniedError: it has neither of the two.
    """
    challenges = parse(header, host)
    for scheme in (BEARER, BASIC):
        for challenge in challenges:
            if challenge.scheme == scheme:
                return challenge
    if not challenges:
        raise DeniedError(f"{printable(host)} asks for a login and does not say for which")
    offered = printable(", ".join(challenge.scheme for challenge in challenges)[:100])
    raise DeniedError(f"{printable(host)} asks for logins that aiverify does not have: {offered}")


def parse(header: str, host: str) -> tuple[Challenge, ...]:
    """Every challenge in a header, in order. `host` is the registry's, for messages.

    Raises:
        MalformedError: it is longer than `MAX_HEADER`, or no list of challenges.
    """
    where = f"the WWW-Authenticate of {printable(host)}"
    if len(header) > MAX_HEADER:
        raise MalformedError(f"{where} has more than {MAX_HEADER} characters")
    challenges = []
    at = _skip(header, 0)
    while at < len(header):
        scheme = _SCHEME.match(header, at)
        if scheme is None:
            raise MalformedError(f"{where} is no list of challenges from character {at + 1} on")
        challenge, at = _one(header, scheme, where)
        challenges.append(challenge)
    return tuple(challenges)


def _one(header: str, scheme: re.Match[str], where: str) -> tuple[Challenge, int]:
    """A challenge whose scheme was read, and where the next one begins."""
    name = scheme[1].lower()
    if whole := _WHOLE.match(header, scheme.end()):
        return Challenge(name), _skip(header, whole.end())
    parameters: dict[str, str] = {}
    at = _skip(header, scheme.end())
    while found := _PARAMETER.match(header, at):
        key = found[1].lower()
        if key in parameters:  # RFC 9110 11.2; readers would not agree which one counts
            raise MalformedError(f"{where} has the parameter {printable(key[:100])} twice")
        quoted, plain = found[2], found[3]
        parameters[key] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        at = _skip(header, found.end())
    return Challenge(name, parameters), at


def _skip(header: str, at: int) -> int:
    gap = _GAP.match(header, at)
    assert gap
    return gap.end()
