"""What a server is told, all of it at its start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aiverify.registry.place import Place


@dataclass(frozen=True, slots=True)
class Tls:
    """How the server shows who it is, and whom it lets in.

    With `client_ca` whoever asks must have a certificate of it, and with `client_names` one of
    these as its common name or as a DNS or URI name.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None
    client_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client, and all of them, may take. Sizes are bytes, times seconds."""

    body: int = 7 << 20
    """An update carries an object twice, and the API server takes 3 MiB of each at most."""
    all_bodies: int = 64 << 20
    head: int = 16 << 10
    chunks: int = 4096
    head_seconds: float = 5.0
    body_seconds: float = 10.0
    idle_seconds: float = 120.0
    """Longer than the 90 seconds after which the API server lets a connection go itself."""
    handshake_seconds: float = 5.0
    close_seconds: float = 2.0
    connections: int = 512
    per_connection: int = 100_000
    """Requests."""
    reviews: int = 64
    """Those under way and those that wait for a thread."""
    threads: int = 64
    """As many: one that waits for a registry that does not answer must keep no other waiting."""


@dataclass(frozen=True, slots=True)
class Injected:
    """The container that pods get, as `mutating.injection.Injection` has it."""

    image: str
    pull: str = "IfNotPresent"
    downloads: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """A server as somebody asks for it. Times are seconds.

    `deadline` is how long a review may take that the API server sets no limit to, and the most
    that it may take. `audit` is a file, `-` for standard output, or None. `traces` is the base
    URL of an OpenTelemetry collector (OTLP over HTTP), or empty. `look_every` is how often files
    are looked at for changes. After a signal, `linger` is how long new connections are still
    taken, and `drain` how long reviews may then take that are under way. With `stay_ready` a
    broken new version is counted and told, and readiness stays. With `injected` there is
    `/mutate`, which has pods verify on their node what only that can read.
    """

    profile: Path
    tls: Tls
    host: str = "0.0.0.0"  # noqa: S104 - a Service sends to whatever address the pod has
    port: int = 8443
    metrics_host: str = ""
    metrics_port: int = 8080
    deadline: float = 9.5
    audit: str | None = None
    traces: str = ""
    look_every: float = 5.0
    linger: float = 5.0
    drain: float = 20.0
    stay_ready: bool = False
    injected: Injected | None = None
    registries: Place = field(default_factory=Place)
    limits: Limits = field(default_factory=Limits)
