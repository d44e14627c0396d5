"""A certificate transparency log's promise: the signed certificate timestamp of RFC 6962."""

from __future__ import annotations

import struct
import time

from asn1crypto.core import OctetString
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from tests.support.sigstore import keys
from tests.support.sigstore.keys import Private

_VERSION_1 = 0
_CERTIFICATE_TIMESTAMP = 0
_PRECERT_ENTRY = 1
_SHA256_ECDSA = b"\x04\x03"


class CtLog:
    """The log's key. What it has promised is nowhere kept."""

    def __init__(self) -> None:
        self.key = keys.generate()
        self.strangers_key = keys.generate()

    def promise(self, precert: bytes, issuer: x509.Certificate, key: Private) -> x509.ExtensionType:
        """The extension with one timestamp over a certificate as it is without (3.2, 3.3)."""
        milliseconds = int(time.time() * 1000)
        issuer_id = keys.spki_id(keys.known(issuer.public_key()))
        signed = struct.pack(
            "!BBQH", _VERSION_1, _CERTIFICATE_TIMESTAMP, milliseconds, _PRECERT_ENTRY
        )
        signed += issuer_id + len(precert).to_bytes(3, "big") + precert + _sized(b"")
        timestamp = struct.pack("!B", _VERSION_1) + keys.spki_id(self.key.public_key())
        timestamp += struct.pack("!Q", milliseconds) + _sized(b"")
        timestamp += _SHA256_ECDSA + _sized(keys.sign(key, signed))
        value = OctetString(_sized(_sized(timestamp))).dump()
        return x509.UnrecognizedExtension(ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS, value)


def _sized(data: bytes) -> bytes:
    """A vector of up to 2^16-1 bytes, as TLS writes it."""
    return len(data).to_bytes(2, "big") + data
