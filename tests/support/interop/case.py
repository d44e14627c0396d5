"""What is signed and by what: the cases that every tool is put to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from aiverify.signing import oms
from aiverify.signing.predicates import CYCLONEDX, PROVENANCE
from tests.support.commands import Completed
from tests.support.interop.ground import Artifact, Ground, key_name


class Subject(StrEnum):
    """What a signature is about."""

    DIRECTORY = "A directory (OMS)"
    FILE = "A single file (OMS)"
    BLOB = "A single file, by its digest"
    PROVENANCE = "A file's provenance (SLSA v1)"
    SBOM = "A file's SBOM (CycloneDX)"

    @property
    def is_manifest(self) -> bool:
        """Whether the signature lists files."""
        return self in (Subject.DIRECTORY, Subject.FILE)

    @property
    def predicate_type(self) -> str:
        """The type of the statement; empty where there is none."""
        types = {Subject.PROVENANCE: PROVENANCE, Subject.SBOM: CYCLONEDX, Subject.BLOB: ""}
        return types.get(self, oms.PREDICATE)


class Kind(StrEnum):
    """How the signer is known."""

    KEY = "key"
    CERTIFICATE = "certificate of an own CA"
    IDENTITY = "identity (keyless)"
    LOGGED = "key, log and timestamp"


@dataclass(frozen=True, slots=True)
class Method:
    """How the signer is known, and the kind of their key; keyless ones choose their own."""

    kind: Kind
    algorithm: str = ""

    def __str__(self) -> str:
        names = {"p256": "P-256", "p384": "P-384", "p521": "P-521", "ed25519": "Ed25519"}
        return f"{self.kind}, {names[self.algorithm]}" if self.algorithm else str(self.kind)


METHODS = (
    *(Method(Kind.KEY, name) for name in ("p256", "p384", "p521", "ed25519")),
    *(Method(Kind.CERTIFICATE, name) for name in ("p256", "p384")),
    Method(Kind.IDENTITY),
    *(Method(Kind.LOGGED, name) for name in ("p256", "p384", "ed25519")),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing signed in one way."""

    subject: Subject
    method: Method


CASES = tuple(Case(subject, method) for subject in Subject for method in METHODS)


@dataclass(frozen=True, slots=True)
class Made:
    """A signature, who made it, and of which case it is."""

    case: Case
    signer: str
    path: Path

    @property
    def key(self) -> str:
        """What the files of its key are called."""
        return key_name(self.signer, self.case.method.algorithm)


class Tool(Protocol):
    """One tool, in both roles. What it has no command for is not offered, and is None."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    def sign(self, case: Case, ground: Ground, out: Path) -> Callable[[], Completed] | None:
        """How it signs, into a file."""
        ...

    def verify(
        self, made: Made, ground: Ground, artifact: Artifact
    ) -> Callable[[], Completed] | None:
        """How it verifies that a signature is of an artifact."""
        ...
