"""Transparency logs in memory: entries as they would be in a bundle, good ones and bad ones."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from aiverify.core.digest import Digest
from aiverify.signing.dsse import IN_TOTO, Envelope
from aiverify.signing.log.entry import InclusionProof, LogEntry
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.message import MessageSignature
from aiverify.signing.trusted_root import Period, TransparencyLog, TrustedRoot
from tests.support.sigstore import keys as service_keys
from tests.support.sigstore import merkle
from tests.support.sigstore.log import Log

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PROMISED = int((NOW - timedelta(days=1)).timestamp())
MESSAGE = b"a message"
ORIGIN = "log.example.com"
ALWAYS = Period()

DETAILS = {
    "p256": "PKIX_ECDSA_P256_SHA_256",
    "p384": "PKIX_ECDSA_P384_SHA_384",
    "p521": "PKIX_ECDSA_P521_SHA_512",
}
HASHES = {"p256": "sha256", "p384": "sha384", "p521": "sha512", "ed25519": "sha512"}
_CURVES = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}

Content = Envelope | MessageSignature
Kind = tuple[str, str]

V1_KINDS: dict[type[Content], tuple[Kind, ...]] = {
    Envelope: (("dsse", "0.0.1"), ("intoto", "0.0.2")),
    MessageSignature: (("hashedrekord", "0.0.1"),),
}


@dataclass(frozen=True)
class Signed:
    """A signature, what verifies it, and the kind of its key."""

    content: Content
    verifier: Verifier
    kind: str


def private(kind: str = "p256", owner: str = "alice") -> Any:
    """The same key for the same owner, all test run long."""
    return _private(kind, owner)


@cache
def _private(kind: str, owner: str) -> Any:
    del owner
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(_CURVES[kind]())


def sign(key: Any, data: bytes, kind: str = "p256") -> bytes:
    """A signature as a key of this kind makes it."""
    if kind == "ed25519":
        return bytes(key.sign(data))
    algorithm = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
    return bytes(key.sign(data, ec.ECDSA(algorithm[HASHES[kind]]())))


def spki(key: Any) -> bytes:
    """The DER of a private key's public half."""
    return bytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def certificate(kind: str = "p256", owner: str = "alice") -> bytes:
    """A certificate for a key, in DER."""
    return _certificate(kind, owner)


@cache
def _certificate(kind: str, owner: str) -> bytes:
    key, signer = private(kind, owner), private("p256", "an authority")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, owner)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=2))
        .not_valid_after(NOW + timedelta(days=2))
    )
    return bytes(builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER))


def envelope(kind: str = "p256", owner: str = "alice", payload: bytes = b'{"a":1}') -> Signed:
    """An envelope that a bare key signed."""
    unsigned = Envelope(IN_TOTO, payload, b"")
    signature = sign(private(kind, owner), unsigned.signed_bytes(), kind)
    verifier = Verifier(spki(private(kind, owner)), certificate=False)
    return Signed(replace(unsigned, signature=signature), verifier, kind)


def message(kind: str = "p256", owner: str = "alice", data: bytes = MESSAGE) -> Signed:
    """A message that a bare key signed."""
    signature = sign(private(kind, owner), data, kind)
    verifier = Verifier(spki(private(kind, owner)), certificate=False)
    return Signed(MessageSignature(Digest.of(data, HASHES[kind]), signature), verifier, kind)


def certified(signed: Signed, owner: str = "alice") -> Signed:
    """The same by a certificate for the same key."""
    return replace(signed, verifier=Verifier(certificate(signed.kind, owner), certificate=True))


def b64(data: bytes) -> str:
    """Base64 as bundles write it."""
    return base64.b64encode(data).decode()


