"""What is in a signature file, for tools (docs/schemas/signature.v1.json)."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

from aiverify.core.jsonvalue import Json, pretty
from aiverify.operations.inspect_signature import SignatureInspection
from aiverify.operations.seen.entry import Entry, Proof
from aiverify.operations.seen.signer import Key, Signer
from aiverify.operations.seen.stamp import Stamp
from aiverify.operations.seen.statement import Payload, Statement
from aiverify.operations.seen.words import cut
from aiverify.signing.certificates import Described, fulcio
from aiverify.signing.oms import SignedManifest
from aiverify.signing.predicates import shown

MANY = 10_000
"""Files, and paths left out, that are listed at most."""

_MEANINGS = {field.name: field.words for field in fulcio.FIELDS}


def as_json(value: SignatureInspection) -> str:
    """All parts. A text that a file makes too long is cut, and says how long it is."""
    message = value.message
    return pretty(
        {
            "apiVersion": "aiverify.dev/signature/v1",
            "target": value.shown,
            "verified": False,
            "mediaType": value.media_type,
            "digest": str(message.digest) if message else None,
            "payload": _payload(value.payload) if value.payload else None,
            "signer": _signer(value.signer),
            "log": [_entry(item) for item in value.entries],
            "timestamps": [_stamp(item) for item in value.timestamps],
            "remarks": [
                {"severity": item.severity.value, "name": item.name, "message": item.message}
                for item in value.remarks
            ],
        }
    )


def _payload(payload: Payload) -> dict[str, Json]:
    return {
        "type": payload.type,
        "size": payload.size,
        "digest": str(payload.digest),
        "keyId": payload.key_id,
        "statement": _statement(payload.statement) if payload.statement else None,
    }


def _statement(found: Statement) -> dict[str, Json]:
    return {
        "type": found.type,
        "predicateType": found.predicate_type,
        "predicate": shown(found.predicate_type),
        "subjects": [{"name": item.name, "digest": dict(item.digests)} for item in found.subjects],
        "subjectCount": found.subject_count,
        "facts": [{"name": name, "value": text} for name, text in found.facts],
        "files": _files(found.files) if found.files else None,
    }


def _files(files: SignedManifest) -> dict[str, Json]:
    way, entries = files.serialization, files.manifest.entries
    return {
        "count": len(files.manifest.files),
        "method": way.method,
        "hashType": way.algorithm,
        "shardSize": way.shard_size,
        "shards": len(entries) if way.shard_size else 0,
        "rootDigest": str(files.root),
        "allowSymlinks": files.allow_symlinks,
        "ignorePaths": [cut(path) for path in islice(sorted(files.ignore_paths), MANY)],
        "first": [
            {"name": cut(entry.label), "digest": str(entry.digest)}
            for entry in islice(entries, MANY)
        ],
    }


def _signer(found: Signer) -> dict[str, Json]:
    return {
        "method": found.method,
        "hint": found.hint,
        "hintForm": found.form,
        "fingerprint": found.fingerprint,
        "key": _key(found.key),
        "certificates": [_certificate(item) for item in found.certificates],
    }


def _key(key: Key | None) -> dict[str, Json] | None:
    if key is None:
        return None
    return {
        "kind": key.kind,
        "fingerprint": key.public.fingerprint,
        "omsHint": key.public.hint,
        "cosignHint": key.public.cosign_hint,
    }


def _certificate(item: Described) -> dict[str, Json]:
    return {
        "fingerprint": item.fingerprint,
        "subject": item.subject,
        "issuer": item.issuer,
        "serial": item.serial,
        "names": list(item.names),
        "notBefore": _time(item.not_before),
        "notAfter": _time(item.not_after),
        "key": item.key,
        "signature": item.signature,
        "isAuthority": item.is_authority,
        "usage": list(item.usage),
        "extensions": [
            {"name": name, "value": value, "meaning": _MEANINGS.get(name, "")}
            for name, value in item.extensions
        ],
        "promises": [{"log": log.id, "time": _time(log.time)} for log in item.logs],
        "problems": list(item.problems),
    }


def _entry(entry: Entry) -> dict[str, Json]:
    return {
        "log": entry.log_id,
        "index": entry.index,
        "kind": entry.kind,
        "version": entry.version,
        "time": _time(entry.time),
        "promised": entry.promised,
        "proof": _proof(entry.proof) if entry.proof else None,
        "key": _key(entry.key),
        "ofThisSignature": entry.matches,
        "reason": entry.reason,
    }


def _proof(proof: Proof) -> dict[str, Json]:
    return {
        "index": proof.index,
        "treeSize": proof.tree_size,
        "hashes": proof.hashes,
        "origin": proof.origin,
        "checkpointSize": proof.size,
        "signedBy": list(proof.signed_by),
        "problem": proof.problem,
    }


def _stamp(stamp: Stamp) -> dict[str, Json]:
    return {
        "time": _time(stamp.time),
        "authority": stamp.authority,
        "policy": stamp.policy,
        "serial": stamp.serial,
        "hash": stamp.hash,
        "ofThisSignature": stamp.matches,
        "problem": stamp.problem,
    }


def _time(time: datetime | None) -> str | None:
    if time is None:
        return None
    return f"{time.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"
