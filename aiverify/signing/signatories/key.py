"""The holder of a key: in a file, in a key service, or in a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from aiverify.core.digest import Digest
from aiverify.errors import UsageError
from aiverify.signing import dsse
from aiverify.signing.dsse import Envelope
from aiverify.signing.keys import Signer
from aiverify.signing.keys.verifying import HASHES
from aiverify.signing.log.body import Content
from aiverify.signing.log.verify import Verifier
from aiverify.signing.means.key import made_by
from aiverify.signing.message import MessageSignature
from aiverify.signing.signatories.interface import Told
from aiverify.signing.signatories.witnessing import NOBODY, Witnessing
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement


@runtime_checkable
class _SignsDigests(Protocol):
    def sign_digest(self, algorithm: str, digest: bytes) -> bytes: ...


@dataclass(frozen=True)
class KeySignatory:
    """Signs with a bare key (OMS v1.0, key method)."""

    signer: Signer
    witnessing: Witnessing = NOBODY

    @property
    def told(self) -> Told:
        """The key's fingerprint."""
        return (("key", self.signer.public.fingerprint),)

    @property
    def file_hash(self) -> str:
        """The hash that belongs to the key's curve."""
        return file_hash(self.signer)

    def sign(self, says: Statement | Digest) -> SignatureFile:
        """Sign. Raises as `Signatory.sign`."""
        key = self.signer.public
        signature = SignatureFile(signed_by(self.signer, says), hint=key.hint)
        return self.witnessing.witnessed(signature, Verifier(key.der, certificate=False))

    def made(self, signature: SignatureFile) -> bool:
        """Whether the file names this key."""
        key = self.signer.public
        return not signature.certificates and signature.hint in (key.hint, key.cosign_hint)

    def vouches(self, signature: SignatureFile) -> bool:
        """Whether the key made it."""
        return made_by(self.signer.public, signature.content)


def file_hash(signer: Signer) -> str:
    """The algorithm by which a key signs digests (OMS v1.0: that of its curve)."""
    return HASHES.get(signer.public.algorithm, ("sha512",))[0]


def signed_by(signer: Signer, says: Statement | Digest) -> Content:
    """A statement in its envelope, or a digest, with the key's signature.

    Raises:
        UsageError: the key cannot sign digests.
        UndecidedError: its service is out of reach.
    """
    if isinstance(says, Statement):
        payload = says.to_bytes()
        return Envelope(dsse.IN_TOTO, payload, signer.sign(dsse.pae(dsse.IN_TOTO, payload)))
    if not isinstance(signer, _SignsDigests):
        raise UsageError(
            "a key in a service or token signs statements here, not a file's digest",
            hint="Leave --blob out.",
        )
    return MessageSignature(says, signer.sign_digest(says.algorithm, says.raw))
