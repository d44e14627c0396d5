"""What a log entry is about: its body must speak of the signature at hand, and of no other.

Every member that can be computed from the signature is compared with what the log holds. The
exceptions are the hashes of a whole envelope (`dsse` 0.0.1, `intoto` 0.0.2): the log takes
them over the text that was sent to it, which nobody else has.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import TypeAlias

from aiverify.core.jsonvalue import Json, load_object
from aiverify.core.names import printable
from aiverify.errors import DeniedError
from aiverify.signing.dsse import Envelope, b64
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.message import MessageSignature, hash_name

Content: TypeAlias = Envelope | MessageSignature
"""What is signed: a statement in an envelope, or bytes that are named by digest."""

V2 = frozenset({("hashedrekord", "0.0.2"), ("dsse", "0.0.2")})

_SHA256 = re.compile("[0-9a-f]{64}")


def check(body: bytes, kind: str, version: str, content: Content, verifier: Verifier) -> None:
    """Check that an entry's body is the one that logging this signature gives.

    Raises:
        DeniedError: it is of an unknown kind, of a kind that holds no such signature, or
            speaks of another payload, signature, key or certificate.
        MalformedError: it is no JSON object, or the verifier is no key or certificate.
        UsageError: the verifier is a key that no log takes signatures by.
    """
    expected = _expected(kind, version, content, verifier)
    if expected is None:
        what = "an envelope" if isinstance(content, Envelope) else "a digest"
        shown = printable(f"{kind[:50]} {version[:50]}")
        raise DeniedError(f"its log entry is of the kind {shown}, which is none for {what}")
    found = load_object(body, "the body of a log entry")
    if kind == "intoto":
        _settle(found, verifier)
    place = _difference({"apiVersion": version, "kind": kind, "spec": expected}, found, "")
    if place:
        raise DeniedError(f"its log entry is about something else: {place} differs")


def signed_digest(content: Content, verifier: Verifier) -> tuple[str, bytes]:
    """The hash and digest that Rekor v2 logs: those of an envelope are over what is signed.

    An Ed25519 key counts as Ed25519ph, which signs a SHA-512 digest.

    Raises:
        MalformedError: the verifier is no key or certificate.
        UsageError: it is a key that no log takes signatures by.
    """
    if isinstance(content, MessageSignature):
        return content.digest.algorithm, content.digest.raw
    algorithm = verifier.algorithm.hash or "sha512"
    return algorithm, hashlib.new(algorithm, content.signed_bytes()).digest()


def signature_json(content: Content, verifier: Verifier, *, prehashed: bool) -> dict[str, Json]:
    """A signature and its key or certificate as Rekor v2 writes them. Raises as above."""
    details = verifier.algorithm.details
    if prehashed and details == "PKIX_ED25519":
        details = "PKIX_ED25519_PH"
    name = "x509Certificate" if verifier.certificate else "publicKey"
    return {
        "content": b64(content.signature),
        "verifier": {"keyDetails": details, name: {"rawBytes": b64(verifier.der)}},
    }


def _expected(kind: str, version: str, content: Content, verifier: Verifier) -> Json:
    """The `spec` of a body; null stands for a SHA-256 that the log made of its own input."""
    match kind, version, content:
        case "hashedrekord", "0.0.1", MessageSignature():
            return hashed_v1(content, verifier)
        case "hashedrekord", "0.0.2", _:
            algorithm, digest = signed_digest(content, verifier)
            return {
                "hashedRekordV002": {
                    "data": {"algorithm": hash_name(algorithm), "digest": b64(digest)},
                    "signature": signature_json(content, verifier, prehashed=True),
                }
            }
        case "dsse", "0.0.1", Envelope():
            return {
                "envelopeHash": None,
                "payloadHash": _sha256(content.payload),
                "signatures": [
                    {"signature": b64(content.signature), "verifier": b64(verifier.pem)}
                ],
            }
        case "dsse", "0.0.2", Envelope():
            digest = hashlib.sha256(content.payload).digest()
            return {
                "dsseV002": {
                    "payloadHash": {"algorithm": "SHA2_256", "digest": b64(digest)},
                    "signatures": [signature_json(content, verifier, prehashed=False)],
                }
            }
        case "intoto", "0.0.2", Envelope():
            return {"content": _intoto(content, verifier)}
    return None


def hashed_v1(content: MessageSignature, verifier: Verifier) -> dict[str, Json]:
    """The `spec` of a `hashedrekord` 0.0.1, which is what is sent and what is logged."""
    digest = content.digest
    return {
        "data": {"hash": {"algorithm": digest.algorithm, "value": digest.hex}},
        "signature": {
            "content": b64(content.signature),
            "publicKey": {"content": b64(verifier.pem)},
        },
    }


def _intoto(content: Envelope, verifier: Verifier) -> dict[str, Json]:
    # This kind writes the base64 of the envelope's own base64.
    twice = b64(b64(content.signature).encode())
    return {
        "envelope": {
            "payloadType": content.payload_type,
            "signatures": [{"publicKey": b64(verifier.pem), "sig": twice}],
        },
        "hash": None,
        "payloadHash": _sha256(content.payload),
    }


def _settle(found: dict[str, Json], verifier: Verifier) -> None:
    """Take out of an `intoto` body what its signer was free to write.

    That is a name of the key, which is no evidence, and the newline after PEM.
    """
    match found:
        case {"spec": {"content": {"envelope": {"signatures": [dict() as signature]}}}}:
            if isinstance(signature.get("keyid"), str):
                del signature["keyid"]
            if signature.get("publicKey") == b64(verifier.pem.rstrip()):
                signature["publicKey"] = b64(verifier.pem)


def _sha256(data: bytes) -> dict[str, Json]:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}


def _difference(wanted: Json, found: Json, place: str) -> str:
    """Where two values differ, as a path of members, or an empty text."""
    if wanted is None:
        value = found.get("value") if isinstance(found, Mapping) else None
        good = isinstance(value, str) and _SHA256.fullmatch(value)
        return "" if good and found == {"algorithm": "sha256", "value": value} else place
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key in sorted({*wanted, *found}):
            below = f"{place}.{printable(key[:100])}".lstrip(".")
            if key not in wanted or key not in found:
                return below
            different = _difference(wanted[key], found[key], below)
            if different:
                return different
        return ""
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = zip(wanted, found, strict=True)
        places = (_difference(ours, theirs, f"{place}[]") for ours, theirs in pairs)
        return next(filter(None, places), "")
    return "" if isinstance(wanted, str) and wanted == found else place
