"""`aiverify webhook serve`."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Quiet, a_flag, a_path, a_text, examples
from aiverify.cli.registries import Registries
from aiverify.cli.webhook.companions import ClusterWords
from aiverify.cli.webhook.words import PROFILE, InjectDownloads, Profile
from aiverify.errors import UsageError
from aiverify.webhook.server.settings import Injected, Limits, Settings, Tls

EXAMPLES = examples(
    "aiverify webhook serve --profile aiverify.yaml --tls-cert tls.crt --tls-key tls.key",
    "aiverify webhook serve ... --client-ca ca.crt --client-name kube-apiserver",
)

_TIME = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def _a_time(words: str, *names: str) -> object:
    return typer.Option(*names, metavar="TIME", help=words)


@dataclass(frozen=True, slots=True)
class TlsWords:
    """What a command line says of certificates."""

    tls_cert: Annotated[Path | None, a_path("The server's certificate with its chain, in PEM.")] = (
        None
    )
    tls_key: Annotated[Path | None, a_path("Its key, in PEM without a password.")] = None
    client_ca: Annotated[
        Path | None, a_path("Who signs the certificates of clients; without, any may ask.")
    ] = None
    client_name: Annotated[
        list[str] | None,
        a_text("A name that a client's certificate must have. May be repeated.", metavar="NAME"),
    ] = None

    def tls(self) -> Tls:
        """Which files they are. Raises UsageError where one is missing."""
        if self.tls_cert is None or self.tls_key is None:
            raise UsageError(
                "an API server asks over TLS alone", hint="Give --tls-cert and --tls-key."
            )
        if self.client_name and self.client_ca is None:
            raise UsageError(
                "--client-name is about certificates of clients", hint="Give --client-ca too."
            )
        return Tls(self.tls_cert, self.tls_key, self.client_ca, tuple(self.client_name or ()))


@dataclass(frozen=True, slots=True)
class PortWords:
    """What a command line says of where the server listens, and how long it takes."""

    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen at.")] = (
        "0.0.0.0"  # noqa: S104 - a Service sends to whatever address the pod has
    )
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Where reviews are taken.")
    ] = 8443
    metrics_port: Annotated[
        int,
        typer.Option(metavar="PORT", min=0, max=65535, help="For probes and metrics, plain HTTP."),
    ] = 8080
    deadline: Annotated[str, _a_time("The most that a review may take.")] = "9.5s"
    linger: Annotated[str, _a_time("How long new connections are still taken after SIGTERM.")] = (
        "5s"
    )
    drain: Annotated[str, _a_time("How long reviews may then still take.")] = "20s"
    look_every: Annotated[str, _a_time("How often files are looked at for changes.")] = "5s"
    threads: Annotated[
        int, typer.Option(metavar="COUNT", min=1, max=256, help="Reviews at a time.")
    ] = 64
    waiting: Annotated[
        int,
        typer.Option(metavar="COUNT", min=1, max=10000, help="Reviews that may wait for those."),
    ] = 64
    stay_ready: Annotated[
        bool, a_flag("Stay ready while a new version of a file cannot be used.", "--stay-ready")
    ] = False


@dataclass(frozen=True, slots=True)
class TellingWords:
    """What a command line says of logs, traces, and what is put into pods."""

    audit_log: Annotated[
        str | None, a_text("A line of JSON a review; - for standard output.", metavar="FILE")
    ] = None
    otlp_endpoint: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar="OTEL_EXPORTER_OTLP_ENDPOINT",
            help="Send traces to this collector (OTLP over HTTP).",
            show_default=False,
        ),
    ] = ""
    inject: Annotated[
        str,
        a_text("Serve /mutate, which has pods verify with this image.", metavar="REF@sha256:..."),
    ] = ""
    inject_pull: Annotated[
        str, typer.Option(metavar="WHEN", help="IfNotPresent or Always: when that is pulled.")
    ] = "IfNotPresent"
    inject_downloads: InjectDownloads = False


@grouped
def serve(
    tls: TlsWords,
    ports: PortWords,
    telling: TellingWords,
    cluster: ClusterWords,
    reach: Registries,
    profile: Profile = PROFILE,
    quiet: Quiet = False,
) -> None:
    """Answer an API server's admission reviews, until SIGTERM.

    Certificates, the profile, its policies and keys are read again when their files change; a
    broken new version keeps the old one in use, and readiness turns.
    """
    from aiverify.webhook.server.serving import serve as run

    settings = _settings(profile, tls, ports, telling, reach)
    with tempfile.TemporaryDirectory(prefix="aiverify-", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        keeper = cluster.keeper(settings.tls.certificate, settings.tls.key, scratch)
        profiles = cluster.profiles(profile, scratch)
        if profiles is not None:
            settings = replace(settings, profile=profiles.profile)
        run(
            settings,
            say=(lambda _: None) if quiet else terminal.remark,
            companions=tuple(each for each in (keeper, profiles) if each is not None),
        )


def _settings(
    profile: Path, tls: TlsWords, ports: PortWords, telling: TellingWords, reach: Registries
) -> Settings:
    injected = None
    if telling.inject:
        injected = Injected(telling.inject, telling.inject_pull, telling.inject_downloads)
    elif telling.inject_downloads:
        raise UsageError("--inject-downloads is for --inject", hint="Give that too.")
    return Settings(
        profile,
        tls.tls(),
        ports.host,
        ports.port,
        metrics_port=ports.metrics_port,
        deadline=_seconds("--deadline", ports.deadline),
        audit=telling.audit_log,
        traces=telling.otlp_endpoint,
        look_every=max(0.1, _seconds("--look-every", ports.look_every)),
        linger=_seconds("--linger", ports.linger),
        drain=_seconds("--drain", ports.drain),
        stay_ready=ports.stay_ready,
        injected=injected,
        registries=reach.place(),
        limits=Limits(threads=ports.threads, reviews=ports.threads + ports.waiting),
    )


def _seconds(option: str, words: str) -> float:
    found = _TIME.fullmatch(words)
    if found is None:
        raise UsageError(
            f"{option} {words} is no length of time", hint="Write it as 9.5s or 800ms."
        )
    return float(found[1]) * _UNITS[found[2]]
