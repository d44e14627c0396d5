"""Rekor, version 2: a transparency log that answers once an entry is in its tree.

Its name in checkpoints is its host without the port: clients in Go derive it so from its URL.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.sigstore import entry as entries
from tests.support.sigstore import keys
from tests.support.sigstore.entry import Entry
from tests.support.sigstore.keys import b64
from tests.support.sigstore.log import Fault, Log, Proof
from tests.support.sigstore.site import HOST, Answer, Call, Json, Site, Switches, json_answer


@dataclass(frozen=True)
class RekorSwitches(Switches):
    """What is wrong with the log's answers; whether it takes envelopes or hashed records only."""

    fault: Fault = Fault.NONE
    envelopes: bool = True


class Rekor(Site):
    """The log as a service."""

    switches: RekorSwitches

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.switches = RekorSwitches()
        self.log = Log(kind)
        self.routes["POST /api/v2/log/entries"] = self._create
        self.routes["GET /api/v2/checkpoint"] = self._checkpoint

    @property
    def log_id(self) -> bytes:
        """The log's name in entries and trusted roots."""
        return self.log.id(HOST)

    def _create(self, call: Call) -> Answer:
        switches = self.switches
        entry = entries.read(call.json(), envelopes=switches.envelopes)
        if switches.fault is Fault.OTHER_SIGNATURE:
            entry = of_another_signature(entry)
        index, leaves = self.log.append(entry.body)
        proof = self.log.prove(index, leaves, HOST, HOST, switches.fault)
        if switches.fault is Fault.BODY:
            entry = of_another_signature(entry)
        return json_answer(self._integrated(entry, proof), 201)

    def _integrated(self, entry: Entry, proof: Proof) -> Json:
        """The entry with its proof, and the fields of version 1 that are empty since."""
        return {
            "logIndex": str(proof.index),
            "logId": {"keyId": b64(self.log_id)},
            "kindVersion": {"kind": entry.kind, "version": entry.version},
            "integratedTime": "0",
            "inclusionPromise": None,
            "inclusionProof": {
                "logIndex": str(proof.index),
                "rootHash": b64(proof.root),
                "treeSize": str(proof.size),
                "hashes": [b64(each) for each in proof.hashes],
                "checkpoint": {"envelope": proof.checkpoint},
            },
            "canonicalizedBody": b64(entry.body),
        }

    def _checkpoint(self, _: Call) -> Answer:
        checkpoint = self.log.latest(HOST, HOST)
        return Answer(checkpoint.encode(), kind="text/plain; charset=utf-8")


def of_another_signature(entry: Entry) -> Entry:
    """The record of a signature that is nobody's."""
    return entries.with_signature(entry, keys.sign(keys.generate(), entry.body))
