"""Keys that many tests share, and signature files to be altered before they are read."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aiverify.core.trust import Signer, Trust
from aiverify.signing import dsse, keys, oms
from aiverify.signing.authenticate import Authentic, authenticate
from aiverify.signing.dsse import Envelope
from aiverify.signing.keys import PrivateKey
from aiverify.signing.means.interface import Ground
from aiverify.signing.rejected import Rejected
from aiverify.signing.signatories import KeySignatory
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.statement import Statement
from tests.support.artifacts import manifest_of

FILES = {"README.md": b"# Tiny\n", "model.safetensors": b"\x00\x01\x02"}


@cache
def key(curve: str = "p256", owner: str = "alice") -> PrivateKey:
    """The same key for the same owner, all test run long."""
    del owner
    return keys.generate(curve)


def trust_in(*trusted: PrivateKey) -> Trust:
    """Trust in signers called `signer 0`, `signer 1` and so on."""
    signers = (Signer.of_keys(f"signer {at}", (key.public.pem,)) for at, key in enumerate(trusted))
    return Trust(tuple(signers))


def listing() -> Statement:
    """The OMS statement about `FILES`."""
    return oms.build("tiny", manifest_of(FILES), (".git",))


def signed(
    payload: bytes, payload_type: str = dsse.IN_TOTO, signer: PrivateKey | None = None
) -> SignatureFile:
    """A good signature over any payload of any type."""
    by = signer or key()
    envelope = Envelope(payload_type, payload, by.sign(dsse.pae(payload_type, payload)))
    return SignatureFile(envelope, by.public.hint)


def sign(says: Statement, by: PrivateKey) -> SignatureFile:
    """A statement signed with a bare key, witnessed by nobody."""
    return KeySignatory(by).sign(says)


def authenticated(
    signature: SignatureFile, trust: Trust, source: str = "model.sig"
) -> Authentic | Rejected:
    """What authentication comes to now, without Sigstore's keys."""
    return authenticate(signature, trust, source, Ground(datetime.now(UTC)))


def altered(file: SignatureFile, **given: Any) -> SignatureFile:
    """The same with another part of its envelope: `payload`, `payload_type` or `signature`."""
    return replace(file, content=replace(envelope_of(file), **given))


def envelope_of(signature: SignatureFile) -> Envelope:
    """The envelope of a signature that has one."""
    assert isinstance(signature.content, Envelope)
    return signature.content


def good_file() -> dict[str, Any]:
    """A signature file that holds, as JSON to be altered."""
    value: dict[str, Any] = json.loads(signed(listing().to_bytes()).to_bytes())
    return value


def b64(data: bytes) -> str:
    """Base64 as DSSE writes it."""
    return base64.b64encode(data).decode()
