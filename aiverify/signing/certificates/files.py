"""Certificates in files, and the key that one belongs to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError
from aiverify.files.extent import Extent
from aiverify.signing.certificates import reading
from aiverify.signing.keys import PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_FILE = 4 << 20
_LABEL = re.compile(rb"-----BEGIN ([^-\r\n]{1,64})-----")
_CERTIFICATES = frozenset({b"CERTIFICATE", b"X509 CERTIFICATE"})
_BESIDE = (b"PRIVATE KEY", b"PUBLIC KEY", b" PARAMETERS")
"""What may stand beside certificates and is passed over."""


def read_pem(path: Path) -> tuple[bytes, ...]:
    """All certificates of a PEM file, or the one of a DER file: DER, in the file's order.

    Raises:
        InputError: the file cannot be read.
        MalformedError: it is a key, holds something that is neither a key nor a
            certificate, or a certificate in it cannot be read.
    """
    return parse_pem(Extent.of_named(path).read(_MAX_FILE), printable(str(path)))


def parse_pem(data: bytes, shown: str) -> tuple[bytes, ...]:
    """The same from bytes, which errors call `shown`.

    Raises:
        MalformedError: as `read_pem`.
    """
    found = [data] if data[:1] == b"\x30" else _in_pem(data, shown)
    for number, der in enumerate(found, 1):
        try:
            reading.parse(der)
        except MalformedError as error:
            raise MalformedError(f"certificate {number} in {shown}: {error.message}") from error
    return tuple(found)


def check_pair(leaf: bytes, public: PublicKey) -> None:
    """Check that a certificate is for a key.

    Raises:
        UsageError: it is for another one.
        MalformedError: the certificate cannot be read.
    """
    certificate = reading.parse(leaf)
    if reading.public_of(certificate.key) != public:
        raise UsageError(
            f"the certificate {certificate.shown} is not for the key that signs",
            hint="Give the certificate that was issued for this key.",
        )


def _in_pem(data: bytes, shown: str) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    labels = _LABEL.findall(data)
    wanted = sum(label in _CERTIFICATES for label in labels)
    if not wanted:
        raise MalformedError(_other_than_certificates(labels, shown))
    for label in labels:
        if label not in _CERTIFICATES and not label.endswith(_BESIDE):
            kind = printable(label.decode(errors="replace"))
            raise MalformedError(f"{shown} holds a {kind!r} among its certificates")
    try:
        read = reading.part("PEM", lambda: x509.load_pem_x509_certificates(data))
    except MalformedError as error:
        raise MalformedError(f"a certificate in {shown} cannot be read") from error
    if len(read) != wanted:
        raise MalformedError(f"a certificate in {shown} is cut off")
    return [one.public_bytes(Encoding.DER) for one in read]


def _other_than_certificates(labels: Iterable[bytes], shown: str) -> str:
    for kind, words in ((b"PRIVATE KEY", "a private key"), (b"PUBLIC KEY", "a public key")):
        if any(label.endswith(kind) for label in labels):
            return f"{shown} is {words}; a certificate is wanted"
    return f"{shown} holds no certificate in PEM or DER"
