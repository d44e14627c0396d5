"""A registry that runs: where it is, who may use it, and by which certificate it is known."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.certificates import Authority, alternative, key_usage, root
from tests.support.services.server import Server

VALID: dict[str, Any] = {
    "start": datetime(2020, 1, 1, tzinfo=UTC),
    "end": datetime(2120, 1, 1, tzinfo=UTC),
}


@dataclass(frozen=True)
class Login:
    """A name with its password, and the password's bcrypt hash as registries keep it."""

    name: str
    password: str
    bcrypt: str = field(repr=False)

    @property
    def basic(self) -> str:
        """What stands for it in a docker configuration, and after `Basic` in a header."""
        return base64.b64encode(f"{self.name}:{self.password}".encode()).decode()

    @property
    def htpasswd(self) -> str:
        """Its line in a password file."""
        return f"{self.name}:{self.bcrypt}\n"


ALICE = Login(
    "alice", "correct horse", "$2b$04$lk/bbnBIKBkFcRboIdsuHO2/GZ2yI1f7SBe2fRY/kYaAxPaIc.3Fy"
)
BOB = Login("bob", "battery staple", "$2b$04$HvJB0jALOOYMipzHS1SA8ui7.k9g3Vcl0/urVQh26041B9ws6o62m")


@dataclass(frozen=True)
class Tls:
    """The files of a server that listens at 127.0.0.1 and localhost, and the root above it."""

    ca: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """What a server in this process wraps its socket with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def loopback_tls(folder: Path, owner: str = "Loopback") -> Tls:
    """Make a root and a server's certificate. Each `owner` is a root of its own."""
    authority = root(f"{owner} Root", **VALID)
    server = authority.issue(
        f"{owner} Server",
        (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (key_usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            alternative(x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")),
        ),
        **VALID,
    )
    folder.mkdir(parents=True, exist_ok=True)
    # skopeo takes every .crt, .cert and .key in a folder for its own.
    tls = Tls(folder / "ca.crt", folder / "server.pem", folder / "server-key.pem")
    tls.ca.write_bytes(authority.pem)
    tls.certificate.write_bytes(server.pem)
    tls.key.write_bytes(private_pem(server))
    return tls


def private_pem(owner: Authority) -> bytes:
    """A private key in PKCS#8, without a password."""
    return owner.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True)
class Registry:
    """A registry that runs.

    Attributes:
        host: `127.0.0.1:PORT`, as it stands in a reference.
        config: A folder with a docker `config.json`, which has the first user's credentials.
        storage: The folder where it keeps what it is given.
        ca: The root of its certificate, where it speaks TLS.
        users: Who may use it. Empty: everybody.
        server: The program, for tests that stop it and start it again at the same port.
    """

    host: str
    config: Path
    storage: Path
    ca: Path | None
    users: tuple[Login, ...]
    server: Server

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"{'https' if self.ca else 'http'}://{self.host}"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.server.log_path


def docker_config(folder: Path, host: str, users: Sequence[Login]) -> Path:
    """A folder with a docker configuration that has the first user's credentials for a host."""
    folder.mkdir(parents=True, exist_ok=True)
    auths = {host: {"auth": users[0].basic}} if users else {}
    (folder / "config.json").write_text(json.dumps({"auths": auths}))
    return folder
