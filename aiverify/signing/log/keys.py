"""The keys of transparency logs: whether one made a signature."""

from __future__ import annotations

import hashlib

from aiverify.core.names import printable
from aiverify.errors import DeniedError
from aiverify.signing.trusted_root import TransparencyLog

_CURVES = {
    "PKIX_ECDSA_P256_SHA_256": ("secp256r1", "SHA256"),
    "PKIX_ECDSA_P384_SHA_384": ("secp384r1", "SHA384"),
    "PKIX_ECDSA_P521_SHA_512": ("secp521r1", "SHA512"),
}
_ED25519 = "PKIX_ED25519"
_ED25519_HEAD = bytes.fromhex("302a300506032b6570032100")
"""What comes before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410)."""


def is_signed_by(log: TransparencyLog, signature: bytes, data: bytes) -> bool:
    """Whether a log's key made a signature over these bytes.

    Raises:
        DeniedError: the trusted root gives the log a key that cannot be used.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    try:
        key = serialization.load_der_public_key(log.der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise DeniedError("its log's key in the trusted root cannot be read") from error
    try:
        if log.details == _ED25519 and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
            return True
        curve, hash_name = _CURVES.get(log.details, ("", ""))
        if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == curve:
            key.verify(signature, data, ec.ECDSA(getattr(hashes, hash_name)()))
            return True
    except InvalidSignature:
        return False
    raise DeniedError(f"its log has a key of the unknown kind {printable(log.details[:100])}")


def hints(log: TransparencyLog, name: str) -> frozenset[bytes]:
    """The four bytes by which a checkpoint may name the log's key (C2SP signed-note).

    Rekor names ECDSA keys by their own hash and Ed25519 keys together with the log's name.
    """
    ids = {log.log_id[:4], hashlib.sha256(log.der).digest()[:4]}
    if log.checkpoint_id:
        ids.add(log.checkpoint_id[:4])
    if log.details == _ED25519 and log.der.startswith(_ED25519_HEAD):
        key = log.der[len(_ED25519_HEAD) :]
        ids.add(hashlib.sha256(name.encode() + b"\n\1" + key).digest()[:4])
    return frozenset(ids)
