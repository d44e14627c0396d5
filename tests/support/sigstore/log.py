"""A transparency log: entries under a growing Merkle tree, and signed checkpoints of it."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace
from enum import Enum, auto

from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.support.sigstore import keys, merkle
from tests.support.sigstore.keys import Private, Public, b64


class Fault(Enum):
    """What may be wrong with the answer of a log that works otherwise.

    PROOF: a hash on the way to the root is another. ROOT: so is the root that is named. INDEX:
    the entry's place is another. BODY: the entry that is handed back is not the one in the
    tree. CHECKPOINT_KEY: the checkpoint is signed by another key in the log's name.
    CHECKPOINT_TREE: it is the log's own, of another tree. OTHER_SIGNATURE: what is logged and
    proven is the record of another signature. PROMISE: the signed entry timestamp of
    version 1 is signed by another key.
    """

    NONE = auto()
    PROOF = auto()
    ROOT = auto()
    INDEX = auto()
    BODY = auto()
    CHECKPOINT_KEY = auto()
    CHECKPOINT_TREE = auto()
    OTHER_SIGNATURE = auto()
    PROMISE = auto()


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in the tree."""

    index: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str


class Log:
    """The tree and the key of a log."""

    def __init__(self, kind: str) -> None:
        self.key: Private = keys.generate(kind)
        self.strangers_key: Private = keys.generate(kind)
        # One entry from the start, so that no proof is empty.
        self._leaves = [merkle.leaf_hash(b"the first entry")]
        self._lock = threading.Lock()

    @property
    def public_key(self) -> Public:
        """The key that verifies checkpoints."""
        return self.key.public_key()

    def id(self, name: str) -> bytes:
        """The log's name in entries and trusted roots; its first four bytes name the key.

        ECDSA keys go by the SHA-256 of their DER, Ed25519 keys as C2SP's signed-note has it.
        """
        key = self.public_key
        if isinstance(key, ed25519.Ed25519PublicKey):
            return hashlib.sha256(name.encode() + b"\n\x01" + key.public_bytes_raw()).digest()
        return keys.spki_id(key)

    def append(self, entry: bytes) -> tuple[int, list[bytes]]:
        """Add an entry: its index, and the hashes of all leaves then."""
        with self._lock:
            self._leaves.append(merkle.leaf_hash(entry))
            return len(self._leaves) - 1, list(self._leaves)

    def prove(
        self, index: int, leaves: list[bytes], name: str, origin: str, fault: Fault = Fault.NONE
    ) -> Proof:
        """The proof for an entry in a tree, with a checkpoint of it."""
        root = merkle.root(leaves)
        promised = _other(root) if fault is Fault.CHECKPOINT_TREE else root
        key = self.strangers_key if fault is Fault.CHECKPOINT_KEY else self.key
        checkpoint = self.checkpoint(len(leaves), promised, name, origin, key)
        proof = Proof(index, len(leaves), root, tuple(merkle.path(index, leaves)), checkpoint)
        return _spoiled(proof, fault)

    def checkpoint(self, size: int, root: bytes, name: str, origin: str, key: Private) -> str:
        """A checkpoint as a signed note (C2SP's tlog-checkpoint and signed-note)."""
        text = f"{origin}\n{size}\n{b64(root)}\n"
        signature = b64(self.id(name)[:4] + keys.sign(key, text.encode()))
        return f"{text}\n\u2014 {name} {signature}\n"

    def latest(self, name: str, origin: str) -> str:
        """The checkpoint of the whole tree."""
        with self._lock:
            leaves = list(self._leaves)
        return self.checkpoint(len(leaves), merkle.root(leaves), name, origin, self.key)


def _spoiled(proof: Proof, fault: Fault) -> Proof:
    if fault is Fault.PROOF:
        return replace(proof, hashes=(_other(proof.hashes[0]), *proof.hashes[1:]))
    if fault is Fault.ROOT:
        return replace(proof, root=_other(proof.root))
    if fault is Fault.INDEX:
        return replace(proof, index=proof.index - 1)
    return proof


def _other(data: bytes) -> bytes:
    """The same bytes but for one bit."""
    return bytes([data[0] ^ 1]) + data[1:]
