"""An entry of a transparency log, as a Sigstore bundle carries it."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.core.jsonvalue import Json
from aiverify.signing import dsse, protojson
from aiverify.signing.dsse import b64

MAX_ENTRIES = 32
"""Entries that a signature may carry."""

MAX_BODY = 1 << 20
MAX_CHECKPOINT = 1 << 16
MAX_HASHES = 64
"""What a proof in a tree of 2^63 leaves needs, and no more."""

HASH_SIZE = 32

_ENTRY = (
    "logIndex",
    "logId",
    "kindVersion",
    "integratedTime",
    "inclusionPromise",
    "inclusionProof",
    "canonicalizedBody",
)
_PROOF = ("logIndex", "rootHash", "treeSize", "hashes", "checkpoint")


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That a leaf is in a tree: the hashes from it to the root, and the log's signed root.

    `checkpoint` is a signed note, or empty.
    """

    index: int
    tree_size: int
    root: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str

    def to_json(self) -> dict[str, Json]:
        """The bundle's JSON form."""
        value: dict[str, Json] = {
            "logIndex": str(self.index),
            "rootHash": b64(self.root),
            "treeSize": str(self.tree_size),
            "hashes": [b64(item) for item in self.hashes],
        }
        if self.checkpoint:
            value["checkpoint"] = {"envelope": self.checkpoint}
        return value


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of which nothing has been verified.

    `index` is the entry's place in the whole log, `proof.index` that in its tree.
    `integrated_time` is in seconds since 1970; a log that states none has 0 or None there.
    `promise` is a signed entry timestamp, or None. `body` is what was logged.
    """

    index: int
    log_id: bytes
    kind: str
    version: str
    integrated_time: int | None
    promise: bytes | None
    proof: InclusionProof | None
    body: bytes

    def to_json(self) -> dict[str, Json]:
        """The bundle's JSON form."""
        value: dict[str, Json] = {
            "logIndex": str(self.index),
            "logId": {"keyId": b64(self.log_id)},
            "kindVersion": {"kind": self.kind, "version": self.version},
        }
        if self.integrated_time is not None:
            value["integratedTime"] = str(self.integrated_time)
        if self.promise is not None:
            value["inclusionPromise"] = {"signedEntryTimestamp": b64(self.promise)}
        if self.proof is not None:
            value["inclusionProof"] = self.proof.to_json()
        value["canonicalizedBody"] = b64(self.body)
        return value


def parse(value: Json, where: str) -> LogEntry:
    """Read one of a bundle's `tlogEntries` (protobuf-specs, sigstore_rekor.proto).

    Raises:
        MalformedError: a part is missing, unknown, of the wrong type or too large.
    """
    where = f"a log entry in {where}"
    found = dsse.members(value, _ENTRY, where)
    log = dsse.members(found.get("logId"), ("keyId",), where)
    made = dsse.members(found.get("kindVersion"), ("kind", "version"), where)
    time = protojson.integer(found, "integratedTime", where) if "integratedTime" in found else None
    return LogEntry(
        protojson.integer(found, "logIndex", where),
        protojson.octets(log, "keyId", where, least=4, most=64),
        protojson.text(made, "kind", where, 100),
        protojson.text(made, "version", where, 100),
        time,
        _promise(found.get("inclusionPromise"), where),
        _proof(found.get("inclusionProof"), where),
        protojson.octets(found, "canonicalizedBody", where, least=1, most=MAX_BODY),
    )


def parse_all(value: Json, where: str, most: int = MAX_ENTRIES) -> tuple[LogEntry, ...]:
    """Read a bundle's `tlogEntries`, which may be null.

    Raises:
        MalformedError: it is no list, longer than `most`, or an entry is malformed.
    """
    listed = {} if value is None else {"tlogEntries": value}
    found = protojson.items(listed, "tlogEntries", where, most)
    return tuple(parse(item, where) for item in found)


def _promise(value: Json, where: str) -> bytes | None:
    if value is None:
        return None
    found = dsse.members(value, ("signedEntryTimestamp",), where)
    return protojson.octets(found, "signedEntryTimestamp", where, least=1, most=4096)


def _proof(value: Json, where: str) -> InclusionProof | None:
    if value is None:
        return None
    found = dsse.members(value, _PROOF, where)
    hashes = protojson.items(found, "hashes", where, MAX_HASHES)
    checkpoint = dsse.members(found.get("checkpoint") or {}, ("envelope",), where)
    return InclusionProof(
        protojson.integer(found, "logIndex", where),
        protojson.integer(found, "treeSize", where),
        protojson.octets(found, "rootHash", where, least=HASH_SIZE, most=HASH_SIZE),
        tuple(
            protojson.octets({"hashes": item}, "hashes", where, least=HASH_SIZE, most=HASH_SIZE)
            for item in hashes
        ),
        protojson.optional_text(checkpoint, "envelope", where, MAX_CHECKPOINT),
    )