def canonical(value: Any) -> bytes:
    """JSON as RFC 8785 writes it, for texts in ASCII and integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def body(signed: Signed, kind: Kind) -> dict[str, Any]:
    """The body that a log makes of a signature, written out from its schemas."""
    name, version = kind
    return {"apiVersion": version, "kind": name, "spec": _SPECS[kind](signed)}


def _pem(verifier: Verifier) -> bytes:
    if verifier.certificate:
        return x509.load_der_x509_certificate(verifier.der).public_bytes(Encoding.PEM)
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key = load_der_public_key(verifier.der)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _named(signed: Signed, details: str) -> dict[str, Any]:
    name = "x509Certificate" if signed.verifier.certificate else "publicKey"
    return {"keyDetails": details, name: {"rawBytes": b64(signed.verifier.der)}}


def _sha256(data: bytes) -> dict[str, Any]:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}


def _hashed_v1(signed: Signed) -> dict[str, Any]:
    content = signed.content
    assert isinstance(content, MessageSignature)
    return {
        "data": {"hash": {"algorithm": content.digest.algorithm, "value": content.digest.hex}},
        "signature": {
            "content": b64(content.signature),
            "publicKey": {"content": b64(_pem(signed.verifier))},
        },
    }


def _hashed_v2(signed: Signed) -> dict[str, Any]:
    content, name = signed.content, HASHES[signed.kind]
    if isinstance(content, Envelope):
        digest = hashlib.new(name, content.signed_bytes()).digest()
    else:
        digest = content.digest.raw
    return {
        "hashedRekordV002": {
            "data": {"algorithm": f"SHA2_{name[3:]}", "digest": b64(digest)},
            "signature": {
                "content": b64(content.signature),
                "verifier": _named(signed, DETAILS.get(signed.kind, "PKIX_ED25519_PH")),
            },
        }
    }


def _dsse_v1(signed: Signed) -> dict[str, Any]:
    content = signed.content
    assert isinstance(content, Envelope)
    verifier = b64(_pem(signed.verifier))
    return {
        "envelopeHash": _sha256(b"the envelope as it was sent"),
        "payloadHash": _sha256(content.payload),
        "signatures": [{"signature": b64(content.signature), "verifier": verifier}],
    }


def _dsse_v2(signed: Signed) -> dict[str, Any]:
    content = signed.content
    assert isinstance(content, Envelope)
    digest = hashlib.sha256(content.payload).digest()
    verifier = _named(signed, DETAILS.get(signed.kind, "PKIX_ED25519"))
    return {
        "dsseV002": {
            "payloadHash": {"algorithm": "SHA2_256", "digest": b64(digest)},
            "signatures": [{"content": b64(content.signature), "verifier": verifier}],
        }
    }


def _intoto(signed: Signed) -> dict[str, Any]:
    content = signed.content
    assert isinstance(content, Envelope)
    signature = {
        "publicKey": b64(_pem(signed.verifier)),
        "sig": b64(b64(content.signature).encode()),
    }
    return {
        "content": {
            "envelope": {"payloadType": content.payload_type, "signatures": [signature]},
            "hash": _sha256(b"the envelope as it was sent"),
            "payloadHash": _sha256(content.payload),
        }
    }


_SPECS = {
    ("hashedrekord", "0.0.1"): _hashed_v1,
    ("hashedrekord", "0.0.2"): _hashed_v2,
    ("dsse", "0.0.1"): _dsse_v1,
    ("dsse", "0.0.2"): _dsse_v2,
    ("intoto", "0.0.2"): _intoto,
}


class Book:
    """A log of either version, with a few entries already."""

    def __init__(self, version: int = 2, key: str = "ed25519", origin: str = ORIGIN) -> None:
        self.version = version
        self.name = origin
        self.origin = origin if version == 2 else f"{origin} - 123"
        self.log = Log(key)
        for number in range(4):
            self.log.append(b"entry %d" % number)

    @property
    def log_id(self) -> bytes:
        """How entries name it."""
        return self.log.id(self.name)

    def trusted(self, valid: Period = ALWAYS) -> TransparencyLog:
        """What a trusted root says of it."""
        key = self.log.public_key
        return TransparencyLog(
            f"https://{self.name}",
            self.log_id,
            service_keys.spki(key),
            service_keys.details(key),
            "SHA2_256",
            valid,
        )

    def root(self, valid: Period = ALWAYS) -> TrustedRoot:
        """A trusted root that trusts it alone."""
        return TrustedRoot((self.trusted(valid),))

    def kind_for(self, content: Content) -> Kind:
        """The kind of entry that such a log makes of a content."""
        return V1_KINDS[type(content)][0] if self.version == 1 else ("hashedrekord", "0.0.2")

    def enter(self, signed: Signed, kind: Kind | None = None) -> LogEntry:
        """Log a signature, with everything that such a log gives."""
        kind = kind or self.kind_for(signed.content)
        return self.enter_body(canonical(body(signed, kind)), kind)

    def enter_body(self, data: bytes, kind: Kind) -> LogEntry:
        """Log any bytes as an entry of a kind."""
        index, leaves = self.log.append(data)
        proof = self.log.prove(index, leaves, self.name, self.origin)
        made = InclusionProof(index, proof.size, proof.root, proof.hashes, proof.checkpoint)
        if self.version == 2:
            return LogEntry(index, self.log_id, *kind, 0, None, made, data)
        # Another tree of the log came before this one.
        entry = LogEntry(index + 1000, self.log_id, *kind, PROMISED, None, made, data)
        return replace(entry, promise=self.promise(entry))

    def promise(self, entry: LogEntry) -> bytes:
        """A signed entry timestamp."""
        said = {
            "body": b64(entry.body),
            "integratedTime": entry.integrated_time,
            "logID": entry.log_id.hex(),
            "logIndex": entry.index,
        }
        return service_keys.sign(self.log.key, canonical(said))

    def proof_of_size(self, entry: LogEntry, size: int) -> InclusionProof:
        """The proof of an entry in an earlier or later tree, with a good checkpoint of it."""
        assert entry.proof is not None
        leaves = [merkle.leaf_hash(b"x%d" % number) for number in range(size)]
        leaves[entry.proof.index] = merkle.leaf_hash(entry.body)
        proof = self.log.prove(entry.proof.index, leaves, self.name, self.origin)
        return InclusionProof(proof.index, proof.size, proof.root, proof.hashes, proof.checkpoint)
