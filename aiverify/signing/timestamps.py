"""Timestamps of signatures: asking an authority for one, and checking it (RFC 3161).

A timestamp is over the bytes of a signature. An authority is sent their SHA-256 and nothing
else. What it answers is kept whole, as Sigstore's bundles do (TimeStampResp, section 2.4.2).
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiverify.core.names import printable
from aiverify.errors import DeniedError, MalformedError, UndecidedError
from aiverify.signing import signed_data
from aiverify.signing.services import TIMEOUT, Service
from aiverify.signing.trusted_root import Authority, Period, TrustedRoot

if TYPE_CHECKING:
    from cryptography import x509
    from rfc3161_client import TimeStampResponse, Verifier

MAX_TOKEN = 1 << 16
"""Bytes that a timestamp may have: a response with the certificates of its authority."""

SKEW = timedelta(minutes=5)
"""How far an authority's clock may be ahead of ours."""

_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}
_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


def request(url: str, signature: bytes, timeout: float = TIMEOUT) -> bytes:
    """Ask the authority at a URL for a timestamp of a signature: a TimeStampResp in DER.

    It is known to be an answer to this request, and not yet to be signed by anybody.
    `timeout` is in seconds.

    Raises:
        UsageError: the URL is none that can be asked.
        DeniedError: the authority refuses, in its own words.
        UndecidedError: it is out of reach, slow, out of order, or answers something else.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    service = Service(url, "the timestamp authority", timeout)
    asked = (
        TimestampRequestBuilder()
        .hash_algorithm(HashAlgorithm.SHA256)
        .data(signature)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    token = service.post("", asked.as_bytes(), _HEADERS).body
    try:
        answer = _decoded(token)
        if answer.status != 0:
            raise DeniedError(f"{service} refuses: {_status(answer)}")
        _check_imprint(answer, signature)
    except MalformedError as error:
        raise UndecidedError(f"{service} answers with no timestamp") from error
    if answer.tst_info.nonce != asked.nonce:
        raise UndecidedError(f"{service} answers another request")
    return token


def verify(
    token: bytes, signature: bytes, root: TrustedRoot, now: datetime | None = None
) -> datetime:
    """When a trusted authority says that a signature existed: an aware time.

    `token` is a TimeStampResp in DER. The authority's certificates must have been valid at
    that time, and the time lie in the period in which the trusted root has the authority. A
    time after `now`, by default the present, counts as none.

    Raises:
        DeniedError: with the reason.
    """
    if not root.timestamp_authorities:
        raise DeniedError("it has a timestamp, and no timestamp authority is trusted")
    try:
        answer = _decoded(token)
        if answer.status != 0:
            raise DeniedError(f"its timestamp was not granted: {_status(answer)}")
        _check_imprint(answer, signature)
        signed_data.check(token)
    except MalformedError as error:
        raise DeniedError(error.message) from error
    time = answer.tst_info.gen_time
    made = [each for each in root.timestamp_authorities if _is_made_by(answer, signature, each)]
    if not made:
        raise DeniedError("its timestamp is of no trusted authority, or was altered")
    if not any(authority.valid.covers(time) for authority in made):
        shown = time.strftime("%Y-%m-%d")
        raise DeniedError(f"its timestamp is of {shown}, when its authority was not trusted")
    if time > (now or datetime.now(UTC)) + SKEW:
        raise DeniedError(f"its timestamp is of {time:%Y-%m-%dT%H:%M:%SZ}, which is to come")
    return time


def authority(pem: bytes, where: str, valid: Period | None = None) -> Authority:
    """A timestamp authority of the user's own: its root in PEM, or its chain in any order.

    Raises:
        MalformedError: there is no certificate, or no root among them, or more than one.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    shown = f"the timestamp authority {printable(where)}"
    try:
        certificates = x509.load_pem_x509_certificates(pem)
        ranked = sorted(certificates, key=lambda item: (_is_root(item), _is_authority(item)))
    except _unreadable() as error:
        raise MalformedError(f"{shown} holds no certificates in PEM") from error
    roots = [item for item in ranked if _is_root(item)]
    leaves = [item for item in ranked if not _is_authority(item)]
    if len(roots) != 1 or len(leaves) > 1:
        raise MalformedError(
            f"{shown} holds {len(roots)} roots and {len(leaves)} certificates that sign",
            hint="Give one root, and one certificate that signs timestamps or none.",
        )
    chain = tuple(item.public_bytes(Encoding.DER) for item in ranked)
    return Authority(chain, valid or Period())


def _decoded(token: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    if len(token) > MAX_TOKEN:
        raise MalformedError(f"its timestamp has {len(token)} bytes; at most {MAX_TOKEN} may be")
    try:
        return decode_timestamp_response(token)
    except ValueError as error:
        raise MalformedError("its timestamp is none of RFC 3161") from error


def _status(answer: TimeStampResponse) -> str:
    words = " ".join(answer.status_string)[:300]
    return f"status {answer.status}{', ' if words else ''}{printable(words)}"


def _check_imprint(answer: TimeStampResponse, signature: bytes) -> None:
    try:
        imprint = answer.tst_info.message_imprint
        algorithm = _HASHES.get(imprint.hash_algorithm.dotted_string)
        digest = imprint.message
    except ValueError as error:
        raise MalformedError("its timestamp is none of RFC 3161") from error
    if algorithm is None:
        raise MalformedError("its timestamp is over a hash that is none of SHA-2")
    if digest != hashlib.new(algorithm, signature).digest():
        raise MalformedError("its timestamp is of another signature")


def _is_made_by(answer: TimeStampResponse, signature: bytes, trusted: Authority) -> bool:
    from rfc3161_client import VerificationError

    verifier = _verifier(trusted)
    if verifier is None or len(answer.signed_data.signer_infos) != 1:
        return False
    refusals: tuple[type[Exception], ...] = (VerificationError, *_unreadable())
    with warnings.catch_warnings():
        # The library warns of what is wrong with certificates before it refuses them.
        warnings.simplefilter("ignore")
        try:
            return verifier.verify_message(answer, signature)
        except refusals:
            return False
        except BaseException as error:
            # It panics at a trusted certificate that it reads and OpenSSL does not.
            if type(error).__name__ != "PanicException":
                raise
            return False


def _verifier(trusted: Authority) -> Verifier | None:
    """A verifier that takes tokens of one chain, by its own signer if the chain names one."""
    from cryptography import x509
    from rfc3161_client import VerifierBuilder

    try:
        chain = [x509.load_der_x509_certificate(der) for der in trusted.chain]
        signer = None if _is_authority(chain[0]) else chain[0]
        above: Sequence[x509.Certificate] = chain if signer is None else chain[1:]
        roots = [item for item in above if _is_root(item)]
        if not roots:
            return None
        between = [item for item in above if item not in roots]
        return VerifierBuilder(tsa_certificate=signer, intermediates=between, roots=roots).build()
    except _unreadable():
        return None


def _unreadable() -> tuple[type[Exception], ...]:
    """What is raised for a certificate that is none."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    )


def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject and _is_authority(certificate)


def _is_authority(certificate: x509.Certificate) -> bool:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return found.value.ca
