"""What version 2 of Rekor takes and logs: hashed records, and DSSE envelopes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.support.sigstore import keys
from tests.support.sigstore.keys import Public, b64
from tests.support.sigstore.site import Json, RefusedError

VERSION = "0.0.2"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it goes into the tree."""

    kind: str
    version: str
    body: bytes


def read(request: Json, *, envelopes: bool = True) -> Entry:
    """The entry that a request asks for, if its signatures hold. Envelopes may be refused."""
    try:
        if "hashedRekordRequestV002" in request:
            return _hashed_record(request["hashedRekordRequestV002"])
        if "dsseRequestV002" in request and envelopes:
            return _envelope(request["dsseRequestV002"])
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RefusedError(f"no entry: {error!r}") from None
    raise RefusedError("invalid type")


def canonical(value: Json) -> bytes:
    """JSON as RFC 8785 writes it, for objects of nothing but ASCII texts and integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def with_signature(entry: Entry, signature: bytes) -> Entry:
    """The entry of another signature over the same."""
    value = json.loads(entry.body)
    spec = value["spec"]
    if entry.version == VERSION:
        (spec,) = spec.values()
    record = spec.get("signature") or spec["signatures"][0]
    record["content" if "content" in record else "signature"] = b64(signature)
    return Entry(entry.kind, entry.version, canonical(value))


def pae(payload_type: str, payload: bytes) -> bytes:
    """What the signatures of an envelope are over (DSSE 1.0)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _hashed_record(request: Mapping[str, Any]) -> Entry:
    digest = base64.b64decode(request["digest"], validate=True)
    content = base64.b64decode(request["signature"]["content"], validate=True)
    key, verifier = _verifier(request["signature"]["verifier"])
    if verifier["keyDetails"] not in keys.DIGESTS:
        raise RefusedError("hashed records need an algorithm that hashes first")
    algorithm, hashed = keys.DIGESTS[verifier["keyDetails"]]
    if len(digest) != hashed.digest_size:
        raise RefusedError("the digest's length is another algorithm's")
    if not keys.verifies_digest(key, content, digest):
        raise RefusedError("the signature does not hold")
    record = {
        "data": {"algorithm": algorithm, "digest": b64(digest)},
        "signature": {"content": b64(content), "verifier": verifier},
    }
    return _entry("hashedrekord", {"hashedRekordV002": record})


def _envelope(request: Mapping[str, Any]) -> Entry:
    envelope = request["envelope"]
    payload = base64.b64decode(envelope["payload"], validate=True)
    message = pae(envelope["payloadType"], payload)
    verifiers = [_verifier(each) for each in request["verifiers"]]
    signatures = []
    for each in envelope["signatures"]:
        content = base64.b64decode(each["sig"], validate=True)
        held = [stated for key, stated in verifiers if keys.verifies(key, content, message)]
        if not held:
            raise RefusedError("a signature has no key that verifies it")
        signatures.append({"content": b64(content), "verifier": held[0]})
    if not signatures:
        raise RefusedError("the envelope has no signatures")
    digest = b64(hashlib.sha256(payload).digest())
    record = {
        "payloadHash": {"algorithm": "SHA2_256", "digest": digest},
        "signatures": signatures,
    }
    return _entry("dsse", {"dsseV002": record})


def _verifier(stated: Mapping[str, Any]) -> tuple[Public, Json]:
    """The key of a verifier, and the verifier as it is logged."""
    if ("publicKey" in stated) == ("x509Certificate" in stated):
        raise RefusedError("a verifier is a public key or a certificate")
    kind = "publicKey" if "publicKey" in stated else "x509Certificate"
    raw = base64.b64decode(stated[kind]["rawBytes"], validate=True)
    if kind == "publicKey":
        key = keys.known(load_der_public_key(raw))
    else:
        key = keys.known(x509.load_der_x509_certificate(raw).public_key())
    if stated["keyDetails"] != keys.details(key):
        raise RefusedError(f"the key is not of {stated['keyDetails']}")
    return key, {kind: {"rawBytes": b64(raw)}, "keyDetails": stated["keyDetails"]}


def _entry(kind: str, spec: Json) -> Entry:
    value = {"apiVersion": VERSION, "kind": kind, "spec": spec}
    return Entry(kind, VERSION, canonical(value))
