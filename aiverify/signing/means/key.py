"""A bare key: trust holds the public half."""

from __future__ import annotations

from datetime import datetime

from aiverify.core.trust import Trust, TrustedKey
from aiverify.errors import DeniedError
from aiverify.signing.dsse import Envelope
from aiverify.signing.keys import PublicKey, is_signed_by, is_signed_by_digest
from aiverify.signing.keys.public import HEADS
from aiverify.signing.log.body import Content
from aiverify.signing.log.verify import Verifier
from aiverify.signing.means.interface import Found, Ground
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.witnesses import witness

MAX_LEGACY = 16 << 20
"""Bytes of a payload for which the encoding of model_signing 0.2 is tried as well."""


class ByKey:
    """The signature verifies under a trusted key. The file's own hint is not evidence."""

    def speaks_of(self, signature: SignatureFile, trust: Trust) -> bool:
        """Whether no certificate is there, and trust has keys."""
        return not signature.certificates and any(signer.keys for signer in trust.signers)

    def find(self, signature: SignatureFile, trust: Trust, ground: Ground) -> Found:
        """Try each trusted key. Raises as `Means.find`."""
        known = [(signer, trusted) for signer in trust.signers for trusted in signer.keys]
        for signer, trusted in known:
            key = PublicKey(trusted.pem)
            if made_by(key, signature.content):
                seen = witness(signature, Verifier(key.der, certificate=False), ground)
                _check_window(trusted, seen.times or (ground.now,))
                return Found(signer, key, seen)
        raise DeniedError(_by_nobody(signature.content, trust))


def made_by(key: PublicKey, content: Content) -> bool:
    """Whether a key signed this envelope, or this digest."""
    if isinstance(content, Envelope):
        if is_signed_by(key, content.signature, content.signed_bytes()):
            return True
        # The old form is several times as long, and such signatures were never large.
        old = len(content.payload) <= MAX_LEGACY
        return old and is_signed_by(key, content.signature, content.legacy_bytes())
    digest = content.digest
    return is_signed_by_digest(key, content.signature, digest.algorithm, digest.raw)


def _by_nobody(content: Content, trust: Trust) -> str:
    pems = (trusted.pem for signer in trust.signers for trusted in signer.keys)
    if not isinstance(content, Envelope) and any(map(_is_ed25519, pems)):
        return (
            "no trusted key made it, or it was altered; an Ed25519 key's signature of a digest "
            "(Ed25519ph) cannot be verified"
        )
    return "no trusted key made it, or it was altered"


def _is_ed25519(pem: str) -> bool:
    return PublicKey(pem).der.startswith(HEADS["ed25519"][0])


def _check_window(trusted: TrustedKey, times: tuple[datetime, ...]) -> None:
    start, end = trusted.window.start, trusted.window.end
    for at in times:
        if start and at < start:
            raise DeniedError(f"its key counts from {start:%Y-%m-%d}, and it was made before")
        if not trusted.window.holds(at):
            raise DeniedError(
                f"its key counted until {end:%Y-%m-%d}, and nothing proves that it was made before"
            )
