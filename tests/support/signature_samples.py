"""Signature files as others make them, to be looked into: dated, logged, timestamped, or hostile.

`python -m tests.support.signature_samples FOLDER` writes those that golden files are about.
They were made once: keys and serial numbers differ on each run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json
from aiverify.signing import statement
from aiverify.signing.dsse import IN_TOTO, Envelope
from aiverify.signing.keys import PublicKey
from aiverify.signing.keys.public import pem_of
from aiverify.signing.log.body import Content
from aiverify.signing.log.entry import LogEntry
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.message import MessageSignature
from aiverify.signing.predicates import PROVENANCE, SUMMARY
from aiverify.signing.signature_file import SignatureFile
from tests.support import logs
from tests.support.logs import Book, Signed
from tests.support.sigstore import fulcio, github, timestamp
from tests.support.sigstore.authority import Authority
from tests.support.sigstore.ctlog import CtLog
from tests.support.sigstore.timestamp import Stamp

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)
"""When everything here was signed."""

ISSUER = "https://token.actions.githubusercontent.com"
LIFETIME = timedelta(minutes=10)
DIGEST = Digest.of(b"weights")

RUN: Mapping[str, Json] = {
    "buildDefinition": {
        "buildType": "https://aiverify.dev/training/v1",
        "externalParameters": {"epochs": 3, "learning_rate": 0.0002},
        "resolvedDependencies": [
            {
                "name": "llama",
                "digest": {"sha256": Digest.of(b"base").hex},
                "annotations": {"role": "base"},
            },
            {"uri": "https://example.com/corpus", "digest": {"sha256": Digest.of(b"data").hex}},
        ],
    },
    "runDetails": {
        "builder": {"id": "https://ci.example.com/training"},
        "metadata": {"finishedOn": "2025-03-01T11:59:00Z"},
    },
}
"""The provenance of a training run."""

VERDICT: Mapping[str, Json] = {
    "verifier": {"id": "https://aiverify.dev/verifier"},
    "timeVerified": "2025-03-01T12:00:00Z",
    "expires": "2025-03-08T12:00:00Z",
    "resourceUri": "oci://example.com/llama",
    "policy": {"uri": "aiverify.yaml", "digest": {"sha256": Digest.of(b"profile").hex}},
    "verificationResult": "PASSED",
    "verifiedLevels": ["SLSA_BUILD_LEVEL_2", "REVIEWED"],
}
"""A verification summary."""


def payload(predicate_type: str, predicate: Mapping[str, Json], name: str = "llama") -> bytes:
    """A statement about some weights."""
    return statement.attesting(predicate_type, predicate, name, DIGEST).to_bytes()


def by_key(content: Signed, **fields: Any) -> SignatureFile:
    """The signature of a bare key, named as cosign does."""
    hint = PublicKey(pem_of(content.verifier.der).decode()).cosign_hint
    return replace(SignatureFile(content.content, hint), **fields)


def short_lived(owner: str = "alice", **valid: Any) -> bytes:
    """A certificate as Fulcio gives one to a workflow, in DER."""
    start = valid.get("start", AT)
    issuer = Authority.root("root").below("signing")
    extensions = fulcio._extensions({"iss": ISSUER, **github.claims()})
    period = (start, valid.get("end", start + LIFETIME))
    key = logs.private("p256", owner).public_key()
    builder = issuer.builder(x509.Name([]), key, extensions, period)
    log = CtLog()
    precert = issuer.sign(builder).tbs_certificate_bytes
    promise = log.promise(precert, issuer.certificate, log.key)
    made = issuer.sign(builder.add_extension(promise, critical=False))
    return made.public_bytes(Encoding.DER)


def by_certificate(content: Content, certificate: bytes, book: Book | None = None) -> SignatureFile:
    """A signature under a certificate, logged, and timestamped two seconds after `AT`."""
    signed = Signed(content, Verifier(certificate, certificate=True), "p256")
    entries = ((book or Book()).enter(signed),)
    return SignatureFile(
        content,
        certificates=(certificate,),
        entries=entries,
        timestamps=(stamped(content.signature),),
    )


def promised(signed: Signed, seconds: int = int(AT.timestamp())) -> LogEntry:
    """The entry of an old log, which promised it at a time in seconds since 1970."""
    book = Book(version=1)
    entry = replace(book.enter(signed), integrated_time=seconds)
    return replace(entry, promise=book.promise(entry))


def stamped(signature: bytes, at: datetime = AT + timedelta(seconds=2)) -> bytes:
    """A timestamp of a signature."""
    issuer, key = Authority.root("timestamps root"), logs.private("p256", "a timestamp authority")
    certificate = issuer.timestamping("timestamps", key)
    digest = Digest.of(signature).raw
    return timestamp.granted(Stamp("sha256", digest, at), certificate, key, with_certificate=True)


@cache
def samples() -> dict[str, SignatureFile]:
    """What golden files are about, by the name of its file."""
    run = logs.envelope(payload=payload(PROVENANCE, RUN))
    message = logs.message("p384")
    verdict = logs.envelope(payload=payload(SUMMARY, VERDICT))
    return {
        "provenance.sigstore.json": by_certificate(run.content, short_lived()),
        "blob.sigstore.json": by_key(
            message,
            entries=(promised(message),),
            timestamps=(stamped(message.content.signature),),
        ),
        "summary.sigstore.json": by_key(verdict, entries=(Book().enter(run),)),
        "hostile.sigstore.json": hostile(),
    }


def hostile() -> SignatureFile:
    """Names that would move a cursor, and forge lines, and be longer than anybody reads."""
    lies = "llama\r\nSigner\n\x1b[32mallow\x1b[0m \u202egis.ledom" + "x" * 10_000
    predicate: dict[str, Json] = {
        "verificationResult": "allow",
        "resourceUri": lies,
        "verifiedLevels": [lies, 7, None],
    }
    return by_key(logs.envelope(payload=payload(SUMMARY, predicate, lies)), hint=lies)


def unsigned(data: bytes, payload_type: str = IN_TOTO) -> SignatureFile:
    """An envelope around any bytes, with a signature that is none."""
    return SignatureFile(Envelope(payload_type, data, b"no signature"), "a key")


def of_digest() -> SignatureFile:
    """The signature of a digest, which is none."""
    return SignatureFile(MessageSignature(DIGEST, b"no signature"), "a key")


if __name__ == "__main__":
    for name, sample in samples().items():
        (Path(sys.argv[1]) / name).write_bytes(sample.to_bytes())
