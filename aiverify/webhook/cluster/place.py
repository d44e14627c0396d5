"""Where an API server is, and who asks it: a pod's service account, or a kubeconfig."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import InputError, MalformedError
from aiverify.files.extent import Extent

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a kubelet mounts a pod's token and the roots of its API server."""

_MAX_SIZE = 1 << 20
_REFUSED = (
    "insecure-skip-tls-verify",
    "proxy-url",
    "tls-server-name",
    "exec",
    "auth-provider",
    "password",
    "as",
)


@dataclass(frozen=True, slots=True)
class ApiServer:
    """An API server by its URL, and what it is asked with.

    `roots` is a file of the certificates that it may show, None for the system's. A token is in
    a file, which is read again as it is renewed, or given. A client certificate is a file with
    its key in another.
    """

    url: str
    roots: Path | None = None
    token_file: Path | None = None
    token: str = field(default="", repr=False)
    certificate: tuple[Path, Path] | None = None


def in_cluster(environment: Mapping[str, str], directory: Path = SERVICE_ACCOUNT) -> ApiServer:
    """The API server of the cluster that this process is a pod of.

    Raises:
        InputError: it is no pod's, or the pod has no token.
    """
    host = environment.get("KUBERNETES_SERVICE_HOST", "")
    port = environment.get("KUBERNETES_SERVICE_PORT", "443")
    token, roots = directory / "token", directory / "ca.crt"
    if not host or not token.is_file() or not roots.is_file():
        raise InputError(
            "this process has no service account of a cluster",
            hint="It has one in a pod that mounts its token; elsewhere name a kubeconfig.",
        )
    shown = f"[{host}]" if ":" in host else host
    return ApiServer(f"https://{shown}:{port}", roots, token)


def kubeconfig(path: Path, scratch: Path) -> ApiServer:
    """The API server of a kubeconfig's current context.

    Certificates and keys that are written in it are put into files of the directory `scratch`,
    which only its owner may read.

    Raises:
        InputError: it, or a file that it names, cannot be read.
        MalformedError: it is none, or asks for what is not done here: to run a program for
            credentials, to believe any certificate, or to act for somebody else.
    """
    from aiverify.core import yamlvalue

    shown = printable(str(path))
    try:
        text = Extent.of_named(path).read(_MAX_SIZE).decode()
    except UnicodeError as error:
        raise MalformedError(f"{shown} is not valid UTF-8") from error
    found = yamlvalue.parse(text, "the kubeconfig")
    context = _named(found, "contexts", "context", found.get("current-context"), shown)
    cluster = _named(found, "clusters", "cluster", context.get("cluster"), shown)
    user = _named(found, "users", "user", context.get("user"), shown)
    for name in _REFUSED:
        if cluster.get(name) or user.get(name):
            raise MalformedError(
                f"{shown} asks for {name}, which is not done here",
                hint="Name a certificate authority, and a token or a client certificate.",
            )
    files = _Files(path.parent, scratch, shown)
    certificate = files.get(user, "client-certificate")
    key = files.get(user, "client-key")
    return ApiServer(
        _url(cluster.get("server"), shown),
        files.get(cluster, "certificate-authority"),
        files.get(user, "tokenFile"),
        str(user.get("token") or ""),
        (certificate, key) if certificate and key else None,
    )


def _url(value: Json, shown: str) -> str:
    text = value if isinstance(value, str) else ""
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise MalformedError(
            f"{shown} names the server {printable(text)!r}", hint="It must begin with https://."
        )
    return text.rstrip("/")


def _named(
    found: Mapping[str, Json], group: str, member: str, name: Json, shown: str
) -> Mapping[str, Json]:
    listed = found.get(group)
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping) and item.get("name") == name:
            value = item.get(member)
            if isinstance(value, Mapping):
                return value
    raise MalformedError(f"{shown} has no {member} named {printable(str(name))}")


@dataclass(frozen=True, slots=True)
class _Files:
    """Files that a kubeconfig names, or that its data is written to."""

    directory: Path
    scratch: Path
    shown: str

    def get(self, members: Mapping[str, Json], name: str) -> Path | None:
        data, path = members.get(f"{name}-data"), members.get(name)
        if isinstance(data, str) and data:
            return self._written(name, data)
        return self.directory / path if isinstance(path, str) and path else None

    def _written(self, name: str, data: str) -> Path:
        try:
            content = base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error) as error:
            raise MalformedError(f"{self.shown}: {name}-data is not Base64") from error
        path = self.scratch / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return path
