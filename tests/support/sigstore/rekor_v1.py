"""Rekor, version 1: a log that also promises, with the time, that an entry will be in its tree."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.sigstore import entry_v1, keys, merkle, rekor
from tests.support.sigstore.entry import canonical
from tests.support.sigstore.keys import b64
from tests.support.sigstore.log import Fault, Log
from tests.support.sigstore.site import HOST, Answer, Call, Site, Switches, json_answer

TREE_ID = 1


@dataclass(frozen=True)
class RekorV1Switches(Switches):
    """What is wrong with the log's answers; how far its clock is from the true time."""

    fault: Fault = Fault.NONE
    offset: timedelta = timedelta()


class RekorV1(Site):
    """The log as a service. Its key is ECDSA, as the public one's is."""

    switches: RekorV1Switches

    def __init__(self) -> None:
        super().__init__()
        self.switches = RekorV1Switches()
        self.log = Log("p256")
        self.routes["POST /api/v1/log/entries"] = self._create
        self.routes["GET /api/v1/log/publicKey"] = self._public_key

    @property
    def log_id(self) -> bytes:
        """The log's name in entries and trusted roots."""
        return self.log.id(HOST)

    def _create(self, call: Call) -> Answer:
        switches = self.switches
        entry = entry_v1.read(call.json())
        if switches.fault is Fault.OTHER_SIGNATURE:
            entry = rekor.of_another_signature(entry)
        index, leaves = self.log.append(entry.body)
        origin = f"{HOST} - {TREE_ID}"
        proof = self.log.prove(index, leaves, HOST, origin, switches.fault)
        if switches.fault is Fault.BODY:
            entry = rekor.of_another_signature(entry)
        promised = {
            "body": b64(entry.body),
            "integratedTime": int(time.time() + switches.offset.total_seconds()),
            "logID": self.log_id.hex(),
            "logIndex": proof.index,
        }
        forged = switches.fault is Fault.PROMISE
        key = self.log.strangers_key if forged else self.log.key
        verification = {
            "inclusionProof": {
                "checkpoint": proof.checkpoint,
                "hashes": [each.hex() for each in proof.hashes],
                "logIndex": proof.index,
                "rootHash": proof.root.hex(),
                "treeSize": proof.size,
            },
            "signedEntryTimestamp": b64(keys.sign(key, canonical(promised))),
        }
        name = f"{TREE_ID:016x}{merkle.leaf_hash(entry.body).hex()}"
        return json_answer({name: {**promised, "verification": verification}}, 201)

    def _public_key(self, _: Call) -> Answer:
        pem = self.log.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return Answer(pem, kind="application/x-pem-file")
