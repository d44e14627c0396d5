"""in-toto Statements v1: the ones that aiverify writes, and reading anybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.errors import MalformedError
from aiverify.signing.dsse import member, text

STATEMENT = "https://in-toto.io/Statement/v1"
READ = frozenset({STATEMENT, "https://in-toto.io/Statement/v0.1"})
"""What is read. cosign still writes version 0.1, which has the same members."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is about: a name, and digests in hexadecimal by algorithm."""

    name: str
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """A predicate about subjects. `type` is the version of in-toto that it was read in."""

    predicate_type: str
    subjects: tuple[Subject, ...]
    predicate: Mapping[str, Json]
    type: str = STATEMENT

    def to_bytes(self) -> bytes:
        """The payload to sign: canonical JSON, the same for the same statement."""
        return canonical(
            {
                "_type": STATEMENT,
                "subject": [
                    {"name": subject.name, "digest": dict(subject.digests)}
                    for subject in self.subjects
                ],
                "predicateType": self.predicate_type,
                "predicate": self.predicate,
            }
        )


def attesting(
    predicate_type: str, predicate: Mapping[str, Json], name: str, root: Digest, *also: Subject
) -> Statement:
    """A statement about one artifact, named by its root digest.

    `also` is what other tools call it by: its OCI manifest, or the one file that it is.
    """
    subject = Subject(name, {root.algorithm: root.hex})
    return Statement(predicate_type, (subject, *also), predicate)


def parse(payload: bytes, where: str) -> Statement:
    """Read a statement, once the signature over these very bytes is known to be good.

    Raises:
        MalformedError: it is not an in-toto Statement v1.
    """
    value = load_object(payload, where)
    version = value.get("_type")
    if not isinstance(version, str) or version not in READ:
        raise MalformedError(f"{where} is not an in-toto Statement v1")
    subjects = value.get("subject")
    if not isinstance(subjects, list) or not subjects:
        raise MalformedError(f"{where} names no subject")
    return Statement(
        text(value, "predicateType", where),
        tuple(_subjects(subjects, where)),
        # One that says nothing may be left out (in-toto Statement v1, `predicate`).
        member({} if value.get("predicate") is None else value["predicate"], where),
        version,
    )


def _subjects(values: Sequence[Json], where: str) -> Iterable[Subject]:
    for value in values:
        subject = member(value, where)
        digests = member(subject.get("digest"), where)
        if not digests or not all(isinstance(digest, str) for digest in digests.values()):
            raise MalformedError(f"{where} has a subject without a digest")
        name = subject.get("name", "")
        yield Subject(
            name if isinstance(name, str) else "",
            {key: str(digest) for key, digest in digests.items()},
        )
