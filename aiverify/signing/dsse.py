"""DSSE v1.0: the envelope around a signed payload, and the bytes that a signature covers."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable
from aiverify.errors import MalformedError

IN_TOTO = "application/vnd.in-toto+json"
"""The payload type of an in-toto Statement (in-toto attestation framework, envelope)."""


ENCODINGS = (b"DSSEv1 ", b"DSSEV1 ")
"""How the bytes begin that the signature of an envelope covers, now and in old envelopes."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload that has not been believed yet, and its one signature."""

    payload_type: str
    payload: bytes
    signature: bytes

    def signed_bytes(self) -> bytes:
        """What the signature is over (DSSE protocol, PAE)."""
        return pae(self.payload_type, self.payload)

    def legacy_bytes(self) -> bytes:
        """What model_signing 0.2 and 0.3 signed instead: the payload as Python prints bytes."""
        name = self.payload_type
        text = f"DSSEV1 {len(name)} {name} {len(self.payload)} {self.payload!r}"
        return text.encode()

    def to_json(self) -> dict[str, Json]:
        """The envelope's JSON form."""
        return {
            "payload": base64.b64encode(self.payload).decode(),
            "payloadType": self.payload_type,
            "signatures": [{"sig": base64.b64encode(self.signature).decode(), "keyid": ""}],
        }


def is_encoding(start: bytes) -> bool:
    """Whether bytes begin as those that the signature of an envelope covers."""
    return start.startswith(ENCODINGS)


def b64(data: bytes) -> str:
    """Base64 as bundles write it (RFC 4648, section 4)."""
    return base64.b64encode(data).decode()


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: type and payload, each behind its length in bytes."""
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def parse(value: Json, where: str) -> Envelope:
    """Read an envelope. Its payload is decoded, not parsed.

    Raises:
        MalformedError: a part is missing, of the wrong type or no base64, or there is not
            exactly one signature.
    """
    envelope = members(value, ("payload", "payloadType", "signatures"), where)
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1:
        count = len(signatures) if isinstance(signatures, list) else "no list of"
        raise MalformedError(f"{where} has {count} signatures; there must be exactly one")
    signature = members(signatures[0], ("sig", "keyid"), where)
    if not isinstance(signature.get("keyid", ""), str):
        raise MalformedError(f"{where}: the keyid of its signature is not a string")
    return Envelope(
        text(envelope, "payloadType", where),
        decoded(envelope, "payload", where),
        decoded(signature, "sig", where),
    )


def member(value: Json, where: str) -> Mapping[str, Json]:
    """A value that must be an object.

    Raises:
        MalformedError: it is something else.
    """
    if not isinstance(value, Mapping):
        raise MalformedError(f"{where} holds {kind(value)} where an object belongs")
    return value


def members(value: Json, known: Sequence[str], where: str) -> Mapping[str, Json]:
    """An object's members that are not null (ProtoJSON).

    Protobuf's readers take `payload_type` for `payloadType`: with a member of that name, two
    readers of a file would see two signatures in it.

    Raises:
        MalformedError: it is no object, or has a member that `known` does not list.
    """
    found = member(value, where)
    for key in found:
        if key not in known:
            raise MalformedError(f"{where} has the unknown member '{printable(key[:100])}'")
    return {key: item for key, item in found.items() if item is not None}


def text(value: Mapping[str, Json], key: str, where: str) -> str:
    """A string that must be there.

    Raises:
        MalformedError: it is missing or something else.
    """
    found = value.get(key)
    if not isinstance(found, str):
        raise MalformedError(f"{where} has no {key!r}, or one that is {kind(found)}")
    return found


def decoded(value: Mapping[str, Json], key: str, where: str) -> bytes:
    """Base64 that must be there, standard alphabet, padded (RFC 4648, section 4).

    There is one way to write each value, so that a signed thing has one form.

    Raises:
        MalformedError: it is missing, or is written in any other way.
    """
    encoded = text(value, key, where)
    try:
        data = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise MalformedError(f"{where}: {key!r} is not base64") from error
    if base64.b64encode(data).decode() != encoded:
        raise MalformedError(f"{where}: {key!r} is not base64 as it is written")
    return data
