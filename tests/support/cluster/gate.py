"""The webhook as a process of its own, and how it is put in front of a cluster."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509

from tests.support.cluster.cluster import DEVELOPER, Answer, Cluster, wait_until
from tests.support.cluster.objects import imaged
from tests.support.cluster.programs import leashed
from tests.support.cluster.shelf import Shelf
from tests.support.commands import COMMAND, PROJECT, run
from tests.support.registries.registry import loopback_tls
from tests.support.services.server import Server, free_port

CONFIGURATIONS = {"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}

PROBE = "probe"
"""A pod that is only ever asked for in a dry run."""

IMAGE = f"registry.example/acme/aiverify@sha256:{'0' * 64}"
"""What the Deployment would run, if there was a node."""

_DRY = "/api/v1/namespaces/default/pods?dryRun=All"


class Gate(Server):
    """`aiverify webhook serve`, on loopback.

    Args:
        cluster: Whose API server may ask it.
        profile: What it judges by.
        folder: Where its certificate, its log and its caches lie.
        words: More of its command line.
    """

    def __init__(
        self, cluster: Cluster, profile: Path, folder: Path, words: Sequence[str] = ()
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.health_port = free_port(), free_port()
        self.profile = profile
        self.tls = loopback_tls(folder / "tls", "Webhook")
        self.audit = folder / "audit.jsonl"
        super().__init__("webhook", port=self.health_port, health="/readyz", folder=folder)
        home = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
        settings = {**home, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
        env = shutil.which("env") or "/usr/bin/env"
        self._command = leashed(
            env,
            *(f"{name}={value}" for name, value in settings.items()),
            *COMMAND,
            *("webhook", "serve", "--profile", profile),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--tls-cert", self.tls.certificate, "--tls-key", self.tls.key),
            *("--client-ca", cluster.client_ca, "--client-name", "kube-apiserver"),
            *("--metrics-port", str(self.health_port), "--audit-log", self.audit),
            *("--look-every", "200ms", "--linger", "0s"),
            *words,
        )

    @property
    def process_id(self) -> int:
        """The running process."""
        assert self._process
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.process_id, number)

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """It is there, and does nothing, while the context lasts."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def get(self, path: str) -> tuple[int, str]:
        """What it answers about itself; status 0 is no answer at all."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether it says so."""
        return self.get("/readyz")[0] == 200

    def rotate(self, owner: str = "Webhook") -> None:
        """Another certificate in the place of its own; of another `owner`, by another root."""
        new = loopback_tls(self._folder / f"new-{owner}", owner)
        # As a mounted Secret changes: each file is replaced whole.
        for was, now in ((self.tls.key, new.key), (self.tls.certificate, new.certificate)):
            now.replace(was)

    def know(self, client_ca: Path) -> None:
        """From its next start on, whose certificates let in who asks."""
        self._command[self._command.index("--client-ca") + 1] = str(client_ca)

    def serial(self) -> int:
        """The serial number of the certificate that it serves now."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        address = ("127.0.0.1", self.port)
        with socket.create_connection(address, 5) as plain, context.wrap_socket(plain) as found:
            data = found.getpeercert(binary_form=True)
        assert data
        return x509.load_der_x509_certificate(data).serial_number


@dataclass(frozen=True)
class Guarded:
    """A cluster behind a webhook, and two models by which to see that it is: one of them signed."""

    cluster: Cluster
    gate: Gate
    good: str
    bad: str

    def refuses(self) -> bool:
        """Whether a pod that it must not let in is refused by it."""
        answer = self.probe(self.bad)
        return answer.status == 403 and "AIV-SIGNATURE-NONE" in answer.message

    def admits(self) -> bool:
        """Whether one that it must let in is."""
        return self.probe(self.good).status == 201

    def probe(self, reference: str) -> Answer:
        """Ask for a pod that mounts a model, in a dry run."""
        return self.cluster.ask("POST", _DRY, imaged(reference, PROBE), user=DEVELOPER)

    def install(self, *words: str, ca: bytes = b"", port: int = 0, timeout: int = 0) -> None:
        """Apply what `aiverify webhook manifests` prints, and wait until it counts.

        Nothing routes to a Service where there are no nodes: the address is this machine's.
        """
        apply(self.cluster, configured(self.gate, *words, ca=ca, port=port, timeout=timeout))
        wait_until(self.refuses, "the webhook refuses what is not signed")
        wait_until(self.admits, "the webhook admits what is signed")

    def uninstall(self) -> None:
        """Take the configurations away, and wait until nobody asks the webhook."""
        for kind in sorted(CONFIGURATIONS):
            self.cluster.do(f"delete {kind.lower()} --all")
        wait_until(lambda: self.probe(self.bad).status == 201, "nobody is asked")


@dataclass(frozen=True)
class Staged(Guarded):
    """The same with everything that lies in its registry."""

    shelf: Shelf


@contextmanager
def guarding(cluster: Cluster, gate: Gate, good: str, bad: str) -> Iterator[Guarded]:
    """The cluster behind a running webhook, while the context lasts."""
    found = Guarded(cluster, gate, good, bad)
    found.install()
    try:
        yield found
    finally:
        found.uninstall()


@contextmanager
def staged(cluster: Cluster, shelf: Shelf, folder: Path) -> Iterator[Staged]:
    """The cluster behind a webhook of its own that knows a shelf, while the context lasts."""
    with Gate(cluster, shelf.profile, folder, ["--plain-http"]) as gate:
        found = Staged(cluster, gate, shelf.ref("llama"), shelf.ref("unsigned"), shelf)
        found.install()
        try:
            yield found
        finally:
            found.uninstall()


def manifests(*words: str, cwd: Path) -> list[dict[str, Any]]:
    """What `aiverify webhook manifests` prints."""
    done = run("webhook", "manifests", *words, cwd=cwd)
    assert done.exit_code == 0, done.err
    return [one for one in yaml.safe_load_all(done.out) if one]


def configured(
    gate: Gate, *words: str, ca: bytes = b"", port: int = 0, timeout: int = 0
) -> list[dict[str, Any]]:
    """The manifests, whose configurations lead to a process on this machine."""
    words = ("--profile", str(gate.profile), "--image", IMAGE, *words)
    found = manifests(*words, cwd=gate.profile.parent)
    bundle = base64.b64encode(ca or gate.tls.ca.read_bytes()).decode()
    for document in found:
        if document["kind"] not in CONFIGURATIONS:
            continue
        for hook in document["webhooks"]:
            path = hook["clientConfig"]["service"].get("path", "/")
            url = f"https://127.0.0.1:{port or gate.port}{path}"
            hook["clientConfig"] = {"url": url, "caBundle": bundle}
            if timeout:
                hook["timeoutSeconds"] = timeout
    return found


def apply(cluster: Cluster, documents: Sequence[dict[str, Any]]) -> str:
    """Apply, in the order in which they come: what a kind is has to be known before one is made."""
    out = []
    definitions = [one for one in documents if one["kind"] == "CustomResourceDefinition"]
    others = [one for one in documents if one not in definitions]
    if definitions:
        out.append(cluster.do("apply -f -", *definitions))
        names = " ".join(f"crd/{one['metadata']['name']}" for one in definitions)
        cluster.do(f"wait --for=condition=Established --timeout=60s {names}")
    out.append(cluster.do("apply -f -", *others))
    return "".join(out)
