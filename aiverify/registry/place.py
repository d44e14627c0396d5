"""How registries are reached: over TLS, or in the clear on this machine alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core import urls
from aiverify.core.names import printable
from aiverify.errors import InputError, UsageError
from aiverify.registry.retrying import Backoff

_API_HOSTS = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}
"""Hosts of references whose registry answers elsewhere."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a registry, in seconds.

    `connect` is how long a connection may take, `idle` how long nothing may come, and `whole` how
    long an answer may take that is read whole.
    """

    connect: float
    idle: float
    whole: float


@dataclass(frozen=True, slots=True)
class Place:
    """How registries are reached.

    `plain_http` asks by HTTP, on this machine alone. `ca` is a file of PEM roots that count
    instead of the system's. `state` is a folder in which unfinished uploads are remembered, or
    None. `backoff` says how long to wait, and how often, when a registry does not answer;
    `patience` for how long one may take, where that is not the usual.
    """

    plain_http: bool = False
    ca: Path | None = None
    state: Path | None = None
    backoff: Backoff = field(default_factory=Backoff)
    patience: Patience | None = None

    def url(self, host: str) -> str:
        """The URL of a registry, without a path.

        Raises:
            UsageError: it would be asked in the clear, and is on another machine.
        """
        if not self.plain_http:
            return f"https://{_API_HOSTS.get(host, host)}"
        url = f"http://{host}"
        if not urls.is_loopback(url):
            raise UsageError(
                f"{printable(host)} would be asked in the clear",
                hint="Plain HTTP is for registries on this machine.",
            )
        return url

    def check(self) -> None:
        """See that the roots are some.

        Raises:
            InputError: the file is missing, or holds no certificate.
        """
        if self.ca is None:
            return
        import ssl

        shown = printable(str(self.ca))
        try:
            found = ssl.create_default_context(cafile=str(self.ca)).get_ca_certs()
        except ssl.SSLError as error:
            raise InputError(f"{shown} holds no certificates in PEM form") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(f"{shown} cannot be read: {reason}") from error
        if not found:
            raise InputError(f"{shown} holds no root certificate")
