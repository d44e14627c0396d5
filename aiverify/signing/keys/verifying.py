"""Whether a key made a signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from aiverify.errors import UsageError
from aiverify.signing.keys.public import CURVE_NAMES, PublicKey, load_public

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

HASHES: Mapping[str, Sequence[str]] = {
    "p256": ("sha256",),
    "p384": ("sha384", "sha256"),
    "p521": ("sha512", "sha256"),
}
"""The hash that belongs to a curve (OMS v1.0), and then what cosign 2 and model_signing 0.2
took for every curve."""


def is_signed_by(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a key made a signature over these bytes.

    Ed25519 signs the bytes themselves, ECDSA their hash. cosign attests by Ed25519ph, which
    signs their hash too (RFC 8032, section 5.1). A key of another kind has made nothing.

    Raises:
        MalformedError: the key's text is not a public key in PEM.
    """
    return _is_signed_with(key, signature, data, HASHES, prehashed=True)


def is_signed_as_oms(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """The same for a signature that is still to be handed on: in the key's own way only."""
    return _is_signed_with(
        key, signature, data, {name: (own,) for name, (own, *_) in HASHES.items()}
    )


def is_signed_by_digest(
    key: PublicKey, signature: bytes, digest_algorithm: str, digest: bytes
) -> bool:
    """Whether a key made a signature over bytes of which only the digest is known.

    `digest_algorithm` is sha256, sha384 or sha512; any of them goes with any curve. Never
    for Ed25519: its variant Ed25519ph is verified over the bytes alone.

    Raises:
        MalformedError: the key's text is not a public key in PEM.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if DIGEST_SIZES.get(digest_algorithm) != len(digest):
        return False
    try:
        public = load_public(key.pem.encode(), "the public key")
    except UsageError:
        return False
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    scheme = ec.ECDSA(utils.Prehashed(hash_named(digest_algorithm)))
    return _is_ecdsa(public, signature, digest, [scheme])


def hash_named(name: str) -> hashes.HashAlgorithm:
    """The library's form of sha256, sha384 or sha512."""
    from cryptography.hazmat.primitives import hashes

    return {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[name]


def is_der(signature: bytes) -> bool:
    """Whether an ECDSA signature is written as DER demands, which has one form for each pair."""
    from cryptography.hazmat.primitives.asymmetric import utils

    try:
        return utils.encode_dss_signature(*utils.decode_dss_signature(signature)) == signature
    except ValueError:
        return False


DIGEST_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


def _is_signed_with(
    key: PublicKey,
    signature: bytes,
    data: bytes,
    accepted: Mapping[str, Sequence[str]],
    *,
    prehashed: bool = False,
) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        public = load_public(key.pem.encode(), "the public key")
    except UsageError:
        return False
    if isinstance(public, ec.EllipticCurvePublicKey):
        names = accepted[CURVE_NAMES[public.curve.name]]
        return _is_ecdsa(public, signature, data, [ec.ECDSA(hash_named(name)) for name in names])
    if _holds(public.verify, signature, data):
        return True
    return prehashed and _is_ed25519ph(public.public_bytes_raw(), signature, data)


def _is_ed25519ph(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether an Ed25519ph signature with an empty context holds (RFC 8032, section 5.1).

    libsodium refuses an S that is not reduced, as pure Ed25519 does here.
    """
    from nacl import bindings
    from nacl.exceptions import BadSignatureError

    if len(signature) != bindings.crypto_sign_BYTES:
        return False
    state = bindings.crypto_sign_ed25519ph_state()
    bindings.crypto_sign_ed25519ph_update(state, data)
    try:
        bindings.crypto_sign_ed25519ph_final_verify(state, signature, public)
    except BadSignatureError:
        return False
    return True


def _is_ecdsa(
    public: ec.EllipticCurvePublicKey,
    signature: bytes,
    data: bytes,
    schemes: Sequence[ec.ECDSA],
) -> bool:
    if not is_der(signature):
        return False
    return any(_holds(public.verify, signature, data, scheme) for scheme in schemes)


def _holds(verify: Callable[..., None], *words: object) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        verify(*words)
    except InvalidSignature:
        return False
    return True
