"""Certificates that are made here: an authority that signs one server's certificate and is gone.

The authority's private key is never written anywhere: whoever reads the Secret can speak for this
webhook until the certificate expires, and can make no other certificate that the API server would
believe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Self

from aiverify.errors import MalformedError

if TYPE_CHECKING:
    from cryptography import x509

SKEW = timedelta(minutes=5)
"""How much the clocks of two machines may differ."""

MAX_NAME = 64
"""Characters that a common name may have (RFC 5280, ub-common-name)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A server's certificate with its key, and the certificate of who signed it, all in PEM.

    `start` and `end` are when the certificate begins and ends to be valid; `names` are the DNS
    names and addresses in it.
    """

    authority: str
    certificate: str
    key: str = field(repr=False)
    start: datetime
    end: datetime
    names: frozenset[str]

    @classmethod
    def read(cls, authority: str, certificate: str, key: str) -> Self:
        """A pair from what was written down of it.

        Raises:
            MalformedError: it is no PEM, the key is another's, or the authority did not sign it.
        """
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import serialization

        try:
            root = x509.load_pem_x509_certificate(authority.encode())
            leaf = x509.load_pem_x509_certificate(certificate.encode())
            private = serialization.load_pem_private_key(key.encode(), None)
            if private.public_key() != leaf.public_key():
                raise MalformedError("the key of the certificate is another's")
            leaf.verify_directly_issued_by(root)
            names = _names(leaf)
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
            raise MalformedError("a certificate in the Secret is broken") from error
        start, end = leaf.not_valid_before_utc, min(leaf.not_valid_after_utc, _end(root))
        return cls(authority, certificate, key, start, end, names)

    def serves(self, names: Sequence[str], now: datetime) -> bool:
        """Whether it is valid now, for all these names."""
        return self.start <= now < self.end and self.names >= set(names)


def mint(names: Sequence[str], now: datetime, lifetime: timedelta) -> Pair:
    """Make an authority, and a certificate by it for DNS names and IP addresses."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:MAX_NAME])])

    start, end = now - SKEW, now + lifetime
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    # Two authorities of one name would be taken for one while both are in the bundle.
    issuer = named(f"aiverify webhook {x509.random_serial_number():x}")
    blank = x509.CertificateBuilder().not_valid_before(start).not_valid_after(end)
    authority = (
        blank.subject_name(issuer)
        .issuer_name(issuer)
        .public_key(root.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(_subject_key(root), critical=False)
        .sign(root, hashes.SHA256())
    )
    leaf = (
        blank.subject_name(named(names[0]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_alternatives(names), critical=False)
        .add_extension(_subject_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False
        )
        .sign(root, hashes.SHA256())
    )
    return Pair.read(_pem(authority), _pem(leaf), _private_pem(key))


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subject_key(key: object) -> x509.SubjectKeyIdentifier:
    from cryptography import x509

    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())  # type: ignore[attr-defined]


def _alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    from cryptography import x509

    return x509.SubjectAlternativeName(
        [x509.IPAddress(ip_address(n)) if _is_address(n) else x509.DNSName(n) for n in names]
    )


def _names(leaf: x509.Certificate) -> frozenset[str]:
    from cryptography import x509

    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    dns = found.get_values_for_type(x509.DNSName)
    return frozenset((*dns, *map(str, found.get_values_for_type(x509.IPAddress))))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _end(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc.astimezone(UTC)


def _pem(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode()


def _private_pem(key: object) -> str:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(  # type: ignore[attr-defined,no-any-return]
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
