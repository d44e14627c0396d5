"""Timestamps of a timestamp authority in memory, good ones and bad ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from aiverify.signing.trusted_root import Authority, Period, TrustedRoot
from tests.support.sigstore import authority, timestamp
from tests.support.sigstore.authority import Authority as Issuer
from tests.support.sigstore.timestamp import Stamp

SIGNATURE = b"a signature"


def now() -> datetime:
    """The present, as a timestamp states it."""
    return datetime.now(UTC).replace(microsecond=0)


def key() -> ec.EllipticCurvePrivateKey:
    """A new key."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Clock:
    """A timestamp authority: a root, perhaps an authority below it, and what signs."""

    issuer: Issuer = field(default_factory=lambda: Issuer.root("tsa root"))
    key: ec.EllipticCurvePrivateKey = field(default_factory=key)
    certificate: x509.Certificate | None = None

    def __post_init__(self) -> None:
        if self.certificate is None:
            self.certificate = self.issuer.timestamping("tsa", self.key)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Leaf to root, in DER."""
        assert self.certificate is not None
        return tuple(der(each) for each in (self.certificate, *self.issuer.chain))

    def stamp(
        self,
        signature: bytes = SIGNATURE,
        *,
        at: datetime | None = None,
        algorithm: str = "sha256",
        with_certificate: bool = True,
    ) -> bytes:
        """A timestamp."""
        assert self.certificate is not None
        digest = hashlib.new(algorithm, signature).digest()
        made = Stamp(algorithm, digest, at or now())
        return timestamp.granted(
            made, self.certificate, self.key, with_certificate=with_certificate
        )

    def trusted(self, valid: Period | None = None) -> Authority:
        """The authority in a trusted root."""
        return Authority(self.chain, valid or Period())

    def root(self, valid: Period | None = None) -> TrustedRoot:
        """A trusted root with it alone."""
        return TrustedRoot((), timestamp_authorities=(self.trusted(valid),))


def der(certificate: x509.Certificate) -> bytes:
    """A certificate's bytes."""
    return certificate.public_bytes(Encoding.DER)


def pem(*certificates: bytes) -> bytes:
    """Certificates in PEM."""
    loaded = (x509.load_der_x509_certificate(each) for each in certificates)
    return b"".join(each.public_bytes(Encoding.PEM) for each in loaded)


def clock_for(
    purposes: list[x509.ObjectIdentifier] | None,
    *,
    critical: bool = True,
    valid: tuple[datetime, datetime] | None = None,
) -> Clock:
    """An authority whose certificate is for other purposes, or valid at other times."""
    issuer, own = Issuer.root("tsa root"), key()
    extensions: list[Any] = [authority.usage(signing=True)]
    if purposes is not None:
        extensions.append((x509.ExtendedKeyUsage(purposes), critical))
    builder = issuer.builder(authority.name("tsa"), own.public_key(), extensions, valid)
    return Clock(issuer, own, issuer.sign(builder))


STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
DAY = timedelta(days=1)
