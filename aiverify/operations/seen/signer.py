"""How a signature names its signer: by a key, a certificate or a chain."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.operations.seen.words import cut, cut_all
from aiverify.signing import certificates, dsse
from aiverify.signing.certificates import Described, reading
from aiverify.signing.keys import PublicKey, public
from aiverify.signing.signature_file import SignatureFile

if TYPE_CHECKING:
    from aiverify.signing.keys.public import CryptoKey

MAX_NAMES = 40
"""Names, usages, extensions or promises of one certificate that are told."""

_OMS_HINT = re.compile("[0-9a-f]{64}")
_COSIGN_HINT = re.compile("[A-Za-z0-9+/]{43}=")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that stands in the file, and its kind in words."""

    public: PublicKey
    kind: str

    def is_called(self, hint: str) -> bool:
        """Whether a hint names it, in either form."""
        return hint in (self.public.hint, self.public.cosign_hint)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who is said to have signed: `method` is key, certificate or chain.

    `form` is whose way of naming keys the hint follows: oms, cosign or nothing; `fingerprint`
    is that of the key as far as the hint tells it. `key` is the key itself where the file
    holds it, `problem` why it cannot be read. `certificates` have the signer's own first.
    """

    method: str
    hint: str = ""
    form: str = ""
    fingerprint: str = ""
    key: Key | None = None
    problem: str = ""
    certificates: tuple[Described, ...] = ()

    @property
    def leaf(self) -> Described | None:
        """The signer's own certificate."""
        return self.certificates[0] if self.certificates else None


def read(signature: SignatureFile, document: Mapping[str, Json]) -> Signer:
    """How a signature names its signer. `document` is the file's JSON, for what only old ones have.

    Whatever stands there, this gives words.
    """
    if signature.certificates:
        described = tuple(_bounded(certificates.describe(item)) for item in signature.certificates)
        return Signer("chain" if signature.chained else "certificate", certificates=described)
    form = _form(signature.hint)
    fingerprint = ""
    if form == "cosign":
        fingerprint = f"sha256:{base64.b64decode(signature.hint).hex()}"
    key, problem = None, ""
    try:
        raw = _raw_key(document)
        key = key_of(raw) if raw else None
    except MalformedError as error:
        problem = cut(error.message)
    return Signer("key", cut(signature.hint), form, fingerprint, key, problem)


def key_of(raw: bytes) -> Key:
    """A key of any kind, from DER or PEM.

    Raises:
        MalformedError: it is no public key.
    """
    from cryptography.hazmat.primitives import serialization

    pem = raw if raw.startswith(b"-----BEGIN") else public.pem_of(raw)
    found = reading.part("key", lambda: serialization.load_pem_public_key(pem))
    # Its text is all that is wanted of it, and every kind of key has one.
    written = reading.part("key", lambda: public.from_crypto(cast("CryptoKey", found)))
    return Key(written, reading.key_words(found))


def _form(hint: str) -> str:
    if _OMS_HINT.fullmatch(hint):
        return "oms"
    return "cosign" if _COSIGN_HINT.fullmatch(hint) else ""


def _raw_key(document: Mapping[str, Json]) -> bytes:
    """The key in a `publicKey.rawBytes`, which was written before OMS v1.0."""
    match document:
        case {"verificationMaterial": {"publicKey": {"rawBytes": str(encoded)}}}:
            return dsse.decoded({"rawBytes": encoded}, "rawBytes", "the signature")
    return b""


def _bounded(found: Described) -> Described:
    return replace(
        found,
        subject=cut(found.subject),
        issuer=cut(found.issuer),
        serial=cut(found.serial),
        names=cut_all(found.names, MAX_NAMES),
        usage=cut_all(found.usage, MAX_NAMES),
        extensions=tuple((name, cut(value)) for name, value in found.extensions[:MAX_NAMES]),
        logs=found.logs[:MAX_NAMES],
        problems=cut_all(found.problems, MAX_NAMES),
    )
