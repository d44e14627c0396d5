"""Which trusted signer, if any, made a signature; and only then, what it says."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.trust import Trust
from aiverify.errors import MalformedError
from aiverify.signing import dsse, keys, statement
from aiverify.signing.keys import PublicKey
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement


@dataclass(frozen=True, slots=True)
class Authentic:
    """A statement whose signature holds, and the trusted signer who made it."""

    source: str
    signer: str
    key: PublicKey
    statement: Statement


@dataclass(frozen=True, slots=True)
class Rejected:
    """A signature that does not count, and why."""

    source: str
    reason: str


def authenticate(signature: SignatureFile, trust: Trust, source: str) -> Authentic | Rejected:
    """Check a signature against every trusted key; parse its payload only if one made it."""
    if signature.method != "key":
        return Rejected(source, "it was made with a certificate, and trust names keys only")
    if signature.envelope.payload_type != dsse.IN_TOTO:
        return Rejected(source, "its payload is not an in-toto statement")
    found = _signer(signature, trust)
    if found is None:
        return Rejected(source, "no trusted key made it, or it was altered")
    name, key = found
    try:
        says = statement.parse(signature.envelope.payload, f"the statement in {source}")
    except MalformedError as error:
        return Rejected(source, error.message)
    return Authentic(source, name, key, says)


def _signer(signature: SignatureFile, trust: Trust) -> tuple[str, PublicKey] | None:
    """The signer and key that the signature verifies under. The hint is not evidence."""
    data = signature.envelope.signed_bytes()
    for signer in trust.signers:
        for pem in signer.keys:
            key = PublicKey(pem)
            if keys.is_signed_by(key, signature.envelope.signature, data):
                return signer.name, key
    return None
