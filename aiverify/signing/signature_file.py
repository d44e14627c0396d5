"""The signature: a Sigstore bundle file (OMS v1.0, bundle format; Sigstore bundle v0.1 to v0.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json, load_object, pretty
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.signing import dsse, message, protojson
from aiverify.signing.dsse import Envelope
from aiverify.signing.log import entry
from aiverify.signing.log.body import Content
from aiverify.signing.log.entry import LogEntry

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
MEDIA_TYPES = frozenset(
    {
        MEDIA_TYPE,
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
    }
)

MAX_SIZE = 256 << 20
"""Bytes that a signature file may have: a manifest of a million files fits."""

_LOOKS_LIKE = re.compile(rb'"mediaType"\s*:\s*"application\\?/vnd\.dev\.sigstore\.bundle')
_BARE = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}\s*")
"""cosign's oldest form: a signature in base64, and nothing beside it."""

_PARTS = (b'"verificationMaterial"', b'"dsseEnvelope"', b'"messageSignature"')

_BUNDLE = ("mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope")
_MATERIAL = (
    "publicKey",
    "certificate",
    "x509CertificateChain",
    "tlogEntries",
    "timestampVerificationData",
)
_PUBLIC_KEY = ("hint", "rawBytes", "keyDetails", "validFor")

MAX_CERTIFICATES = 16
MAX_ENTRIES = 16
MAX_TIMESTAMPS = 16


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """A parsed signature of which nothing has been verified.

    `hint` names the key in the form of whoever made the file, or is empty. `certificates` are
    DER, the signer's own first; there are none where the signer has a bare key. `chained` says
    that they stand as a chain (OMS, certificate method) and not as the one of a Sigstore bundle.
    `entries` and `timestamps` are what logs and timestamp authorities are said to witness;
    `data` is the file itself.
    """

    content: Content
    hint: str = ""
    certificates: tuple[bytes, ...] = ()
    chained: bool = False
    entries: tuple[LogEntry, ...] = ()
    timestamps: tuple[bytes, ...] = ()
    data: bytes = b""

    @property
    def signature(self) -> bytes:
        """The signature's own bytes."""
        return self.content.signature

    def to_bytes(self) -> bytes:
        """The file's bytes (OMS v1.0, verification material)."""
        material: dict[str, Json] = {}
        if self.certificates and self.chained:
            chain = [{"rawBytes": dsse.b64(item)} for item in self.certificates]
            material["x509CertificateChain"] = {"certificates": chain}
        elif self.certificates:
            material["certificate"] = {"rawBytes": dsse.b64(self.certificates[0])}
        else:
            material["publicKey"] = {"hint": self.hint}
        material["tlogEntries"] = [item.to_json() for item in self.entries]
        if self.timestamps:
            stamps = [{"signedTimestamp": dsse.b64(item)} for item in self.timestamps]
            material["timestampVerificationData"] = {"rfc3161Timestamps": stamps}
        kind = "dsseEnvelope" if isinstance(self.content, Envelope) else "messageSignature"
        return pretty(
            {
                "mediaType": MEDIA_TYPE,
                "verificationMaterial": material,
                kind: self.content.to_json(),
            }
        ).encode()


