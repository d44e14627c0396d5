"""The server's certificate and the authority of its clients, as the files have them now."""

from __future__ import annotations

import hashlib
import os
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from aiverify.core.names import printable
from aiverify.errors import InputError
from aiverify.webhook.server.settings import Tls

MAX_PEM = 1 << 20
"""Bytes of a file of certificates, or of a key."""

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: forward secrecy and authenticated encryption alone (RFC 9325, section 4.2)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A context to take connections with. `expires` is when its certificate ends (Unix seconds)."""

    context: ssl.SSLContext
    expires: float


def fingerprint(tls: Tls) -> str:
    """The digest of what the files hold now. Raises InputError where one cannot be read."""
    return digest_of(_files(tls))


def digest_of(paths: Iterable[Path]) -> str:
    """The digest of some files. Raises InputError where one cannot be read."""
    state = hashlib.sha256()
    for path in paths:
        data = _read(path)
        state.update(b"%d:" % len(data) + data)
    return f"sha256:{state.hexdigest()}"


def identity(tls: Tls) -> Identity:
    """Read certificate, key and authority, from one moment as far as that can be told.

    Where Kubernetes mounts a volume, the link to its current version is followed once, so that
    a certificate is not paired with another version's key.

    Raises:
        InputError: one cannot be read, or the key is not the certificate's.
    """
    certificate, key, *authority = (Path(os.path.realpath(path)) for path in _files(tls))
    pem = _read(certificate)
    _read(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    # A resumed session would outlive the authority that its client was let in by.
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    context.set_ciphers(CIPHERS)
    # HTTP/2 would be chosen if it were offered (RFC 7301).
    context.set_alpn_protocols(["http/1.1"])
    _load_pair(context, certificate, key, tls)
    if tls.client_ca is not None:
        _load_authority(context, authority[0], tls.client_ca)
    return Identity(context, _end_of(pem, tls.certificate))


def _files(tls: Tls) -> tuple[Path, ...]:
    more = () if tls.client_ca is None else (tls.client_ca,)
    return (tls.certificate, tls.key, *more)


def _load_pair(context: ssl.SSLContext, certificate: Path, key: Path, tls: Tls) -> None:
    shown = f"{printable(str(tls.certificate))} and {printable(str(tls.key))}"
    try:
        # Without a password OpenSSL would ask at the terminal for an encrypted key's.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise InputError(
                f"{shown} do not belong together", hint="Write both before the server looks again."
            ) from error
        raise InputError(
            f"{shown} are no certificate in PEM and its key without a password"
        ) from error
    except OSError as error:
        raise InputError(f"{shown} cannot be read: {error.strerror}") from error


def _load_authority(context: ssl.SSLContext, path: Path, named: Path) -> None:
    try:
        context.load_verify_locations(cadata=_read(path).decode("ascii", "replace"))
    except (ssl.SSLError, ValueError) as error:
        _refuse_authority(named, error)
    if not context.get_ca_certs():
        _refuse_authority(named, None)
    context.verify_mode = ssl.CERT_REQUIRED


def _refuse_authority(named: Path, error: Exception | None) -> NoReturn:
    raise InputError(f"{printable(str(named))} holds no authority's certificate in PEM") from error


def _end_of(pem: bytes, named: Path) -> float:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(pem).not_valid_after_utc.timestamp()
    except ValueError as error:
        raise InputError(f"{printable(str(named))} holds no certificate in PEM") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PEM + 1)
    except OSError as error:
        reason = error.strerror or "it is no file"
        raise InputError(f"{printable(str(path))} cannot be read: {reason}") from error
    if len(data) > MAX_PEM:
        raise InputError(f"{printable(str(path))} is larger than {MAX_PEM} bytes")
    return data
