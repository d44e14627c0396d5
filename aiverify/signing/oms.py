"""OpenSSF Model Signing v1.0: the statement that lists an artifact's files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aiverify.core.digest import ALGORITHMS, Digest
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError
from aiverify.signing.dsse import member, text
from aiverify.signing.statement import Statement, Subject

PREDICATE = "https://model_signing/signature/v1.0"


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """What a signature of a whole artifact says: its files, and which paths it leaves out."""

    manifest: Manifest
    ignore_paths: frozenset[str]

    def covers(self, name: str) -> bool:
        """Whether a file is one that this signature speaks of, were it there."""
        parts = name.split("/")
        above = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
        return self.ignore_paths.isdisjoint(above)


def build(name: str, manifest: Manifest, ignore_paths: Iterable[str]) -> Statement:
    """The statement to sign for an artifact (OMS v1.0, payload).

    Raises:
        UsageError: a file of the manifest lies in a path that is to be ignored, so that no
            verifier could find it again.
    """
    said = SignedManifest(manifest, frozenset(ignore_paths))
    for entry in manifest.entries:
        if not said.covers(entry.name):
            raise UsageError(
                f"{printable(entry.name)} would be signed and ignored at once",
                hint="A bundle is signed whole: pack it without the file.",
            )
    return Statement(
        PREDICATE,
        (Subject(name, {"sha256": manifest.root.hex}),),
        {
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": False,
                "ignore_paths": sorted(said.ignore_paths),
            },
            "resources": [
                {
                    "name": entry.name,
                    "algorithm": entry.digest.algorithm,
                    "digest": entry.digest.hex,
                }
                for entry in manifest.entries
            ],
        },
    )


def read(statement: Statement, where: str, *, file: str = "") -> SignedManifest:
    """The files that a statement vouches for (OMS v1.0, verification).

    Old signers call a single file `.`; `file` is the name of the one at hand.

    Raises:
        MalformedError: another predicate, other than one subject, no resources, resources
            that do not add up to the subject's digest, or a serialization that we cannot
            compute.
        UnsafeNameError: a file's name that no artifact may hold.
    """
    if statement.predicate_type != PREDICATE:
        raise MalformedError(
            f"{where} is a statement of type {printable(statement.predicate_type)}, "
            "which does not list an artifact's files"
        )
    if len(statement.subjects) != 1:
        raise MalformedError(f"{where} has {len(statement.subjects)} subjects; OMS has one")
    serialization = member(statement.predicate.get("serialization"), where)
    _check_method(serialization, where)
    entries = tuple(_entries(statement.predicate.get("resources"), where))
    if statement.subjects[0].digests.get("sha256") != _root(entries).hex:
        raise MalformedError(f"{where}: its files do not add up to its root digest")
    if len(entries) == 1 and entries[0].name == "." and file:
        entries = (replace(entries[0], name=file),)
    return SignedManifest(Manifest.of(entries), _ignored(serialization, where))


def _check_method(serialization: Mapping[str, Json], where: str) -> None:
    method = text(serialization, "method", where)
    algorithm = text(serialization, "hash_type", where)
    if method != "files" or algorithm not in ALGORITHMS:
        raise MalformedError(
            f"{where} hashes {printable(method)} with {printable(algorithm)}; this version "
            "verifies files with sha256",
            hint="Have the artifact signed over files with sha256, the default of OMS.",
        )


def _entries(resources: Json, where: str) -> Iterable[Entry]:
    if not isinstance(resources, list) or not resources:
        raise MalformedError(f"{where} lists no files")
    for item in resources:
        resource = member(item, where)
        name = text(resource, "name", where)
        algorithm, value = text(resource, "algorithm", where), text(resource, "digest", where)
        try:
            yield Entry(name, Digest(algorithm, value))
        except MalformedError as error:
            raise MalformedError(f"{where}, {printable(name)}: {error.message}") from error


def _root(entries: Iterable[Entry]) -> Digest:
    """The root digest in the order of the statement.

    Old signers sort by path component and not by code point, so that `a/b` comes before
    `a-b`. What is signed is the list as it stands.
    """
    hasher = ALGORITHMS["sha256"]()
    for entry in entries:
        hasher.update(entry.digest.raw)
    return Digest("sha256", hasher.digest().hex())


def _ignored(serialization: Mapping[str, Json], where: str) -> frozenset[str]:
    paths = serialization.get("ignore_paths", [])
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise MalformedError(f"{where}: its ignore_paths are not a list of names")
    if any(path in ("", ".") for path in paths):
        raise MalformedError(f"{where} leaves out the whole artifact")
    return frozenset(str(path) for path in paths)
