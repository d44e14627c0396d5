"""Making a signature: a statement, a key, a signature file."""

from __future__ import annotations

from typing import Protocol

from aiverify.signing import dsse
from aiverify.signing.dsse import Envelope
from aiverify.signing.keys import PublicKey
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement


class Signer(Protocol):
    """Whatever can sign bytes: a key in memory today, one in a KMS or a token alike."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this signs."""
        ...

    def sign(self, data: bytes) -> bytes:
        """A signature over the data."""
        ...


def sign(statement: Statement, signer: Signer) -> SignatureFile:
    """Sign a statement. The payload is the same for the same statement."""
    payload = statement.to_bytes()
    signature = signer.sign(dsse.pae(dsse.IN_TOTO, payload))
    return SignatureFile(
        Envelope(dsse.IN_TOTO, payload, signature), method="key", hint=signer.public.hint
    )
