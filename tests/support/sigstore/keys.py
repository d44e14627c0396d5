"""Keys of the services: how they are named, stated and used."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey

ED25519 = "PKIX_ED25519"
DIGESTS: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "PKIX_ECDSA_P256_SHA_256": ("SHA2_256", hashes.SHA256()),
    "PKIX_ECDSA_P384_SHA_384": ("SHA2_384", hashes.SHA384()),
    "PKIX_ECDSA_P521_SHA_512": ("SHA2_512", hashes.SHA512()),
    "PKIX_RSA_PKCS1V15_2048_SHA256": ("SHA2_256", hashes.SHA256()),
    "PKIX_RSA_PKCS1V15_3072_SHA256": ("SHA2_256", hashes.SHA256()),
    "PKIX_RSA_PKCS1V15_4096_SHA256": ("SHA2_256", hashes.SHA256()),
}
"""What each algorithm of the registry that hashes first hashes with."""

_CURVES = {256: "PKIX_ECDSA_P256_SHA_256", 384: "PKIX_ECDSA_P384_SHA_384"}


def b64(data: bytes) -> str:
    """Base64 as JSON of protocol buffers has it."""
    return base64.b64encode(data).decode()


def generate(kind: str = "p256") -> Private:
    """A new private key: `p256` or `ed25519`."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def known(key: object) -> Public:
    """A key that was read, if it is of a kind that the services know."""
    kinds = (ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey, rsa.RSAPublicKey)
    if not isinstance(key, kinds):
        raise ValueError(f"no use for keys like {type(key).__name__}")  # noqa: TRY004
    return key


def spki(key: Public) -> bytes:
    """The public key's DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def spki_id(key: Public) -> bytes:
    """How RFC 6962, 3.2, names a log: the SHA-256 of its key."""
    return hashlib.sha256(spki(key)).digest()


def details(key: Public) -> str:
    """What the algorithm registry calls a key's usual signatures."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return ED25519
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.key_size, "PKIX_ECDSA_P521_SHA_512")
    return f"PKIX_RSA_PKCS1V15_{key.key_size}_SHA256"


def sign(key: Private, message: bytes) -> bytes:
    """A signature over a message, as `details` says."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, ec.ECDSA(DIGESTS[details(key.public_key())][1]))


def verifies(key: Public, signature: bytes, message: bytes) -> bool:
    """Whether the signature over the message is the key's."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True
    hasher = hashes.Hash(DIGESTS[details(key)][1])
    hasher.update(message)
    return verifies_digest(key, signature, hasher.finalize())


def verifies_digest(
    key: Public, signature: bytes, digest: bytes, algorithm: hashes.HashAlgorithm | None = None
) -> bool:
    """Whether the signature over what was hashed is the key's. Ed25519 hashes nothing first."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return False
    hashed = utils.Prehashed(algorithm or DIGESTS[details(key)][1])
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(hashed))
        else:
            key.verify(signature, digest, padding.PKCS1v15(), hashed)
    except (InvalidSignature, ValueError):
        return False
    return True


def hashed(message: bytes) -> bytes:
    """The SHA-256."""
    return hashlib.sha256(message).digest()
