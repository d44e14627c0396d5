"""What is notable about a signature file before anybody verifies it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from aiverify.core.finding import Severity
from aiverify.errors import MalformedError
from aiverify.operations.seen import predicates
from aiverify.operations.seen.entry import Entry
from aiverify.operations.seen.signer import Signer
from aiverify.operations.seen.stamp import Stamp
from aiverify.operations.seen.statement import Payload, Statement
from aiverify.operations.seen.words import duration, moment
from aiverify.signing import predicates as known
from aiverify.signing.certificates import Described
from aiverify.signing.dsse import IN_TOTO
from aiverify.signing.oms import LEGACY, PREDICATE
from aiverify.signing.statement import STATEMENT

SHORT = timedelta(hours=1)
"""A certificate that is valid no longer than this is meant for one signing."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One notable thing: a name for tools, and a sentence without its full stop."""

    severity: Severity
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """All the parts of a signature file."""

    payload: Payload | None
    signer: Signer
    entries: tuple[Entry, ...]
    stamps: tuple[Stamp, ...]

    @property
    def times(self) -> tuple[datetime, ...]:
        """Every time at which a witness is said to have seen this signature, and vouched for it."""
        stamped = [item.time for item in self.stamps if item.matches and item.time]
        logged = [item.time for item in self.entries if item.promised and item.time]
        return (*stamped, *logged)


def remarks(seen: Seen, now: datetime) -> tuple[Remark, ...]:
    """Everything notable, what is about the statement first. `now` is aware."""
    return (
        *(_of_payload(seen.payload, now) if seen.payload else ()),
        *_of_signer(seen.signer),
        *(_of_certificate(seen.signer.leaf, seen.times, now) if seen.signer.leaf else ()),
        *_of_witnesses(seen),
        *(remark for item in seen.entries for remark in _of_entry(item, seen.signer, now)),
        *(remark for item in seen.stamps for remark in _of_stamp(item, now)),
    )


def _of_payload(payload: Payload, now: datetime) -> Iterator[Remark]:
    if payload.type != IN_TOTO:
        yield _warning("not-a-statement", f"its payload is said to be {payload.type}, no statement")
    if payload.statement is None:
        yield _warning("not-a-statement", f"its payload is no statement: {payload.problem}")
    else:
        yield from _of_statement(payload.statement)
        yield from _of_expiry(payload.statement, now)
    if payload.key_id:
        yield _note("key-id", f"its key id '{payload.key_id}' is not signed and proves nothing")


def _of_statement(found: Statement) -> Iterator[Remark]:
    if found.problem:
        yield _warning("bad-statement", f"`aiverify verify` would refuse it: {found.problem}")
    elif found.type != STATEMENT:
        yield _note("old-statement", f"its statement is of the older form {found.type}")
    if found.predicate_type == LEGACY:
        yield _note("old-predicate", f"it is of before OMS v1.0, which has {PREDICATE}")
    variant = predicates.variant_of(found.predicate_type)
    if variant:
        shown = known.shown(variant)
        yield _note("old-predicate", f"its type is another version of {shown}, {variant}")
    if found.subject_count > 1 and found.predicate_type != LEGACY:
        yield _note("subjects", f"it speaks of {found.subject_count:,} subjects at once")


def _of_expiry(found: Statement, now: datetime) -> Iterator[Remark]:
    said = dict(found.facts).get(known.EXPIRES)
    if said is None:
        return
    try:
        end = known.moment(said, "its expiry")
    except MalformedError as error:
        yield _warning("bad-expiry", error.message)
        return
    if end <= now:
        yield _warning("statement-expired", f"by its own words it expired on {moment(end)}")


def _of_signer(signer: Signer) -> Iterator[Remark]:
    for number, item in enumerate(signer.certificates):
        which = "its certificate" if number == 0 else f"certificate {number + 1} of its chain"
        for problem in item.problems:
            yield _warning("bad-certificate", f"{which} is not as it should be: {problem}")
    for lower, upper in pairwise(signer.certificates):
        if lower.issuer != upper.subject:
            yield _note("chain-order", "its chain does not lead from one issuer to the next")
            break
    if signer.method == "key" and not (signer.hint or signer.key):
        yield _note("no-hint", "it does not say which key made it")
    if signer.problem:
        yield _warning("bad-key", f"the key in it is none: {signer.problem}")
    if signer.key:
        yield _note("own-key", "it brings its own key, which proves nothing")
        if signer.hint and not signer.key.is_called(signer.hint):
            yield _note("other-key", "its hint names another key than the one in it")


