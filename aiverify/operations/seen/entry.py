"""What an entry of a transparency log says, and whether it speaks of the signature at hand."""

from __future__ import annotations

import base64
import warnings
from dataclasses import dataclass
from datetime import datetime

from aiverify.core.jsonvalue import Json, load_object
from aiverify.errors import DeniedError, MalformedError, UsageError
from aiverify.operations.seen import signer
from aiverify.operations.seen.signer import Key
from aiverify.operations.seen.words import cut, cut_all, since_1970
from aiverify.signing.log import body, checkpoint
from aiverify.signing.log.entry import InclusionProof, LogEntry
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.signature_file import SignatureFile

MAX_WITNESSES = 8

_DIFFERENT = "its log entry is about something else: "
"""What `body` says before the place at which an entry differs."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof: `hashes` is how many there are.

    `origin`, `size` and `signed_by` are the checkpoint's. `problem` says why it cannot be read.
    """

    index: int
    tree_size: int
    hashes: int
    origin: str = ""
    size: int | None = None
    signed_by: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A log entry. `log_id` is hexadecimal; `stated` is in seconds since 1970, 0 for no time.

    `matches` says whether its body is of this signature, and is None where that cannot be
    told; `reason` says why not. `key` is the one that it names, where a bare key signed.
    """

    log_id: str
    index: int
    kind: str
    version: str
    stated: int
    promised: bool
    proof: Proof | None
    matches: bool | None
    reason: str = ""
    key: Key | None = None

    @property
    def time(self) -> datetime | None:
        """When it is said to have been logged, or None where nothing is said that can be."""
        return since_1970(self.stated) if self.stated else None


def read(entry: LogEntry, signature: SignatureFile) -> Entry:
    """Look into an entry. Whatever is in it, this gives words."""
    key: Key | None = None
    matches: bool | None = None
    reason = ""
    try:
        verifier, key = _verifier(entry, signature)
        with warnings.catch_warnings():
            # A library warns of certificates that it will refuse one day. Nothing here may print.
            warnings.simplefilter("ignore")
            body.check(entry.body, entry.kind, entry.version, signature.content, verifier)
        matches = True
    except DeniedError as error:
        matches, reason = False, cut(error.message.removeprefix(_DIFFERENT))
    except (MalformedError, UsageError) as error:
        reason = cut(error.message)
    return Entry(
        entry.log_id.hex(),
        entry.index,
        entry.kind,
        entry.version,
        entry.integrated_time or 0,
        entry.promise is not None,
        _proof(entry.proof) if entry.proof else None,
        matches,
        reason,
        key,
    )


def _proof(proof: InclusionProof) -> Proof:
    seen = (proof.index, proof.tree_size, len(proof.hashes))
    if not proof.checkpoint:
        return Proof(*seen, problem="it has no checkpoint")
    try:
        head = checkpoint.parse(proof.checkpoint)
    except MalformedError as error:
        return Proof(*seen, problem=cut(error.message))
    names = dict.fromkeys(item.name for item in head.signatures)
    return Proof(*seen, cut(head.origin), head.size, cut_all(names, MAX_WITNESSES))


def _verifier(entry: LogEntry, signature: SignatureFile) -> tuple[Verifier, Key | None]:
    """What the entry must name as the signer: the certificate, or a key that it names itself.

    A signature by a bare key does not hold the key.

    Raises:
        MalformedError: nothing in the body can be read as a key.
    """
    if signature.certificates:
        return Verifier(signature.certificates[0], certificate=True), None
    encoded = _named_key(load_object(entry.body, "the body of its log entry"))
    if not encoded:
        raise MalformedError("its log entry names no key")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise MalformedError("its log entry names a key that is not base64") from error
    key = signer.key_of(raw)
    return Verifier(key.public.der, certificate=False), key


def _named_key(value: Json) -> str:
    """The key in a body of any kind, in base64 of DER or PEM (see `body`); empty for none."""
    match value:
        case (
            {"spec": {"signature": {"publicKey": {"content": str(key)}}}}
            | {"spec": {"signatures": [{"verifier": str(key)}]}}
            | {"spec": {"content": {"envelope": {"signatures": [{"publicKey": str(key)}]}}}}
            | {
                "spec": {
                    "hashedRekordV002": {
                        "signature": {"verifier": {"publicKey": {"rawBytes": str(key)}}}
                    }
                }
            }
            | {
                "spec": {
                    "dsseV002": {
                        "signatures": [{"verifier": {"publicKey": {"rawBytes": str(key)}}}]
                    }
                }
            }
        ):
            return key
    return ""
