"""Submitting a signature to a transparency log, and fetching the entry that it becomes.

What a log is sent, and what it keeps and shows to everybody:

- Rekor v2 is sent, and keeps, a digest, the signature and the key or certificate. The digest
  of an envelope is over the bytes that are signed (rekor-v2-spec, section 6.1.4; what
  sigstore-python and cosign write and expect). The payload, and with it the names of files,
  stays here.
- Rekor v1 is sent the same for a digest. An envelope is sent whole, since the log checks the
  signature itself (`dsse` 0.0.1): it keeps two hashes, the signature and the key or
  certificate, and lists the entry under the digests of the statement's subjects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.errors import DeniedError, MalformedError, UndecidedError, UsageError
from aiverify.signing import protojson
from aiverify.signing.dsse import Envelope, b64, decoded, member
from aiverify.signing.log import body as bodies
from aiverify.signing.log import entry as entries
from aiverify.signing.log.body import Content
from aiverify.signing.log.entry import LogEntry
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.log.verify import logged
from aiverify.signing.services import TIMEOUT, Answer, Service
from aiverify.signing.trusted_root import TrustedRoot

_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_CONFLICT = 409
_HASH = re.compile("[0-9a-f]{64}")
_UUID = re.compile("(?:[0-9a-f]{16})?[0-9a-f]{64}")
_V1_PATH = "/api/v1/log/entries"
_V2_PATH = "/api/v2/log/entries"


def submit(
    url: str,
    version: int,
    content: Content,
    verifier: Verifier,
    root: TrustedRoot,
    *,
    now: datetime,
    timeout: float = TIMEOUT,
) -> LogEntry:
    """Log a signature, and give the entry back once it is known to hold.

    `url` is the log's, without the path of its API; `version` is that API's major version.
    `timeout` is in seconds.

    Raises:
        UsageError: the URL or version is none that can be asked, or the log takes no
            signatures by this kind of key.
        DeniedError: the log refuses, in its own words; or its answer does not hold.
        UndecidedError: it is out of reach, slow, out of order, or answers with something else.
    """
    if version not in (1, 2):
        raise UsageError(f"version {version} of Rekor's API is none of 1 and 2")
    service = Service(url, "the transparency log", timeout)
    request = _request_v1(content, verifier) if version == 1 else _request_v2(content, verifier)
    send = _send_v1 if version == 1 else _send_v2
    entry = send(service, canonical(request))
    try:
        logged(entry, content, verifier, root, at=now)
    except DeniedError as error:
        raise DeniedError(f"what {service} gave back does not hold: {error.message}") from error
    return entry


def _request_v2(content: Content, verifier: Verifier) -> dict[str, Json]:
    """The body of a request (rekor-tiles, hashedrekord.proto)."""
    if not verifier.algorithm.hash:
        raise UsageError(
            "Rekor v2 logs signatures over a digest, and an Ed25519 key signs the message itself",
            hint="Sign with a key on p256, p384 or p521, or log an envelope with Rekor v1.",
        )
    _, digest = bodies.signed_digest(content, verifier)
    signature = bodies.signature_json(content, verifier, prehashed=True)
    return {"hashedRekordRequestV002": {"digest": b64(digest), "signature": signature}}


def _request_v1(content: Content, verifier: Verifier) -> dict[str, Json]:
    """The body of a request (rekor, dsse and hashedrekord schemas 0.0.1)."""
    if isinstance(content, Envelope):
        proposed = {
            "envelope": json.dumps(content.to_json()),
            "verifiers": [b64(verifier.pem)],
        }
        return {"apiVersion": "0.0.1", "kind": "dsse", "spec": {"proposedContent": proposed}}
    if not verifier.algorithm.hash:
        raise UsageError(
            "Rekor logs signatures over a digest, and an Ed25519 key signs the message itself",
            hint="Sign with a key on p256, p384 or p521.",
        )
    spec = bodies.hashed_v1(content, verifier)
    return {"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": spec}


def _send_v2(service: Service, request: bytes) -> LogEntry:
    answer = service.post(_V2_PATH, request, _HEADERS)
    return _read(service, answer, entries.parse)


def _send_v1(service: Service, request: bytes) -> LogEntry:
    answer = service.post(_V1_PATH, request, _HEADERS, allowed=(_CONFLICT,))
    if answer.status == _CONFLICT:
        # It is there already; the place is told as a path or URL, of which the name counts.
        name = answer.location.rpartition("/")[2]
        if not _UUID.fullmatch(name):
            raise UndecidedError(f"{service} has the entry already, and does not say where")
        answer = service.get(f"{_V1_PATH}/{name}", _HEADERS)
    return _read(service, answer, _from_v1)


def _read(
    service: Service, answer: Answer, reader: Callable[[Mapping[str, Json], str], LogEntry]
) -> LogEntry:
    try:
        return reader(load_object(answer.body, "it"), "it")
    except MalformedError as error:
        raise UndecidedError(f"{service} answers with no log entry: {error.message}") from error


def _from_v1(value: Mapping[str, Json], where: str) -> LogEntry:
    """Rekor v1's own form of an entry (rekor, openapi.yaml), which bundles do not use."""
    if len(value) != 1:
        raise MalformedError(f"{where} holds {len(value)} entries, not one")
    [item] = value.values()
    found = member(item, where)
    verification = member(found.get("verification"), where)
    proof = member(verification.get("inclusionProof"), where)
    hashes = protojson.items(proof, "hashes", where, entries.MAX_HASHES)
    made = load_object(decoded(found, "body", where), f"the body of {where}")
    return entries.parse(
        {
            "logIndex": found.get("logIndex"),
            "logId": {"keyId": _from_hex(found.get("logID"), where)},
            "kindVersion": {"kind": made.get("kind"), "version": made.get("apiVersion")},
            "integratedTime": found.get("integratedTime"),
            "inclusionPromise": {"signedEntryTimestamp": verification.get("signedEntryTimestamp")},
            "inclusionProof": {
                "logIndex": proof.get("logIndex"),
                "rootHash": _from_hex(proof.get("rootHash"), where),
                "treeSize": proof.get("treeSize"),
                "hashes": [_from_hex(item, where) for item in hashes],
                "checkpoint": {"envelope": proof.get("checkpoint")},
            },
            "canonicalizedBody": found.get("body"),
        },
        where,
    )


def _from_hex(value: Json, where: str) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise MalformedError(f"{where} holds a hash that is not one in hexadecimal")
    return b64(bytes.fromhex(value))
