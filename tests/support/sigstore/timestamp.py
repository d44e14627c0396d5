"""Timestamp tokens, as RFC 3161 has them in the signed data of RFC 5652."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.sigstore import keys
from tests.support.sigstore.keys import Private

POLICY = "1.3.6.1.4.1.57264.2"
_SHA256 = {"algorithm": "sha256"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token states: digest and name of its algorithm, when, and the request's nonce."""

    algorithm: str
    digest: bytes
    time: datetime
    nonce: int | None = None


def granted(
    stamp: Stamp, certificate: x509.Certificate, key: Private, *, with_certificate: bool
) -> bytes:
    """A response with a token (2.4.2)."""
    content = _statement(stamp)
    signer = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    attributes = _attributes(content, certificate)
    info = {
        "version": "v1",
        "sid": {
            "issuer_and_serial_number": {
                "issuer": signer.issuer,
                "serial_number": signer.serial_number,
            }
        },
        "digest_algorithm": _SHA256,
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": keys.sign(key, attributes.dump()),
    }
    signed = {
        "version": "v3",
        "digest_algorithms": [_SHA256],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": core.ParsableOctetString(content),
        },
        "signer_infos": [info],
    }
    if with_certificate:
        signed["certificates"] = [signer]
    token = {"content_type": "signed_data", "content": cms.SignedData(signed)}
    response: bytes = tsp.TimeStampResp(
        {"status": {"status": "granted"}, "time_stamp_token": token}
    ).dump()
    return response


def rejected() -> bytes:
    """A response without a token."""
    status = {"status": "rejection", "fail_info": {"bad_request"}}
    response: bytes = tsp.TimeStampResp({"status": status}).dump()
    return response


def _statement(stamp: Stamp) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": stamp.algorithm}, "hashed_message": stamp.digest}
    statement = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": imprint,
        "serial_number": secrets.randbits(63),
        "gen_time": stamp.time,
        "accuracy": {"seconds": 1},
    }
    if stamp.nonce is not None:
        statement["nonce"] = stamp.nonce
    content: bytes = tsp.TSTInfo(statement).dump()
    return content


def _attributes(content: bytes, certificate: x509.Certificate) -> cms.CMSAttributes:
    """What is signed: the content's type and digest, and whose certificate it is."""
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    values = {
        "content_type": "tst_info",
        "message_digest": hashlib.sha256(content).digest(),
        "signing_certificate_v2": tsp.SigningCertificateV2({"certs": [{"cert_hash": digest}]}),
    }
    return cms.CMSAttributes(
        [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values.items()]
    )
