"""Private keys in memory: signing with them, and making new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from aiverify.errors import UsageError
from aiverify.signing.keys.public import ALGORITHMS, CURVE_NAMES, KINDS, PublicKey, from_crypto
from aiverify.signing.keys.verifying import DIGEST_SIZES, HASHES, hash_named

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    CryptoPrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class PrivateKey:
    """A private key of one of the four kinds, held in memory."""

    _key: CryptoPrivateKey

    @property
    def public(self) -> PublicKey:
        """Its public half."""
        return from_crypto(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """A signature: Ed25519, or ECDSA in DER with the hash of the curve (OMS v1.0)."""
        from cryptography.hazmat.primitives.asymmetric import ec

        if not isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data)
        name = HASHES[CURVE_NAMES[self._key.curve.name]][0]
        return self._key.sign(data, ec.ECDSA(hash_named(name)))

    def sign_digest(self, algorithm: str, digest: bytes) -> bytes:
        """An ECDSA signature in DER over bytes of which only the digest is known.

        `algorithm` is sha256, sha384 or sha512.

        Raises:
            UsageError: the key signs no digests, or this is not one.
        """
        from cryptography.hazmat.primitives.asymmetric import ec, utils

        if not isinstance(self._key, ec.EllipticCurvePrivateKey):
            raise UsageError("an Ed25519 key signs whole messages, not their digests")
        if DIGEST_SIZES.get(algorithm) != len(digest):
            raise UsageError(f"{len(digest)} bytes are not a digest by {algorithm}")
        return self._key.sign(digest, ec.ECDSA(utils.Prehashed(hash_named(algorithm))))

    def to_pem(self, password: bytes) -> bytes:
        """PKCS#8 in PEM, encrypted unless the password is empty.

        Raises:
            UsageError: the password is longer than can be used.
        """
        from cryptography.hazmat.primitives import serialization as form

        encryption: form.KeySerializationEncryption = form.NoEncryption()
        if password:
            encryption = form.BestAvailableEncryption(password)
        try:
            return self._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, encryption)
        except ValueError as error:
            raise UsageError("the password is too long to encrypt a key with") from error


def generate(algorithm: str) -> PrivateKey:
    """A new key of a kind of `ALGORITHMS`.

    Raises:
        UsageError: another kind.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if algorithm == "ed25519":
        return PrivateKey(ed25519.Ed25519PrivateKey.generate())
    curves = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
    if algorithm not in curves:
        raise UsageError(f"the curve {algorithm!r} is none of {', '.join(ALGORITHMS)}")
    return PrivateKey(ec.generate_private_key(curves[algorithm]))


def on_known_curve(key: object, shown: str) -> PrivateKey:
    """A private key from one of the library's.

    Raises:
        UsageError: it is of a kind that nothing here is signed with.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return PrivateKey(key)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in CURVE_NAMES:
        raise UsageError(
            f"{shown} is not a key on {KINDS}", hint="Make one with `aiverify keys generate`."
        )
    return PrivateKey(key)