def parse(data: bytes, where: str) -> SignatureFile:
    """Read a signature file. Its payload is not parsed: nobody vouches for it yet.

    Raises:
        MalformedError: it is not JSON, not a Sigstore bundle, or one with a part missing.
    """
    where = f"the signature {printable(where)}"
    _refuse_older(_BARE.fullmatch(data) is not None, where)
    found = load_object(data, where)
    _refuse_older("base64Signature" in found or {"payload", "signatures"} <= found.keys(), where)
    value = dsse.members(found, _BUNDLE, where)
    media_type = dsse.text(value, "mediaType", where)
    if media_type not in MEDIA_TYPES:
        raise MalformedError(f"{where} is of the unknown type {printable(media_type)}")
    material = dsse.members(value.get("verificationMaterial"), _MATERIAL, where)
    content = _content(value, where)
    entries = entry.parse_all(material.get("tlogEntries"), where, MAX_ENTRIES)
    timestamps = _timestamps(material.get("timestampVerificationData"), where)
    named = _named(material, "publicKey", "certificate", "x509CertificateChain")
    if len(named) != 1:
        raise MalformedError(
            f"{where} must say how it was made by exactly one of a key, a certificate and a chain"
        )
    if named[0] == "publicKey":
        hint = _hint(material["publicKey"], where)
        return SignatureFile(content, hint, entries=entries, timestamps=timestamps, data=data)
    certificates = _certificates(material[named[0]], named[0], where)
    chained = named[0] == "x509CertificateChain"
    return SignatureFile(content, "", certificates, chained, entries, timestamps, data)


def is_object(start: bytes) -> bool:
    """Whether a file's beginning is that of a JSON object."""
    return start.lstrip(b" \t\r\n")[:1] == b"{"


def is_signature(data: bytes) -> bool:
    """Whether a file looks like a Sigstore bundle, so that it is worth parsing.

    `data` is all of it: keys may stand in any order. An OCI manifest names the media type too,
    and has none of a bundle's parts.
    """
    return (
        is_object(data)
        and _LOOKS_LIKE.search(data) is not None
        and any(part in data for part in _PARTS)
    )


def version_of(media_type: str) -> str:
    """The version of the bundle format that a media type of `MEDIA_TYPES` names, as in `0.3`."""
    return media_type.removesuffix("+json").rpartition("v" if ".v" in media_type else "=")[2]


def _refuse_older(older: bool, where: str) -> None:
    if older:
        raise MalformedError(
            f"{where} is not a Sigstore bundle but of the form that cosign wrote before it",
            hint="Have it made again with cosign 3, or with cosign 2 and --new-bundle-format.",
        )


def _content(value: Mapping[str, Json], where: str) -> Content:
    named = _named(value, "dsseEnvelope", "messageSignature")
    if len(named) != 1:
        raise MalformedError(
            f"{where} must hold exactly one of an envelope and the signature of a digest"
        )
    if named[0] == "messageSignature":
        return message.parse(value[named[0]], where)
    return dsse.parse(value[named[0]], where)


def _named(value: Mapping[str, Json], *keys: str) -> list[str]:
    return [key for key in keys if key in value]


def _hint(value: Json, where: str) -> str:
    hint = dsse.members(value, _PUBLIC_KEY, where).get("hint", "")
    if not isinstance(hint, str):
        raise MalformedError(f"{where}: the hint of its key is not a string")
    return hint


def _certificates(value: Json, key: str, where: str) -> tuple[bytes, ...]:
    if key == "certificate":
        return (_raw_bytes(value, where),)
    found = dsse.members(value, ("certificates",), where)
    certificates = protojson.items(found, "certificates", where, MAX_CERTIFICATES)
    if not certificates:
        raise MalformedError(f"{where} has a chain without a certificate")
    return tuple(_raw_bytes(item, where) for item in certificates)


def _timestamps(value: Json, where: str) -> tuple[bytes, ...]:
    if value is None:
        return ()
    stamps = dsse.members(value, ("rfc3161Timestamps",), where)
    listed = protojson.items(stamps, "rfc3161Timestamps", where, MAX_TIMESTAMPS)
    found = tuple(_signed_timestamp(item, where) for item in listed)
    if len(set(found)) != len(found):
        raise MalformedError(f"{where} has a timestamp twice")
    return found


def _raw_bytes(value: Json, where: str) -> bytes:
    return dsse.decoded(dsse.members(value, ("rawBytes",), where), "rawBytes", where)


def _signed_timestamp(value: Json, where: str) -> bytes:
    found = dsse.members(value, ("signedTimestamp",), where)
    return dsse.decoded(found, "signedTimestamp", where)
