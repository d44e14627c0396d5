"""What a timestamp says (RFC 3161, section 2.4.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from aiverify.errors import MalformedError
from aiverify.operations.seen.words import cut
from aiverify.signing import certificates, timestamps
from aiverify.signing.certificates import alternatives, reading

if TYPE_CHECKING:
    from cryptography import x509
    from rfc3161_client import TimeStampResponse

_T = TypeVar("_T")

_HASHES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp. `authority` is what it calls itself, `policy` its policy's OID.

    `serial` is hexadecimal, `hash` the name of the hash or its OID. `matches` says whether it
    is of the signature at hand, and is None where that cannot be told. `problem` says what
    cannot be read, or that it was not granted.
    """

    time: datetime | None = None
    authority: str = ""
    policy: str = ""
    serial: str = ""
    hash: str = ""
    matches: bool | None = None
    problem: str = ""


def read(token: bytes, signature: bytes) -> Stamp:
    """Look into a timestamp. Whatever is in it, this gives words."""
    if len(token) > timestamps.MAX_TOKEN:
        return Stamp(problem=f"it has {len(token):,} bytes")
    try:
        return _read(token, signature)
    except MalformedError as error:
        return Stamp(problem=cut(error.message))


def _read(token: bytes, signature: bytes) -> Stamp:
    from rfc3161_client import decode_timestamp_response

    answer = _part("form", lambda: decode_timestamp_response(token))
    if answer.status not in (0, 1):
        words = _part("status", lambda: " ".join(answer.status_string))
        raise MalformedError(f"it was not granted: status {answer.status} {words}".rstrip())
    info = _part("statement", lambda: answer.tst_info)
    imprint = _part("statement", lambda: info.message_imprint)
    oid = _part("hash", lambda: imprint.hash_algorithm.dotted_string)
    digest = _part("hash", lambda: imprint.message)
    name = _HASHES.get(oid)
    return Stamp(
        _part("time", lambda: info.gen_time),
        cut(_authority(answer)),
        _part("policy", lambda: info.policy.dotted_string),
        cut(_part("serial number", lambda: f"{info.serial_number:x}")),
        name or oid,
        digest == hashlib.new(name, signature, usedforsecurity=False).digest() if name else None,
    )


def _authority(answer: TimeStampResponse) -> str:
    """What the authority calls itself, or who issued its certificate."""
    try:
        name = _part("name", lambda: _name(answer))
        if name is not None:
            words = _part("name", lambda: alternatives.in_words(name))
            return words.removeprefix("directory name ")
        signers = _part("signer", lambda: list(answer.signed_data.signer_infos))
        numbers = _part("signer", lambda: {f"{one.serial_number:x}" for one in signers})
        for der in sorted(_part("certificates", lambda: answer.signed_data.certificates)):
            found = certificates.describe(bytes(der))
            if found.serial in numbers:
                return found.subject
        if not signers:
            return ""
        issuer = _part("issuer", lambda: reading.name_of(signers[0].issuer)[1])
    except MalformedError:
        return ""
    return f"one certified by {issuer}"


def _name(answer: TimeStampResponse) -> x509.GeneralName | None:
    """The authority's name, which is optional, though the library's types do not say so."""
    return answer.tst_info.name


def _part(name: str, read: Callable[[], _T]) -> _T:
    """A part of a timestamp.

    Raises:
        MalformedError: it cannot be read.
    """
    try:
        return reading.part(name, read)
    except KeyError as error:  # for a name in a string of an unknown kind
        raise MalformedError(f"its {name} cannot be read") from error
