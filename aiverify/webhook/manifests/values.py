"""What whoever installs the webhook may choose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from urllib.parse import urlsplit

from aiverify.core import reference
from aiverify.core.admission import CustomResource
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError
from aiverify.webhook.manifests.carried import Carried

NAME = "aiverify-webhook"
"""What most objects are called."""

CONFIGURATION = "aiverify"
"""What the webhook configurations are called, which are the cluster's own."""

LABELS = {
    "app.kubernetes.io/name": "aiverify",
    "app.kubernetes.io/component": "webhook",
}
"""What every object has, and the pods are found by."""

PORT = 8443
"""Where the API server asks."""

METRICS_PORT = 8080
"""Where the kubelet asks for health and Prometheus for metrics, and nobody for a verdict."""

GRACE = 40
"""Seconds that a pod is given to end: longer than the server lingers and drains."""

MAX_REPLICAS = 50

_LABEL = re.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
"""A name of a namespace (RFC 1123, a label)."""

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?")
"""A name of most other objects (RFC 1123, a subdomain)."""


class Certificates(StrEnum):
    """Whose certificate the webhook serves."""

    SELF_SIGNED = "self-signed"
    """The webhook makes and renews it, and tells the API server."""
    CERT_MANAGER = "cert-manager"
    """cert-manager does."""


class FailurePolicy(StrEnum):
    """What the API server does when it has no answer."""

    FAIL = "Fail"
    IGNORE = "Ignore"


class Pull(StrEnum):
    """When a node pulls an image that it may have already."""

    IF_NOT_PRESENT = "IfNotPresent"
    ALWAYS = "Always"


@dataclass(frozen=True, slots=True)
class Injecting:
    """How pods verify for themselves what only their node can read.

    With `downloads`, also what their init containers fetch.
    """

    pull: Pull = Pull.IF_NOT_PRESENT
    downloads: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Who reaches whom.

    `api_servers` are the networks that may ask, all if there are none; `egress_ports` are the
    ports of registries and services that the webhook may ask; `client_ca` is who signs the API
    server's client certificate (PEM).

    Raises:
        UsageError: one of them is none.
    """

    api_servers: tuple[str, ...] = ()
    egress_ports: tuple[int, ...] = (443,)
    client_ca: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for port in self.egress_ports:
            _check_number(port, "--egress-port", 1, 65535)
        for network in self.api_servers:
            _check_network(network)


@dataclass(frozen=True, slots=True)
class Outside:
    """A webhook that runs outside of the cluster: its URL, and who signed its certificate (PEM)."""

    url: str
    authority: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        odd = parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme != "https" or not parts.hostname or odd or parts.path.strip("/"):
            raise UsageError(
                f"{printable(self.url)} is no URL that an API server asks",
                hint="Write it as https://HOST:PORT, with neither path nor query.",
            )


@dataclass(frozen=True, slots=True)
class Values:
    """What is installed, and how.

    `image` is named by digest; `carried` is the profile with its files; `resources` are the
    custom resources that it names. `excluded` are namespaces of which the API server does not
    ask. `registry_secret` is a Secret with the logins for registries, `summaries` a ConfigMap
    of summaries. `injecting` is None where pods are left as they are. `timeout` is in seconds.

    Raises:
        UsageError: a value is none that Kubernetes takes, or two contradict each other.
    """

    carried: Carried
    image: str = ""
    namespace: str = "aiverify-system"
    replicas: int = 2
    certificates: Certificates = Certificates.SELF_SIGNED
    failure_policy: FailurePolicy = FailurePolicy.FAIL
    timeout: int = 10
    injecting: Injecting | None = None
    excluded: tuple[str, ...] = ()
    resources: tuple[CustomResource, ...] = ()
    registry_secret: str = ""
    summaries: str = ""
    priority_class: str = ""
    reach: Reach = field(default_factory=Reach)
    crd: bool = True
    outside: Outside | None = None

    def __post_init__(self) -> None:
        _check_name(self.namespace, "--namespace", _LABEL)
        for name in self.excluded:
            _check_name(name, "--exclude-namespace", _LABEL)
        _check_name(self.registry_secret or "none", "--registry-secret", _SUBDOMAIN)
        _check_name(self.summaries or "none", "--summaries", _SUBDOMAIN)
        _check_name(self.priority_class or "none", "--priority-class", _SUBDOMAIN)
        _check_number(self.replicas, "--replicas", 1, MAX_REPLICAS)
        _check_number(self.timeout, "--timeout", 1, 30)
        if self.outside is None:
            _check_image(self.image)

    @property
    def mutating(self) -> bool:
        """Whether the API server also asks how pods are to be changed."""
        return self.injecting is not None

    @property
    def self_signed(self) -> bool:
        """Whether the webhook makes its own certificate."""
        return self.outside is None and self.certificates is Certificates.SELF_SIGNED

    @property
    def asks_the_api_server(self) -> bool:
        """Whether the pods need a token for the API server."""
        return self.self_signed or self.crd


def _check_name(text: str, option: str, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(text):
        raise UsageError(
            f"{option} is {printable(text)!r}, which is no name in Kubernetes",
            hint="Lower-case letters, digits and dashes, with a letter or digit at both ends.",
        )


def _check_number(number: int, option: str, least: int, most: int) -> None:
    if not least <= number <= most:
        raise UsageError(f"{option} is {number}; it must be from {least} to {most}")


def _check_network(text: str) -> None:
    try:
        ip_network(text)
    except ValueError as error:
        raise UsageError(
            f"--api-server is {printable(text)}, which is no network",
            hint="Write it as 10.0.0.0/24, or 10.0.0.7/32 for one address.",
        ) from error


def _check_image(text: str) -> None:
    """What decides about everything that runs must not itself be moved by a tag."""
    hint = "Build .ci/Containerfile, push it, and name it with --image REGISTRY/NAME@sha256:..."
    if not text:
        raise UsageError("no image of the webhook was named", hint=hint)
    try:
        found = reference.parse(text)
    except (MalformedError, UsageError) as error:
        raise UsageError(f"--image: {error.message}", hint=hint) from error
    if found.digest is None or text.startswith(reference.SCHEME):
        raise UsageError(f"--image is {printable(text)}, which can be moved", hint=hint)
