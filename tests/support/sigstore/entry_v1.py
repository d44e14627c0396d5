"""What version 1 of Rekor takes and logs: `hashedrekord` and `dsse`, both 0.0.1."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from tests.support.sigstore import entry as entries
from tests.support.sigstore import keys
from tests.support.sigstore.entry import Entry
from tests.support.sigstore.keys import Public, b64
from tests.support.sigstore.site import Json, RefusedError

VERSION = "0.0.1"
_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


def read(request: Json) -> Entry:
    """The entry that a request proposes, if its signatures hold."""
    try:
        kind, spec = request["kind"], request["spec"]
        if request["apiVersion"] != VERSION or kind not in {"hashedrekord", "dsse"}:
            raise RefusedError(f"no entries of {kind} {request['apiVersion']} here")
        record = _hashed_record(spec) if kind == "hashedrekord" else _envelope(spec)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RefusedError(f"no entry: {error!r}") from None
    value = {"apiVersion": VERSION, "kind": kind, "spec": record}
    return Entry(kind, VERSION, entries.canonical(value))


def _hashed_record(spec: Mapping[str, Any]) -> Json:
    stated = spec["data"]["hash"]
    key, pem = _verifier(spec["signature"]["publicKey"]["content"])
    content = base64.b64decode(spec["signature"]["content"], validate=True)
    digest = bytes.fromhex(stated["value"])
    if not keys.verifies_digest(key, content, digest, _HASHES[stated["algorithm"]]):
        raise RefusedError("the signature does not hold")
    return {
        "data": {"hash": {"algorithm": stated["algorithm"], "value": digest.hex()}},
        "signature": {"content": b64(content), "publicKey": {"content": b64(pem)}},
    }


def _envelope(spec: Mapping[str, Any]) -> Json:
    text = spec["proposedContent"]["envelope"]
    envelope = json.loads(text)
    payload = base64.b64decode(envelope["payload"], validate=True)
    message = entries.pae(envelope["payloadType"], payload)
    verifiers = [_verifier(each) for each in spec["proposedContent"]["verifiers"]]
    signatures = []
    for each in envelope["signatures"]:
        content = base64.b64decode(each["sig"], validate=True)
        held = [pem for key, pem in verifiers if keys.verifies(key, content, message)]
        if not held:
            raise RefusedError("a signature has no key that verifies it")
        signatures.append({"signature": b64(content), "verifier": b64(held[0])})
    if not signatures:
        raise RefusedError("the envelope has no signatures")
    return {
        "envelopeHash": _hash(text.encode()),
        "payloadHash": _hash(payload),
        "signatures": sorted(signatures, key=lambda each: each["signature"]),
    }


def _hash(data: bytes) -> Json:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}


def _verifier(content: str) -> tuple[Public, bytes]:
    """The key of a certificate or of a public key, and the PEM as it is logged."""
    pem = base64.b64decode(content, validate=True)
    if b"BEGIN CERTIFICATE" in pem:
        certificate = x509.load_pem_x509_certificate(pem)
        return keys.known(certificate.public_key()), certificate.public_bytes(Encoding.PEM)
    key = load_pem_public_key(pem)
    return keys.known(key), key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
