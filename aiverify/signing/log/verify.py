"""Whether a signature is in a transparency log that is trusted.

What an entry brings along is all checked: an inclusion promise that does not hold is not made
good by an inclusion proof that does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiverify.core.jsonvalue import canonical
from aiverify.core.names import printable
from aiverify.errors import DeniedError, MalformedError, UsageError
from aiverify.signing.dsse import b64
from aiverify.signing.log import body, checkpoint, keys, merkle
from aiverify.signing.log.body import V2, Content
from aiverify.signing.log.entry import MAX_ENTRIES, InclusionProof, LogEntry
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.trusted_root import TransparencyLog, TrustedRoot

__all__ = ["Logged", "Verifier", "all_logged", "logged"]

_MAX_SAFE = (1 << 53) - 1
"""The largest integer that every reader of JSON writes alike (RFC 8785, section 3.2.2.3)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Logged:
    """Where a signature was logged, and when, if the log signed the time."""

    url: str
    index: int
    time: datetime | None


def logged(
    entry: LogEntry, content: Content, verifier: Verifier, root: TrustedRoot, at: datetime
) -> Logged:
    """Check that a log in the trusted root holds this signature by this key or certificate.

    An entry of Rekor v1 needs an inclusion promise, or an inclusion proof with its checkpoint;
    the time that it states counts only if the promise holds. Rekor v2 makes no promises and
    states no time. The log's key must have been valid at the time of the promise, or else at
    `at`: the time of a timestamp if there is one, or the present.

    The signature itself is not checked here, nor whether a certificate was valid.

    Raises:
        DeniedError: with the reason.
    """
    try:
        return _logged(entry, content, verifier, root, at)
    except (MalformedError, UsageError) as error:
        raise DeniedError(error.message) from error


def all_logged(
    entries: Sequence[LogEntry],
    content: Content,
    verifier: Verifier,
    root: TrustedRoot,
    at: datetime,
) -> tuple[Logged, ...]:
    """Check all the entries that a signature carries, of which there must be one at least.

    Raises:
        DeniedError: there is none, there are too many, one is there twice, or one does not
            hold.
    """
    if not entries:
        raise DeniedError("it is in no transparency log")
    if len(entries) > MAX_ENTRIES:
        raise DeniedError(f"it has {len(entries)} log entries; at most {MAX_ENTRIES} may be")
    # Without a promise nobody signed the index, so that the body counts as well.
    places = {(entry.log_id, entry.index) for entry in entries}
    bodies = {(entry.log_id, entry.body) for entry in entries}
    if len(places) != len(entries) or len(bodies) != len(entries):
        raise DeniedError("it has a log entry twice")
    return tuple(logged(entry, content, verifier, root, at) for entry in entries)


def _logged(
    entry: LogEntry, content: Content, verifier: Verifier, root: TrustedRoot, at: datetime
) -> Logged:
    body.check(entry.body, entry.kind, entry.version, content, verifier)
    newer = (entry.kind, entry.version) in V2
    if newer and (entry.promise is not None or entry.integrated_time):
        raise DeniedError("its log entry is of Rekor v2 and states a time, which that does not")
    if entry.proof is None and (newer or entry.promise is None):
        raise DeniedError(f"its log entry has no inclusion {'' if newer else 'promise or '}proof")
    time = _promised_time(entry)
    log = _trusted(entry.log_id, root, time or at)
    if entry.promise is not None and not keys.is_signed_by(log, entry.promise, _promised(entry)):
        raise DeniedError("its log entry's inclusion promise does not hold")
    if entry.proof is None:
        return Logged(log.url, entry.index, time)
    _check_place(entry, entry.proof, newer=newer)
    _prove(entry.proof, merkle.leaf_hash(entry.body), log)
    # A promise covers the index in the whole log, a proof that in its own tree alone.
    return Logged(log.url, entry.index if entry.promise is not None else entry.proof.index, time)


def _promised_time(entry: LogEntry) -> datetime | None:
    if entry.promise is None:
        return None
    if not entry.integrated_time:
        raise DeniedError("its log entry promises inclusion without saying when")
    if max(entry.integrated_time, entry.index) > _MAX_SAFE:
        raise DeniedError("its log entry's time or index is too large to be signed")
    try:
        return _EPOCH + timedelta(seconds=entry.integrated_time)
    except OverflowError as error:
        raise DeniedError("its log entry's time is not one") from error


def _promised(entry: LogEntry) -> bytes:
    """What a signed entry timestamp is over (Rekor v1: RFC 8785 over four members)."""
    return canonical(
        {
            "body": b64(entry.body),
            "integratedTime": entry.integrated_time,
            "logID": entry.log_id.hex(),
            "logIndex": entry.index,
        }
    )


def _trusted(log_id: bytes, root: TrustedRoot, time: datetime) -> TransparencyLog:
    known = [log for log in root.tlogs if log.log_id == log_id]
    if not known:
        raise DeniedError(f"its log entry is of the log {log_id.hex()}, which is not trusted")
    for log in known:
        if log.valid.covers(time):
            return log
    shown = time.strftime("%Y-%m-%d")
    raise DeniedError(f"its log entry is of {_name(known[0])}, whose key was not valid on {shown}")


def _check_place(entry: LogEntry, proof: InclusionProof, *, newer: bool) -> None:
    if not proof.checkpoint:
        raise DeniedError("its log entry's inclusion proof has no checkpoint")
    # Rekor v1 counts its index over several trees, the proof's in one of them.
    if proof.index > entry.index or (newer and proof.index != entry.index):
        raise DeniedError(
            f"its log entry is at index {entry.index}, its inclusion proof for {proof.index}"
        )


def _prove(proof: InclusionProof, leaf: bytes, log: TransparencyLog) -> None:
    head = checkpoint.parse(proof.checkpoint)
    if head.size != proof.tree_size:
        raise DeniedError(
            f"its inclusion proof is for a tree of {proof.tree_size}, the checkpoint for one of "
            f"{head.size}"
        )
    if head.root != proof.root:
        raise DeniedError("its inclusion proof leads to another root hash than the checkpoint's")
    merkle.included(leaf, proof.index, proof.tree_size, proof.hashes, proof.root)
    checkpoint.verify(head, log)


def _name(log: TransparencyLog) -> str:
    return printable(log.url[:200]) or f"the log {log.log_id.hex()}"
