"""The key or certificate of a signature, as transparency logs name it."""

from __future__ import annotations

import base64
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiverify.errors import MalformedError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

_ON_CURVES = {
    "secp256r1": ("PKIX_ECDSA_P256_SHA_256", "sha256"),
    "secp384r1": ("PKIX_ECDSA_P384_SHA_384", "sha384"),
    "secp521r1": ("PKIX_ECDSA_P521_SHA_512", "sha512"),
}
_RSA_SIZES = (2048, 3072, 4096)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How a key signs (Sigstore's algorithm registry).

    `details` is Sigstore's name of it (protobuf-specs, PublicKeyDetails). `hash` is the hash
    that is made before signing, or empty when the key signs the message itself.
    """

    details: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """What verifies a signature: `der` is a SubjectPublicKeyInfo, or a certificate."""

    der: bytes
    certificate: bool

    @property
    def pem(self) -> bytes:
        """The same in PEM, as Rekor v1 writes it: lines of 64 characters, a final newline."""
        label = b"CERTIFICATE" if self.certificate else b"PUBLIC KEY"
        encoded = base64.b64encode(self.der)
        lines = [encoded[at : at + 64] for at in range(0, len(encoded), 64)]
        return b"\n".join(
            [b"-----BEGIN " + label + b"-----", *lines, b"-----END " + label + b"-----", b""]
        )

    @property
    def algorithm(self) -> Algorithm:
        """How the key signs.

        Raises:
            MalformedError: it is no key or certificate.
            UsageError: it is of a kind that Sigstore's registry does not list.
        """
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

        key = self._load()
        if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _ON_CURVES:
            return Algorithm(*_ON_CURVES[key.curve.name])
        if isinstance(key, ed25519.Ed25519PublicKey):
            return Algorithm("PKIX_ED25519", "")
        if isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_SIZES:
            return Algorithm(f"PKIX_RSA_PKCS1V15_{key.key_size}_SHA256", "sha256")
        raise UsageError("transparency logs do not take signatures by a key of this kind")

    def _load(self) -> CertificatePublicKeyTypes:
        from cryptography import x509
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization

        what = "certificate" if self.certificate else "public key"
        try:
            with warnings.catch_warnings():
                # The library warns of certificates that it will refuse one day.
                warnings.simplefilter("ignore")
                if self.certificate:
                    return x509.load_der_x509_certificate(self.der).public_key()
                return serialization.load_der_public_key(self.der)  # type: ignore[return-value]
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
            raise MalformedError(f"a signature's {what} is not one in DER") from error
