"""What a certificate may be used for, and whether its algorithms still mean anything."""

from __future__ import annotations

from aiverify.errors import DeniedError, MalformedError
from aiverify.signing.certificates import alternatives
from aiverify.signing.certificates.reading import Certificate, key_words

_MIN_RSA = 2048
_MIN_CURVE = 256
_LEAF_KEYS = ("P-256", "P-384", "P-521", "Ed25519")


def check_leaf(leaf: Certificate, *, trusted: bool) -> None:
    """Check that a certificate is one that signs statements, and no authority.

    OMS v1.0 does not say which usages a leaf needs. Those that are there are obeyed (RFC
    5280, sections 4.2.1.3 and 4.2.1.12), and one at least has to be there. A self-signed
    certificate that is `trusted` by itself may be marked an authority, as tools mark it, if
    its key usage withholds the right to sign certificates.

    Raises:
        DeniedError: with the reason.
    """
    words = key_words(leaf.key)
    if words not in _LEAF_KEYS:
        raise DeniedError(f"its certificate is for a key of the kind {words}, which cannot sign")
    if leaf.may_issue or (leaf.is_ca and not trusted):
        raise DeniedError("its certificate is an authority's, which may not sign artifacts")
    if leaf.usage is None and leaf.extended is None:
        raise DeniedError("its certificate does not say that it may sign: it names no usage")
    if leaf.usage is not None and not leaf.usage.digital_signature:
        raise DeniedError("its certificate may not be used for digital signatures")
    if not leaf.may_sign_code:
        raise DeniedError("its certificate may not be used to sign code")
    if any(ord(char) < 0x20 or ord(char) == 0x7F for name in named(leaf) for char in name):
        raise DeniedError("its certificate has a control character in a name")


def check_issuer(issuer: Certificate) -> None:
    """Check that a certificate may have issued those below it. Path length is not its matter.

    Raises:
        DeniedError: with the reason.
    """
    if not issuer.may_issue:
        raise DeniedError(f"the certificate {issuer.shown} issued another and is no authority's")
    if not issuer.may_sign_code:
        raise DeniedError(f"the authority {issuer.shown} may not issue certificates to sign code")
    check_key(issuer)


def check_signature(one: Certificate) -> None:
    """Check that the signature on a certificate is made with a hash that still holds.

    Raises:
        DeniedError: it is not, or with one that nobody knows.
    """
    if one.has_strong_hash:
        return
    if not one.hash_name:
        raise DeniedError(f"the certificate {one.shown} is signed with an unknown algorithm")
    raise DeniedError(
        f"the certificate {one.shown} is signed with {one.hash_name}, which is too weak"
    )


def check_key(issuer: Certificate) -> None:
    """Check that the key of an issuer is strong enough.

    Raises:
        DeniedError: it is too short, or of a kind that is not used any more.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

    match issuer.key:
        case rsa.RSAPublicKey():
            strong = issuer.key.key_size >= _MIN_RSA
        case ec.EllipticCurvePublicKey():
            strong = issuer.key.key_size >= _MIN_CURVE
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            strong = True
        case _:
            strong = False
    if not strong:
        raise DeniedError(
            f"the key of the certificate {issuer.shown} is too weak: {key_words(issuer.key)}"
        )


def named(leaf: Certificate) -> tuple[str, ...]:
    """The names that `Leaf.names` holds.

    Raises:
        DeniedError: one of them cannot be read.
    """
    try:
        return alternatives.identities(leaf.alternatives)
    except MalformedError as error:
        raise DeniedError(f"its certificate cannot be read: {error.message}") from error
