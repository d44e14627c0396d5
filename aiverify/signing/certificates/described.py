"""A certificate in plain words. Nothing is judged, and nothing is too strange to describe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.signing.certificates import alternatives, fulcio, reading

if TYPE_CHECKING:
    from cryptography import x509


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Log:
    """A certificate transparency log's promise in a certificate: its id in hex, and when."""

    id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Described:
    """What a certificate says, all of it printable and none of it believed.

    `names` have their kind before them. `usage` holds words for key usage and extended key
    usage, and OIDs of what has no word. `extensions` are Fulcio's, as name and value. What
    could not be read is empty or None here, and said in `problems`.
    """

    fingerprint: str
    subject: str = ""
    issuer: str = ""
    serial: str = ""
    names: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: str = ""
    signature: str = ""
    is_authority: bool = False
    usage: tuple[str, ...] = ()
    extensions: tuple[tuple[str, str], ...] = ()
    logs: tuple[Log, ...] = ()
    problems: tuple[str, ...] = ()


def describe(certificate: bytes) -> Described:
    """Say what a certificate in DER holds, or in `problems` why not."""
    fingerprint = reading.fingerprint_of(certificate)
    try:
        found = reading.load(certificate)
    except MalformedError as error:
        return Described(fingerprint, problems=(f"it is no certificate: {error.message}",))
    said = _Said()
    extensions: Iterable[x509.Extension[x509.ExtensionType]]
    extensions = said.of("extensions", lambda: found.extensions, ())
    for extension in extensions:
        said.of("extensions", partial(_note, said, extension), None)
    return Described(
        fingerprint=fingerprint,
        subject=printable(said.of("subject", lambda: reading.name_of(found.subject)[1], "")),
        issuer=printable(said.of("issuer", lambda: reading.name_of(found.issuer)[1], "")),
        serial=said.of("serial number", lambda: f"{found.serial_number:x}", ""),
        names=tuple(map(printable, said.names)),
        not_before=said.of("validity", lambda: found.not_valid_before_utc, None),
        not_after=said.of("validity", lambda: found.not_valid_after_utc, None),
        key=said.of("key", lambda: reading.key_words(found.public_key()), ""),
        signature=said.of("signature algorithm", lambda: _algorithm(found), ""),
        is_authority=said.is_authority,
        usage=tuple(said.usage),
        extensions=tuple((name, printable(value)) for name, value in said.fulcio),
        logs=tuple(said.logs),
        problems=tuple(dict.fromkeys(said.problems)),
    )


@dataclass(slots=True)
class _Said:
    """What has been read of one certificate so far."""

    names: list[str] = field(default_factory=list)
    usage: list[str] = field(default_factory=list)
    fulcio: list[tuple[str, str]] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_authority: bool = False

    def of(self, name: str, read: Callable[[], _T], otherwise: _T) -> _T:
        """A part of the certificate, or something else and a problem."""
        try:
            return reading.part(name, read)
        except MalformedError as error:
            self.problems.append(error.message)
            return otherwise


def _note(said: _Said, extension: x509.Extension[x509.ExtensionType]) -> None:
    from cryptography import x509

    oid, value = extension.oid.dotted_string, extension.value
    match value:
        case x509.SubjectAlternativeName():
            said.names.extend(alternatives.in_words(name) for name in value)
        case x509.BasicConstraints():
            said.is_authority = value.ca
        case x509.KeyUsage():
            said.usage.extend(_key_usages(value))
        case x509.ExtendedKeyUsage():
            said.usage.extend(_EXTENDED.get(one.dotted_string, one.dotted_string) for one in value)
        case x509.PrecertificateSignedCertificateTimestamps():
            said.logs.extend(Log(one.log_id.hex(), _utc(one.timestamp)) for one in value)
        case x509.UnrecognizedExtension():
            _note_unknown(said, oid, value.value, critical=extension.critical)


def _note_unknown(said: _Said, oid: str, raw: bytes, *, critical: bool) -> None:
    known = fulcio.field_of(oid)
    if known is None:
        if critical:
            said.problems.append(f"it has the critical extension {oid}, which is not known")
        return
    try:
        said.fulcio.append((known.name, fulcio.value_of(known, raw)))
    except MalformedError as error:
        said.problems.append(error.message)


def _key_usages(value: x509.KeyUsage) -> list[str]:
    words = [word for name, word in _KEY_USAGES.items() if getattr(value, name)]
    if value.key_agreement:
        words += [word for name, word in _AGREEMENTS.items() if getattr(value, name)]
    return words


def _algorithm(found: x509.Certificate) -> str:
    oid = found.signature_algorithm_oid.dotted_string
    return _ALGORITHMS.get(oid, oid)


def _utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


_KEY_USAGES = {
    "digital_signature": "digital signatures",
    "content_commitment": "commitments",
    "key_encipherment": "encrypting keys",
    "data_encipherment": "encrypting data",
    "key_agreement": "agreeing on keys",
    "key_cert_sign": "signing certificates",
    "crl_sign": "signing revocation lists",
}
_AGREEMENTS = {"encipher_only": "encrypting only", "decipher_only": "decrypting only"}

_EXTENDED = {
    reading.ANY_USAGE: "anything",
    reading.CODE_SIGNING: "signing code",
    "1.3.6.1.5.5.7.3.1": "being a TLS server",
    "1.3.6.1.5.5.7.3.2": "being a TLS client",
    "1.3.6.1.5.5.7.3.4": "protecting e-mail",
    "1.3.6.1.5.5.7.3.8": "timestamping",
    "1.3.6.1.5.5.7.3.9": "signing OCSP answers",
}

_ALGORITHMS = {
    "1.2.840.10045.4.3.2": "ECDSA with SHA-256",
    "1.2.840.10045.4.3.3": "ECDSA with SHA-384",
    "1.2.840.10045.4.3.4": "ECDSA with SHA-512",
    "1.2.840.10045.4.1": "ECDSA with SHA-1",
    "1.2.840.113549.1.1.4": "RSA with MD5",
    "1.2.840.113549.1.1.5": "RSA with SHA-1",
    "1.2.840.113549.1.1.10": "RSA-PSS",
    "1.2.840.113549.1.1.11": "RSA with SHA-256",
    "1.2.840.113549.1.1.12": "RSA with SHA-384",
    "1.2.840.113549.1.1.13": "RSA with SHA-512",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
}
