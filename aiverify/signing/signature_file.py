"""The signature: a Sigstore bundle file around a DSSE envelope (OMS v1.0, bundle format)."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.jsonvalue import Json, load_object, pretty
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.signing import dsse
from aiverify.signing.dsse import Envelope

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_MEDIA_TYPES = frozenset(
    {
        MEDIA_TYPE,
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
    }
)

MAX_SIZE = 256 << 20
"""Bytes that a signature file may have: a manifest of a million files fits."""


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """A parsed signature of which nothing has been verified.

    `method` is how the signer is named: `key`, or `certificate` for the other two methods
    of OMS. `hint` names the key, in the form of whoever made the file, or is empty.
    """

    envelope: Envelope
    method: str
    hint: str = ""

    def to_bytes(self) -> bytes:
        """The file's bytes, for a signature made with a key."""
        return pretty(
            {
                "mediaType": MEDIA_TYPE,
                "verificationMaterial": {
                    "publicKey": {"hint": self.hint},
                    "tlogEntries": [],
                },
                "dsseEnvelope": self.envelope.to_json(),
            }
        ).encode()


def parse(data: bytes, where: str) -> SignatureFile:
    """Read a signature file. Its payload is not parsed: nobody vouches for it yet.

    Raises:
        MalformedError: it is not JSON, not a Sigstore bundle, or not one of an envelope.
    """
    where = f"the signature {printable(where)}"
    value = load_object(data, where)
    media_type = dsse.text(value, "mediaType", where)
    if media_type not in _MEDIA_TYPES:
        raise MalformedError(f"{where} is of the unknown type {printable(media_type)}")
    if "dsseEnvelope" not in value:
        raise MalformedError(
            f"{where} signs a digest, not a statement",
            hint="Sign the artifact with `aiverify sign`, which signs a statement about it.",
        )
    material = dsse.member(value.get("verificationMaterial"), where)
    envelope = dsse.parse(value["dsseEnvelope"], where)
    if "publicKey" in material:
        return SignatureFile(envelope, "key", _hint(material["publicKey"], where))
    if "certificate" in material or "x509CertificateChain" in material:
        return SignatureFile(envelope, "certificate")
    raise MalformedError(f"{where} does not say how it was made: no key and no certificate")


def _hint(value: Json, where: str) -> str:
    hint = dsse.member(value, where).get("hint", "")
    if not isinstance(hint, str | None):
        raise MalformedError(f"{where}: the hint of its key is not a string")
    return hint or ""
