"""`aiverify webhook manifests`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Output, a_flag, a_path, a_text, examples
from aiverify.cli.webhook.words import PROFILE, InjectDownloads, Profile
from aiverify.errors import UsageError
from aiverify.webhook.manifests.values import (
    Certificates,
    FailurePolicy,
    Injecting,
    Outside,
    Pull,
    Reach,
    Values,
)

EXAMPLES = examples(
    "aiverify webhook manifests --image registry.example/aiverify@sha256:... | kubectl apply -f -",
    "aiverify webhook manifests --image ... --cert-manager --mutating -o webhook.yaml",
)


@dataclass(frozen=True, slots=True)
class PodWords:
    """What a command line says of the webhook's pods."""

    image: Annotated[str, a_text("The webhook's image, by digest.", metavar="REF@sha256:...")] = ""
    namespace: Annotated[str, typer.Option(metavar="NAME", help="Where it is installed.")] = (
        "aiverify-system"
    )
    replicas: Annotated[int, typer.Option(metavar="COUNT", help="How many pods.")] = 2
    priority_class: Annotated[str, a_text("The pods' priority class.", metavar="NAME")] = ""
    registry_secret: Annotated[
        str, a_text("A Secret with the logins for registries.", metavar="NAME")
    ] = ""
    summaries: Annotated[
        str, a_text("A ConfigMap with signed summaries of verdicts.", metavar="NAME")
    ] = ""
    cert_manager: Annotated[
        bool, a_flag("Have cert-manager make the certificates.", "--cert-manager")
    ] = False
    self_signed: Annotated[
        bool, a_flag("Have the webhook make its own, which is the default.", "--self-signed")
    ] = False
    no_crd: Annotated[bool, a_flag("Without profiles as objects.", "--no-crd")] = False

    def certificates(self) -> Certificates:
        """Whose certificates. Raises UsageError where that is said twice."""
        if self.cert_manager and self.self_signed:
            raise UsageError("--cert-manager and --self-signed contradict each other")
        return Certificates.CERT_MANAGER if self.cert_manager else Certificates.SELF_SIGNED


@dataclass(frozen=True, slots=True)
class AskingWords:
    """What a command line says of when the API server asks."""

    failure_policy: Annotated[
        FailurePolicy,
        typer.Option(metavar="WHAT", help="What happens without an answer: Fail or Ignore."),
    ] = FailurePolicy.FAIL
    timeout: Annotated[
        int, typer.Option(metavar="SECONDS", help="How long the API server waits.")
    ] = 10
    exclude_namespace: Annotated[
        list[str] | None, a_text("A namespace never asked about. May be repeated.", metavar="NAME")
    ] = None
    mutating: Annotated[
        bool, a_flag("Also have pods verify what only their node can read.", "--mutating")
    ] = False
    inject_pull: Annotated[
        Pull, typer.Option(metavar="WHEN", help="IfNotPresent or Always: when they pull its image.")
    ] = Pull.IF_NOT_PRESENT
    inject_downloads: InjectDownloads = False

    def injecting(self) -> Injecting | None:
        """What pods are given. Raises UsageError where it is not said that they are."""
        if self.mutating:
            return Injecting(self.inject_pull, self.inject_downloads)
        if self.inject_downloads or self.inject_pull is not Pull.IF_NOT_PRESENT:
            raise UsageError("--inject-downloads and --inject-pull are for --mutating")
        return None


@dataclass(frozen=True, slots=True)
class ReachWords:
    """What a command line says of who reaches whom."""

    client_ca: Annotated[
        Path | None, a_path("Who signs the API server's client certificate, in PEM.")
    ] = None
    api_server: Annotated[
        list[str] | None, a_text("A network that may ask. May be repeated.", metavar="CIDR")
    ] = None
    egress_port: Annotated[
        list[int] | None,
        typer.Option(
            metavar="PORT", help="A port of registries. May be repeated.", show_default="443"
        ),
    ] = None
    url: Annotated[str, a_text("The webhook runs elsewhere, at this URL.", metavar="URL")] = ""
    ca_file: Annotated[Path | None, a_path("Who signed its certificate, in PEM.")] = None

    def reach(self) -> Reach:
        """Who asks, and who is asked."""
        from aiverify.webhook.manifests.carried import read_authority

        return Reach(
            tuple(self.api_server or ()),
            tuple(self.egress_port or (443,)),
            read_authority(self.client_ca) if self.client_ca else "",
        )

    def outside(self) -> Outside | None:
        """Where the webhook is if it is no pod."""
        from aiverify.webhook.manifests.carried import read_authority

        if bool(self.url) != bool(self.ca_file):
            raise UsageError(
                "--url and --ca-file go together",
                hint="Without either, the webhook runs in the cluster.",
            )
        return Outside(self.url, read_authority(self.ca_file)) if self.ca_file else None


@grouped
def manifests(
    pods: PodWords,
    asking: AskingWords,
    reach: ReachWords,
    profile: Profile = PROFILE,
    output: Output = None,
) -> None:
    """Print what installs the webhook in a cluster, for `kubectl apply`.

    The profile and all files that it names go into a ConfigMap. Nothing here asks the cluster.
    """
    from aiverify.verify.profile import read_profile
    from aiverify.webhook.manifests.carried import carry
    from aiverify.webhook.manifests.rendering import render
    from aiverify.webhook.manifests.text import to_yaml

    terminal.refuse_input(output, profile, reach.client_ca, reach.ca_file)
    values = Values(
        carried=carry(profile, summaries=bool(pods.summaries)),
        image=pods.image,
        namespace=pods.namespace,
        replicas=pods.replicas,
        certificates=pods.certificates(),
        failure_policy=asking.failure_policy,
        timeout=asking.timeout,
        injecting=asking.injecting(),
        excluded=tuple(asking.exclude_namespace or ()),
        resources=read_profile(profile).admission.resources,
        registry_secret=pods.registry_secret,
        summaries=pods.summaries,
        priority_class=pods.priority_class,
        reach=reach.reach(),
        crd=not pods.no_crd,
        outside=reach.outside(),
    )
    terminal.deliver(to_yaml(render(values)), output)
    _warn(values)


def _warn(values: Values) -> None:
    from aiverify.webhook.manifests.carried import APPLIED_BY_CLIENT

    if values.failure_policy is FailurePolicy.IGNORE:
        terminal.remark("warning: while the webhook is down, everything is admitted")
    if values.outside is not None:
        return
    if values.replicas == 1:
        terminal.remark("warning: with one replica, nothing is admitted while it moves")
    if values.carried.size > APPLIED_BY_CLIENT:
        terminal.remark("warning: the profile is large; it takes kubectl apply --server-side")