def _of_certificate(
    leaf: Described, times: tuple[datetime, ...], now: datetime
) -> Iterator[Remark]:
    if leaf.is_authority:
        yield _warning("authority", "its certificate is an authority's, not a signer's")
    start, end = leaf.not_before, leaf.not_after
    if start is None or end is None:
        return
    if end < start:
        yield _warning("never-valid", "its certificate ends before it begins")
    elif end - start <= SHORT:
        yield _note("short-lived", f"its certificate was valid for {duration(end - start)} alone")
    if now < start:
        yield _warning("not-yet-valid", f"its certificate is not valid before {moment(start)}")
    if now > end:
        seen = any(start <= time <= end for time in times)
        more = ", and a witness says it saw the signature before that" if seen else ""
        severity = Severity.NOTE if seen else Severity.WARNING
        yield Remark(severity, "expired", f"its certificate expired on {moment(end)}{more}")
    for time in times:
        if not start <= time <= end:
            message = f"a witness saw it at {moment(time)}, when its certificate was not valid"
            yield _warning("outside-validity", message)


def _of_witnesses(seen: Seen) -> Iterator[Remark]:
    if not seen.entries and not seen.stamps:
        yield _note("no-witness", "no log and no timestamp authority says that it saw it, or when")
    elif not seen.times:
        yield _note("no-time", "no timestamp or log promise says when it was made")


def _of_entry(entry: Entry, signer: Signer, now: datetime) -> Iterator[Remark]:
    where = f"log entry {entry.index}"
    if entry.matches is False:
        yield _warning("other-entry", f"{where} is of another signature: {entry.reason}")
    elif entry.matches is None:
        yield _warning("unread-entry", f"{where} cannot be held against it: {entry.reason}")
    if entry.key and signer.hint and not entry.key.is_called(signer.hint):
        message = f"{where} names the key {entry.key.public.fingerprint}, its hint another"
        yield _warning("other-key", message)
    yield from _of_time(entry, where, now)
    yield from _of_proof(entry, where)


def _of_time(entry: Entry, where: str, now: datetime) -> Iterator[Remark]:
    if not entry.stated:
        return
    if entry.time is None:
        yield _warning("bad-time", f"{where} states a time that is none: {entry.stated} seconds")
    elif entry.time > now + known.SKEW:
        yield _warning("bad-time", f"{where} is of {moment(entry.time)}, which is to come")
    if not entry.promised:
        yield _note("no-promise", f"{where} states a time that the log did not sign")


def _of_proof(entry: Entry, where: str) -> Iterator[Remark]:
    proof = entry.proof
    if proof is None:
        yield _note("no-proof", f"{where} has no proof that the log holds it")
    elif proof.problem:
        yield _warning("bad-proof", f"the proof of {where} is incomplete: {proof.problem}")
    elif proof.size != proof.tree_size:
        message = f"the proof of {where} is for a tree of {proof.tree_size:,} entries, its "
        yield _warning("bad-proof", f"{message}checkpoint for one of {proof.size or 0:,}")


def _of_stamp(stamp: Stamp, now: datetime) -> Iterator[Remark]:
    if stamp.problem:
        yield _warning("bad-timestamp", f"a timestamp cannot be read: {stamp.problem}")
    elif stamp.matches is False:
        yield _warning("other-timestamp", "a timestamp is of another signature")
    elif stamp.matches is None:
        yield _warning("other-timestamp", f"a timestamp is over the unknown hash {stamp.hash}")
    if stamp.time and stamp.time > now + known.SKEW:
        yield _warning("bad-time", f"a timestamp is of {moment(stamp.time)}, which is to come")


def _warning(name: str, message: str) -> Remark:
    return Remark(Severity.WARNING, name, message)


def _note(name: str, message: str) -> Remark:
    return Remark(Severity.NOTE, name, message)
