"""Certificate authorities: a root, one below it, and what they issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.sigstore.keys import Public

ORGANIZATION = "local.example"
FOUNDED = timedelta(days=400)
"""How long ago the services' keys and authorities began."""

Extension = tuple[x509.ExtensionType, bool]


def now() -> datetime:
    """The time, in whole seconds as certificates have it."""
    return datetime.now(UTC).replace(microsecond=0)


def name(common_name: str) -> x509.Name:
    """A distinguished name of the local services."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def usage(*, signing: bool) -> Extension:
    """What the key is for: signatures, or certificates."""
    return x509.KeyUsage(
        digital_signature=signing,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signing,
        crl_sign=not signing,
        encipher_only=False,
        decipher_only=False,
    ), True


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that issues others, with its key and what stands above it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple[x509.Certificate, ...] = ()

    @classmethod
    def root(cls, common_name: str) -> Self:
        """A new root of trust."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name(common_name), key.public_key(), None, _ca_extensions(1))
        return cls(builder.issuer_name(name(common_name)).sign(key, hashes.SHA256()), key)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """From this certificate up to the root."""
        return (self.certificate, *self.above)

    def below(self, common_name: str) -> Authority:
        """An authority that this one vouches for."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self.builder(name(common_name), key.public_key(), _ca_extensions(0))
        return Authority(self.sign(builder), key, self.chain)

    def timestamping(self, common_name: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        """A certificate for a timestamp authority (RFC 3161, 2.3)."""
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        extensions = [usage(signing=True), (purpose, True)]
        return self.sign(self.builder(name(common_name), key.public_key(), extensions))

    def builder(
        self,
        subject: x509.Name,
        key: Public,
        extensions: Sequence[Extension],
        valid: tuple[datetime, datetime] | None = None,
    ) -> x509.CertificateBuilder:
        """A certificate of this authority's, to be signed."""
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        ours = [*extensions, (above, False)]
        return _builder(subject, key, valid, ours).issuer_name(self.certificate.subject)

    def sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        """The certificate."""
        return builder.sign(self.key, hashes.SHA256())


def _ca_extensions(path_length: int) -> list[Extension]:
    return [(x509.BasicConstraints(ca=True, path_length=path_length), True), usage(signing=False)]


def _builder(
    subject: x509.Name,
    key: Public,
    valid: tuple[datetime, datetime] | None,
    extensions: Sequence[Extension],
) -> x509.CertificateBuilder:
    start, end = valid or (now() - FOUNDED, now() + FOUNDED)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder
