"""Saying what is in a Sigstore bundle. Nothing is verified: that takes trust, and an artifact."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.names import printable
from aiverify.files.extent import Extent, mode_of
from aiverify.operations.seen import entry, signer, stamp, statement
from aiverify.operations.seen.entry import Entry
from aiverify.operations.seen.remarks import Remark, Seen, remarks
from aiverify.operations.seen.signer import Signer
from aiverify.operations.seen.stamp import Stamp
from aiverify.operations.seen.statement import Payload
from aiverify.signing import signature_file
from aiverify.signing.dsse import Envelope
from aiverify.signing.message import MessageSignature
from aiverify.verify.location import Location


@dataclass(frozen=True, slots=True)
class SignatureInspection:
    """What a signature file holds: a payload in an envelope, or the signature of a digest.

    `shown` is the file's name as it was given, `media_type` the kind of bundle that it is.
    """

    shown: str
    media_type: str
    payload: Payload | None
    message: MessageSignature | None
    signer: Signer
    entries: tuple[Entry, ...]
    timestamps: tuple[Stamp, ...]
    remarks: tuple[Remark, ...]

    @property
    def version(self) -> str:
        """The version of Sigstore's bundle format, as in `0.3`."""
        return signature_file.version_of(self.media_type)


def signature_in(location: Location) -> bytes | None:
    """The bytes of a file that is a Sigstore bundle by the look of it, or None for all else.

    Raises:
        InputError: it is a file that cannot be read.
    """
    if not isinstance(location, Path):
        return None
    path = location
    mode = mode_of(path)
    if mode is None or not stat.S_ISREG(mode):
        return None
    extent = Extent.of_named(path)
    if not 0 < extent.size <= signature_file.MAX_SIZE:
        return None
    with extent.open() as reader:
        if not signature_file.is_object(reader.read_at(0, min(extent.size, 1024))):
            return None
        data = reader.read_at(0, extent.size)
    return data if signature_file.is_signature(data) else None


def inspect_signature(data: bytes, path: Path, now: datetime) -> SignatureInspection:
    """Look at every part of a signature file. `now` is aware.

    Raises:
        MalformedError: it is no Sigstore bundle. What its parts hold is never an error.
    """
    found = signature_file.parse(data, str(path))
    document = load_object(data, f"the signature {printable(str(path))}")
    content = found.content
    payload = None
    if isinstance(content, Envelope):
        payload = statement.read(content, _key_id(document))
    by = signer.read(found, document)
    entries = tuple(entry.read(item, found) for item in found.entries)
    stamps = tuple(stamp.read(item, found.signature) for item in found.timestamps)
    return SignatureInspection(
        str(path),
        str(document["mediaType"]),
        payload,
        content if isinstance(content, MessageSignature) else None,
        by,
        entries,
        stamps,
        remarks(Seen(payload, by, entries, stamps), now),
    )


def _key_id(document: Mapping[str, Json]) -> str:
    """What an envelope calls its key by; the envelope's own reader leaves it out."""
    match document:
        case {"dsseEnvelope": {"signatures": [{"keyid": str(key_id)}]}}:
            return key_id
    return ""
