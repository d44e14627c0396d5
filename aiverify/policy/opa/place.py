"""Where the OPA is that is to judge, and how to get to it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from aiverify.core import urls
from aiverify.core.names import printable
from aiverify.errors import InputError, UsageError

TIMEOUT = 30.0
"""Seconds that one answer may take, a judgement included."""

PROGRAM = "AIVERIFY_OPA"
TOKEN = "AIVERIFY_OPA_TOKEN"  # noqa: S105  (the name of a variable)

_BEARER = re.compile("[!-~]{1,16384}")
_HINT = f"Install OPA 1.x, or name its program in {PROGRAM}; .ci/go-tools builds it."


@dataclass(frozen=True, slots=True)
class OpaPlace:
    """An OPA: a server at a URL, or with none a program that is started for one engine.

    `ca` is a file of certificates (PEM) to know the server by, instead of the system's;
    `certificate` and `key` are ours (PEM), for a server that asks for one. `token` is a bearer
    token. `timeout` is in seconds, for each answer.

    Raises:
        UsageError: the URL is none of `https`, or of `http` on this machine; or TLS or a token
            is named without a URL that has a use for them.
    """

    url: str = ""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    token: str = field(default="", repr=False)
    program: str = ""
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if self.url:
            _check(self.url)
        if not self.url.startswith("https:") and (self.ca or self.certificate):
            raise UsageError("certificates are for an OPA at an https URL", hint="Name its URL.")
        if self.key and not self.certificate:
            raise UsageError("a key for OPA needs the certificate that belongs to it")
        if self.token and not _BEARER.fullmatch(self.token):
            raise UsageError(
                f"the token in {TOKEN} is no bearer token",
                hint="It has no spaces, no line breaks and nothing beyond ASCII.",
            )
        if self.timeout <= 0:
            raise UsageError("the seconds that OPA may take must be more than none")

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, where no proxy is asked."""
        return not self.url or urls.is_loopback(self.url)


def from_environment(
    url: str = "",
    *,
    ca: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    timeout: float = TIMEOUT,
    environment: Mapping[str, str] = os.environ,
) -> OpaPlace:
    """A place as a user names it, with the token and the program that the environment has.

    Raises:
        UsageError: as `OpaPlace`.
    """
    token = environment.get(TOKEN, "") if url else ""
    return OpaPlace(url, ca, certificate, key, token, environment.get(PROGRAM, ""), timeout)


def find_program(named: str = "") -> Path:
    """The `opa` to start: the one named, the one on the path, or the one beside our Python.

    Raises:
        InputError: there is none.
    """
    if named:
        found = shutil.which(named)
        if found is None:
            raise InputError(f"{printable(named)} is no program that can be run", hint=_HINT)
        return Path(found).resolve()
    found = shutil.which("opa") or shutil.which("opa", path=str(Path(sys.prefix) / "go"))
    if found is None:
        raise InputError("there is no opa program on this machine", hint=_HINT)
    return Path(found).resolve()


def _check(url: str) -> None:
    urls.check(url, "OPA", f"Write it as https://HOST:PORT. A token goes into {TOKEN}.")
    if urlsplit(url).path.strip("/"):
        raise UsageError(
            f"'{printable(url[:200])}' has a path, and OPA is asked at the top of its server",
            hint="Write it as https://HOST:PORT.",
        )
