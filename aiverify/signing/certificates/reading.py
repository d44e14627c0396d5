"""One certificate from its DER bytes (RFC 5280, section 4), each part read or refused."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.signing.keys import PublicKey

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

MAX_SIZE = 64 << 10
"""Bytes that a certificate may have."""

_T = TypeVar("_T")

CODE_SIGNING = "1.3.6.1.5.5.7.3.3"
ANY_USAGE = "2.5.29.37.0"
_MAX_SHOWN = 200
_STRONG = frozenset({"sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512", "eddsa"})


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A certificate of which every part that a verdict rests on could be read.

    `subject_name` and `issuer_name` are DER, to be compared; `subject` and `issuer` are
    RFC 4514, to be shown. `extended` holds dotted OIDs, and is None where the extension is
    not there, as is `usage`. Two of them are equal when they are the same bytes.
    """

    der: bytes
    parsed: x509.Certificate
    key: CertificatePublicKeyTypes
    subject_name: bytes
    issuer_name: bytes
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    is_ca: bool
    usage: x509.KeyUsage | None
    extended: frozenset[str] | None
    alternatives: tuple[x509.GeneralName, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the DER, `sha256:<hex>`."""
        return fingerprint_of(self.der)

    @property
    def key_fingerprint(self) -> str:
        """SHA-256 over the DER SubjectPublicKeyInfo of its key, `sha256:<hex>`."""
        from cryptography.hazmat.primitives import serialization as form

        public = form.PublicFormat.SubjectPublicKeyInfo
        return fingerprint_of(self.key.public_bytes(form.Encoding.DER, public))

    @property
    def shown(self) -> str:
        """Its subject, quoted for a message."""
        return quoted(self.subject)

    @property
    def is_self_issued(self) -> bool:
        """Whether it names itself as its issuer. Whether that is true is another question."""
        return self.subject_name == self.issuer_name

    @property
    def can_be_anchor(self) -> bool:
        """Whether its own key made it, or nobody can tell any more.

        Old roots have signed themselves with hashes that are not computed now. That
        signature is no evidence: a root is trusted because the user says so.
        """
        return self.is_self_issued and (not self.has_strong_hash or self.is_issued_by(self))

    @property
    def has_strong_hash(self) -> bool:
        """Whether its signature is made with a hash that still holds."""
        return self.hash_name in _STRONG

    @property
    def hash_name(self) -> str:
        """The hash that its signature is made with, as in `sha256`; empty if not known.

        Ed25519 and Ed448 hash on their own account, and are called by their names.
        """
        from cryptography.exceptions import UnsupportedAlgorithm

        try:
            found = self.parsed.signature_hash_algorithm
        except (UnsupportedAlgorithm, ValueError):
            return ""
        return found.name if found else "eddsa"

    @property
    def may_issue(self) -> bool:
        """Whether its extensions let it sign certificates (RFC 5280, section 4.2.1.9)."""
        return self.is_ca and (self.usage is None or self.usage.key_cert_sign)

    @property
    def may_sign_code(self) -> bool:
        """Whether its extended usage, where it has one, is to sign code."""
        return self.extended is None or bool(self.extended & {CODE_SIGNING, ANY_USAGE})

    def is_issued_by(self, issuer: Certificate) -> bool:
        """Whether another certificate's name and key made this one.

        Whether that other may issue anything is not looked at.
        """
        if self.issuer_name != issuer.subject_name:
            return False
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

        try:
            self.parsed.verify_directly_issued_by(issuer.parsed)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            return False
        return True


def load(der: bytes) -> x509.Certificate:
    """The certificate, of which only the outer structure has been read.

    Raises:
        MalformedError: the bytes are no certificate, or more than one may have.
    """
    from cryptography import x509

    if len(der) > MAX_SIZE:
        raise MalformedError(f"it is {len(der)} bytes; the limit is {MAX_SIZE}")
    # The library warns of encodings that it will refuse one day. Nothing here may print.
    return part("form", lambda: x509.load_der_x509_certificate(der))


@lru_cache(maxsize=256)
def parse(der: bytes) -> Certificate:
    """The certificate with all its parts read.

    Raises:
        MalformedError: a part cannot be read; the message names it and not the certificate.
    """
    found = load(der)
    if der[-len(found.signature) - 1] != 0:  # unused bits, which the libraries pass over
        raise MalformedError("its signature is not a whole number of bytes")
    extensions = part("extensions", lambda: found.extensions)
    constraints, usage, extended, alternatives = _known(extensions)
    subject_name, subject = part("subject", lambda: name_of(found.subject))
    issuer_name, issuer = part("issuer", lambda: name_of(found.issuer))
    return Certificate(
        der=der,
        parsed=found,
        key=part("key", found.public_key),
        subject_name=subject_name,
        issuer_name=issuer_name,
        subject=subject,
        issuer=issuer,
        not_before=part("validity", lambda: found.not_valid_before_utc),
        not_after=part("validity", lambda: found.not_valid_after_utc),
        is_ca=constraints is not None and constraints.ca,
        usage=usage,
        extended=extended,
        alternatives=alternatives,
    )


def part(name: str, read: Callable[[], _T]) -> _T:
    """A part of a certificate.

    Raises:
        MalformedError: it cannot be read; `name` says which it is.
    """
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except x509.DuplicateExtension as error:
        raise MalformedError(f"it has the extension {error.oid.dotted_string} twice") from error
    except UnsupportedAlgorithm as error:
        raise MalformedError(f"its {name} is of an unknown kind") from error
    except x509.UnsupportedGeneralNameType as error:
        raise MalformedError(f"its {name} hold a name of an unknown kind") from error
    except (x509.InvalidVersion, ValueError, TypeError, OverflowError) as error:
        raise MalformedError(f"its {name} cannot be read") from error


def name_of(name: x509.Name) -> tuple[bytes, str]:
    """A distinguished name in DER, and as RFC 4514 writes it."""
    return name.public_bytes(), name.rfc4514_string()


def fingerprint_of(der: bytes) -> str:
    """SHA-256 over a certificate's DER, `sha256:<hex>`."""
    return f"sha256:{hashlib.sha256(der).hexdigest()}"


def public_of(key: CertificatePublicKeyTypes) -> PublicKey:
    """A certificate's key in the one form that keys have here."""
    from cryptography.hazmat.primitives import serialization as form

    return PublicKey(
        key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode()
    )


def key_words(key: object) -> str:
    """What kind of key it is: `P-256`, `RSA 2048`, `Ed25519`."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, key.curve.name)
    return type(key).__name__.lstrip("_").removesuffix("PublicKey")


def quoted(text: str) -> str:
    """A name from a certificate, for a message."""
    if not text:
        return "without a name"
    cut = text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
    return f"'{printable(cut)}'"


_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def _known(
    extensions: x509.Extensions,
) -> tuple[
    x509.BasicConstraints | None,
    x509.KeyUsage | None,
    frozenset[str] | None,
    tuple[x509.GeneralName, ...],
]:
    """The extensions that a verdict rests on, where they are there."""
    from cryptography import x509

    constraints, usage, extended = None, None, None
    alternatives: tuple[x509.GeneralName, ...] = ()
    for extension in extensions:
        match extension.value:
            case x509.BasicConstraints():
                constraints = extension.value
            case x509.KeyUsage():
                usage = extension.value
            case x509.ExtendedKeyUsage():
                extended = frozenset(oid.dotted_string for oid in extension.value)
            case x509.SubjectAlternativeName():
                alternatives = tuple(extension.value)
    return constraints, usage, extended, alternatives
