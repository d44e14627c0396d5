"""Starting etcd and kube-apiserver, with certificates made for them."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.certificates import Authority, key_of, key_usage, root
from tests.support.cluster.cluster import ADMIN, ANOTHER, DEVELOPER, Cluster, wait_until
from tests.support.cluster.programs import Leashed
from tests.support.registries.registry import VALID, Tls, loopback_tls, private_pem
from tests.support.services.server import free_port

USERS: Mapping[str, tuple[str, ...]] = {
    ADMIN: ("system:masters",),
    DEVELOPER: ("developers",),
    ANOTHER: ("developers", "release-managers"),
}
"""Everybody with their groups. Developers may do anything, but no admission stops to ask."""


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster of its own, while the context lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        peers, clients = free_port(), free_port()
        words = ["--name=only", f"--data-dir={folder / 'etcd'}", "--unsafe-no-fsync"]
        words += [f"--listen-client-urls=http://127.0.0.1:{clients}"]
        words += [f"--advertise-client-urls=http://127.0.0.1:{clients}"]
        words += [f"--listen-peer-urls=http://127.0.0.1:{peers}"]
        words += [f"--initial-advertise-peer-urls=http://127.0.0.1:{peers}"]
        words += [f"--initial-cluster=only=http://127.0.0.1:{peers}", "--log-level=warn"]
        stack.enter_context(Leashed("etcd", *words, port=clients, health="/health", folder=folder))
        tls = loopback_tls(folder / "tls", "Cluster")
        found = _prepare(folder, tls)
        stack.enter_context(_ApiServer(found, tls, clients))
        _settle(found)
        yield found


class _ApiServer(Leashed):
    """Ready once it says so at /readyz."""

    def __init__(self, cluster: Cluster, tls: Tls, etcd: int) -> None:
        folder = cluster.folder
        words = [
            f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            # Or it would refuse to tell pods of an address on loopback.
            "--endpoint-reconciler-type=none",
            f"--secure-port={cluster.port}",
            f"--cert-dir={folder / 'run'}",
            f"--tls-cert-file={tls.certificate}",
            f"--tls-private-key-file={tls.key}",
            f"--token-auth-file={folder / 'tokens.csv'}",
            "--service-account-issuer=https://cluster.example",
            f"--service-account-key-file={folder / 'accounts.pub'}",
            f"--service-account-signing-key-file={tls.key}",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--authorization-mode=RBAC",
            # Nobody is there to make the accounts that pods would have.
            "--disable-admission-plugins=ServiceAccount",
            f"--admission-control-config-file={folder / 'admission.json'}",
            f"--audit-policy-file={folder / 'audit-policy.json'}",
            f"--audit-log-path={cluster.audit}",
            "--profiling=false",
        ]
        super().__init__(
            "kube-apiserver", *words, port=cluster.port, health="/readyz", folder=folder
        )
        self._health = f"{cluster.url}/readyz"
        self._context = ssl.create_default_context(cafile=tls.ca)

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._context)
        )
        try:
            with opener.open(self._health, timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False


def _prepare(folder: Path, tls: Tls) -> Cluster:
    """Write every file that the API server reads, and a kubeconfig for each user."""
    client = _client(folder / "client")
    found = Cluster(
        folder=folder,
        port=free_port(),
        ca=tls.ca,
        client_ca=client.ca,
        tokens={user: f"{user}-{index:032}" for index, user in enumerate(USERS)},
        audit=folder / "audit.log",
    )
    # The key of the server's certificate signs accounts' tokens too: nobody asks for one.
    public = key_of("Cluster Server").public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "accounts.pub").write_bytes(pem)
    lines = (
        f'{found.tokens[user]},{user},{user},"{",".join(groups)}"\n'
        for user, groups in USERS.items()
    )
    (folder / "tokens.csv").write_text("".join(lines))
    for user, token in found.tokens.items():
        _write(found.kubeconfig(user), _config(found.url, tls.ca, {"token": token}, user))
    files = {"client-certificate": str(client.certificate), "client-key": str(client.key)}
    _write(folder / "webhooks.kubeconfig", _config("", None, files, "*"))
    _write(folder / "admission.json", _admission(folder / "webhooks.kubeconfig"))
    _write(
        folder / "audit-policy.json",
        {
            "apiVersion": "audit.k8s.io/v1",
            "kind": "Policy",
            "omitStages": ["RequestReceived"],
            "rules": [
                {"level": "None", "verbs": ["get", "list", "watch"]},
                {"level": "None", "users": ["system:apiserver"]},
                {"level": "Metadata"},
            ],
        },
    )
    return found


def _client(folder: Path) -> Tls:
    """The certificate by which the API server makes itself known to webhooks."""
    authority = root("Webhook Client Root", **VALID)
    client = authority.issue("kube-apiserver", _CLIENT, **VALID)
    folder.mkdir(parents=True, exist_ok=True)
    return write_tls(folder, authority, client)


_CLIENT = (
    (x509.BasicConstraints(ca=False, path_length=None), True),
    (key_usage("digital_signature"), True),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
)


def write_tls(folder: Path, authority: Authority, owner: Authority) -> Tls:
    """Write a root, a certificate and its key into a folder."""
    tls = Tls(folder / "ca.crt", folder / "tls.crt", folder / "tls.key")
    tls.ca.write_bytes(authority.pem)
    tls.certificate.write_bytes(owner.pem)
    tls.key.write_bytes(private_pem(owner))
    return tls


def _config(url: str, ca: Path | None, credentials: Mapping[str, str], user: str) -> Any:
    value: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "users": [{"name": user, "user": dict(credentials)}],
    }
    if ca:
        at = {"server": url, "certificate-authority": str(ca)}
        value["clusters"] = [{"name": "local", "cluster": at}]
        value["contexts"] = [{"name": "local", "context": {"cluster": "local", "user": user}}]
        value["current-context"] = "local"
    return value


def _admission(kubeconfig: Path) -> Any:
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AdmissionConfiguration",
        "plugins": [
            {
                "name": name,
                "configuration": {
                    "apiVersion": "apiserver.config.k8s.io/v1",
                    "kind": "WebhookAdmissionConfiguration",
                    "kubeConfigFile": str(kubeconfig),
                },
            }
            for name in ("ValidatingAdmissionWebhook", "MutatingAdmissionWebhook")
        ],
    }


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1))


def _settle(found: Cluster) -> None:
    """Wait for what the API server makes by itself, and let developers do what they like."""
    path = "/api/v1/namespaces/default"
    wait_until(lambda: found.ask("GET", path).status == 200, "the namespace `default`")
    found.do(
        "apply -f -",
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "developers"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "cluster-admin",
            },
            "subjects": [
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "developers"}
            ],
        },
    )
