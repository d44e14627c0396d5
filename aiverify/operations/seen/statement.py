"""What the payload of an envelope says. Nobody vouches for it yet, so nothing is required of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, load_object
from aiverify.errors import InputError, MalformedError
from aiverify.operations.seen import predicates
from aiverify.operations.seen.predicates import Fact
from aiverify.operations.seen.words import cut
from aiverify.signing import oms, statement
from aiverify.signing.dsse import Envelope
from aiverify.signing.oms import LISTINGS, SignedManifest
from aiverify.signing.statement import Subject

MAX_SUBJECTS = 100
MAX_DIGESTS = 8

_SINGLE_FILE = "(the file itself)"
"""What stands for the name of a file that is a whole artifact: old signers call it `.`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A payload that is, or nearly is, an in-toto statement.

    `type` is the statement's own. `subjects` are the first `MAX_SUBJECTS` of `subject_count`.
    `files` is what an OMS statement lists. `problem` says why `verify` would not take it, and
    is empty if it would.
    """

    type: str
    predicate_type: str
    subjects: tuple[Subject, ...]
    subject_count: int
    facts: tuple[Fact, ...] = ()
    files: SignedManifest | None = None
    problem: str = ""

    @property
    def lists_files(self) -> bool:
        """Whether it is of a type that speaks of an artifact file by file."""
        return self.predicate_type in LISTINGS


@dataclass(frozen=True, slots=True)
class Payload:
    """What an envelope holds: `size` in bytes, and a statement or why it is none."""

    type: str
    size: int
    digest: Digest
    key_id: str = ""
    statement: Statement | None = None
    problem: str = ""


def read(envelope: Envelope, key_id: str) -> Payload:
    """Look into an envelope. Whatever is in it, this gives words."""
    found: Statement | None = None
    try:
        found, problem = _statement(envelope.payload), ""
    except MalformedError as error:
        problem = cut(error.message)
    return Payload(
        cut(envelope.payload_type),
        len(envelope.payload),
        Digest.of(envelope.payload),
        cut(key_id),
        found,
        problem,
    )


def _statement(payload: bytes) -> Statement:
    value = load_object(payload, "the payload")
    uri, about = value.get("predicateType"), value.get("subject")
    if not isinstance(uri, str) or not isinstance(about, list):
        raise MalformedError("the payload is JSON, but has no predicate type or no subjects")
    predicate = value.get("predicate")
    kind = value.get("_type")
    files, problem = _strictly(payload)
    return Statement(
        cut(kind) if isinstance(kind, str) else "",
        cut(uri),
        tuple(islice(_subjects(about), MAX_SUBJECTS)),
        len(about),
        () if files or not isinstance(predicate, Mapping) else predicates.facts(uri, predicate),
        files,
        problem,
    )


def _strictly(payload: bytes) -> tuple[SignedManifest | None, str]:
    """The files that a verifier would read from it, and why it would refuse to."""
    try:
        found = statement.parse(payload, "the statement")
        if found.predicate_type not in LISTINGS:
            return None, ""
        return oms.read(found, "the statement", file=_SINGLE_FILE), ""
    except InputError as error:
        return None, cut(error.message)


def _subjects(about: list[Json]) -> Iterator[Subject]:
    for item in about:
        subject = item if isinstance(item, Mapping) else {}
        name, digests = subject.get("name"), subject.get("digest")
        found = digests if isinstance(digests, Mapping) else {}
        yield Subject(
            cut(name) if isinstance(name, str) else "",
            {
                cut(key): cut(value)
                for key, value in islice(found.items(), MAX_DIGESTS)
                if isinstance(value, str)
            },
        )
