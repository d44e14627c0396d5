"""Sigstore's trusted root: the logs and authorities that a verifier believes, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.signing import dsse, protojson

MAX_SIZE = 4 << 20
"""Bytes that a trusted root may have."""

CLIENT_CONFIG = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
"""The media type of a file that holds a trusted root and a signing configuration."""

_ROOT_TYPES = (
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
)
_ROOT = ("mediaType", "tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities")
_LOG = ("baseUrl", "hashAlgorithm", "publicKey", "logId", "checkpointKeyId", "operator")
_AUTHORITY = ("subject", "uri", "certChain", "validFor", "operator")
_MAX_SERVICES = 1000
_MAX_CHAIN = 10
_MAX_DER = 1 << 16


@dataclass(frozen=True, slots=True)
class Period:
    """A time span that includes both ends; None is no end (protobuf-specs, TimeRange)."""

    start: datetime | None = None
    end: datetime | None = None

    def covers(self, time: datetime) -> bool:
        """Whether an aware time lies in it."""
        return (self.start is None or self.start <= time) and (self.end is None or time <= self.end)


@dataclass(frozen=True, slots=True)
class TransparencyLog:
    """A log whose signatures count.

    `der` is its public key, in the form that `details` names (protobuf-specs,
    PublicKeyDetails): SubjectPublicKeyInfo but for old RSA keys. `log_id` is how entries name
    the log; `checkpoint_id` how checkpoints do, if that differs, or empty. `hash_algorithm`
    is Sigstore's name of the tree's hash.
    """

    url: str
    log_id: bytes
    der: bytes
    details: str
    hash_algorithm: str
    valid: Period
    checkpoint_id: bytes = b""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority of certificates or timestamps: its chain in DER, leaf first, root last."""

    chain: tuple[bytes, ...]
    valid: Period = Period()
    uri: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class TrustedRoot:
    """The logs and authorities of one Sigstore, past ones included."""

    tlogs: tuple[TransparencyLog, ...]
    certificate_authorities: tuple[Authority, ...] = ()
    ctlogs: tuple[TransparencyLog, ...] = ()
    timestamp_authorities: tuple[Authority, ...] = ()

    @classmethod
    def parse(cls, data: bytes, where: str) -> TrustedRoot:
        """Read a trusted root, by itself or in a client's trust configuration.

        Raises:
            MalformedError: it is neither, or a part is missing, unknown, of the wrong type
                or too large.
        """
        value = part(data, "trustedRoot", f"the trusted root {printable(where)}")
        where = f"the trusted root {printable(where)}"
        found = dsse.members(value, _ROOT, where)
        media_type = protojson.text(found, "mediaType", where)
        if media_type not in _ROOT_TYPES:
            raise MalformedError(f"{where} is of the unknown type {printable(media_type[:100])}")
        return cls(
            _logs(found, "tlogs", where),
            _authorities(found, "certificateAuthorities", where),
            _logs(found, "ctlogs", where),
            _authorities(found, "timestampAuthorities", where),
        )


def part(data: bytes, name: str, where: str) -> Json:
    """A document, or the part of a client's trust configuration that has this name.

    Raises:
        MalformedError: it is too large, no JSON object, or a configuration without the part.
    """
    if len(data) > MAX_SIZE:
        raise MalformedError(f"{where} has {len(data)} bytes; the limit is {MAX_SIZE}")
    value = load_object(data, where)
    if value.get("mediaType") != CLIENT_CONFIG:
        return value
    found = dsse.members(value, ("mediaType", "trustedRoot", "signingConfig"), where)
    return found.get(name)


def period(value: Mapping[str, Json], where: str) -> Period:
    """The `validFor` of a value; unbounded if there is none.

    Raises:
        MalformedError: it is no time range, or ends before it starts.
    """
    found = dsse.members(value.get("validFor", {}), ("start", "end"), where)
    start, end = (protojson.moment(found, key, where) for key in ("start", "end"))
    if start is not None and end is not None and end < start:
        raise MalformedError(f"{where}: a period of validity ends before it starts")
    return Period(start, end)


def _logs(value: Mapping[str, Json], key: str, where: str) -> tuple[TransparencyLog, ...]:
    listed = protojson.items(value, key, where, _MAX_SERVICES)
    return tuple(_log(item, f"{key} in {where}") for item in listed)


def _log(value: Json, where: str) -> TransparencyLog:
    found = dsse.members(value, _LOG, where)
    key = dsse.members(found.get("publicKey"), ("rawBytes", "keyDetails", "validFor"), where)
    return TransparencyLog(
        protojson.optional_text(found, "baseUrl", where),
        _key_id(found.get("logId"), where),
        protojson.octets(key, "rawBytes", where, least=1, most=_MAX_DER),
        protojson.text(key, "keyDetails", where, 100),
        protojson.optional_text(found, "hashAlgorithm", where, 100),
        period(key, where),
        _key_id(found["checkpointKeyId"], where) if "checkpointKeyId" in found else b"",
        protojson.optional_text(found, "operator", where),
    )


def _key_id(value: Json, where: str) -> bytes:
    found = dsse.members(value, ("keyId",), where)
    return protojson.octets(found, "keyId", where, least=4, most=64)


def _authorities(value: Mapping[str, Json], key: str, where: str) -> tuple[Authority, ...]:
    listed = protojson.items(value, key, where, _MAX_SERVICES)
    return tuple(_authority(item, f"{key} in {where}") for item in listed)


def _authority(value: Json, where: str) -> Authority:
    found = dsse.members(value, _AUTHORITY, where)
    dsse.members(found.get("subject", {}), ("organization", "commonName"), where)
    chain = dsse.members(found.get("certChain"), ("certificates",), where)
    certificates = tuple(
        protojson.octets(
            dsse.members(item, ("rawBytes",), where),
            "rawBytes",
            where,
            least=1,
            most=_MAX_DER,
        )
        for item in protojson.items(chain, "certificates", where, _MAX_CHAIN)
    )
    if not certificates:
        raise MalformedError(f"{where}: an authority has no certificate")
    return Authority(
        certificates,
        period(found, where),
        protojson.optional_text(found, "uri", where),
        protojson.optional_text(found, "operator", where),
    )
