"""Reading the statement that lists an artifact's files (OMS v1.0, verification)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from aiverify.core.digest import ALGORITHMS, Digest
from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import printable
from aiverify.core.serialization import HASH_TYPES, MAX_SHARD, WHOLE_FILES, Serialization, Span
from aiverify.errors import MalformedError
from aiverify.signing.dsse import member, text
from aiverify.signing.oms.predicate import LEGACY, PREDICATE, SignedManifest
from aiverify.signing.statement import STATEMENT, Statement

_SHARD = re.compile(
    r"(?P<name>.+):(?P<start>0|[1-9][0-9]{0,18}):(?P<end>[1-9][0-9]{0,18})", re.DOTALL
)

_SHARDED = re.compile(r"-sharded-[1-9][0-9]*$")


def read(statement: Statement, where: str, *, file: str = "") -> SignedManifest:
    """The files that a statement vouches for.

    Old signers call a single file `.`; `file` is the name of the one at hand.

    Raises:
        MalformedError: another predicate, other than one subject, no resources, resources
            that do not add up to the subject's digest, or a serialization that is not in OMS.
        UnsafeNameError: a file's name that no artifact may hold.
    """
    if statement.predicate_type == LEGACY:
        return _legacy(statement, where, file)
    if statement.predicate_type != PREDICATE:
        raise MalformedError(
            f"{where} is a statement of type {printable(statement.predicate_type)}, "
            "which does not list an artifact's files"
        )
    if statement.type != STATEMENT:
        raise MalformedError(f"{where} lists files in another form than an in-toto Statement v1")
    if len(statement.subjects) != 1:
        raise MalformedError(f"{where} has {len(statement.subjects)} subjects; OMS has one")
    parameters = member(statement.predicate.get("serialization"), where)
    way = _serialization(parameters, where)
    entries = tuple(_entries(statement.predicate.get("resources"), way, where))
    root = _root(entries)
    if statement.subjects[0].digests.get("sha256") != root.hex:
        raise MalformedError(f"{where}: its files do not add up to its root digest")
    return SignedManifest(
        _manifest(entries, file),
        _ignored(parameters, where),
        root,
        way,
        _flag(parameters, "allow_symlinks", where),
    )


def _legacy(statement: Statement, where: str, file: str) -> SignedManifest:
    """Before version 1.0, each file was a subject of its own, and nothing else was said."""
    entries = tuple(
        _entry(subject.name, "sha256", subject.digests.get("sha256", ""), WHOLE_FILES, where)
        for subject in statement.subjects
    )
    return SignedManifest(_manifest(entries, file), frozenset(), _root(entries))


def _serialization(parameters: Mapping[str, Json], where: str) -> Serialization:
    method = text(parameters, "method", where)
    # model_signing 0.3 writes a shard's size into the name of its hash.
    algorithm = _SHARDED.sub("", text(parameters, "hash_type", where))
    if method not in ("files", "shards") or algorithm not in HASH_TYPES:
        raise MalformedError(
            f"{where} hashes {printable(method)} with {printable(algorithm)}, which OMS does not "
            "know",
            hint=f"OMS has files and shards, by {', '.join(HASH_TYPES)}.",
        )
    if method == "files":
        return Serialization(algorithm)
    return Serialization(algorithm, _shard_size(parameters.get("shard_size"), where))


def _shard_size(value: Json, where: str) -> int:
    """A whole number of bytes. model_signing writes it as protobuf does, as 1000000000.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_SHARD:
        raise MalformedError(f"{where}: its shard_size is not a number of bytes")
    return value


def _entries(resources: Json, way: Serialization, where: str) -> Iterable[Entry]:
    if not isinstance(resources, list) or not resources:
        raise MalformedError(f"{where} lists no files")
    for item in resources:
        resource = member(item, where)
        yield _entry(
            text(resource, "name", where),
            text(resource, "algorithm", where),
            text(resource, "digest", where),
            way,
            where,
        )


def _entry(name: str, algorithm: str, value: str, way: Serialization, where: str) -> Entry:
    # model_signing names shards' digests by their size as well.
    if algorithm not in (way.algorithm, f"{way.algorithm}-sharded-{way.shard_size}"):
        raise MalformedError(
            f"{where}, {printable(name)}: it is hashed with {printable(algorithm)}, and the "
            f"statement says {way.algorithm}"
        )
    try:
        digest = Digest(way.algorithm, value)
    except MalformedError as error:
        raise MalformedError(f"{where}, {printable(name)}: {error.message}") from error
    if not way.shard_size:
        return Entry(name, digest)
    shard = _SHARD.fullmatch(name)
    if not shard:
        raise MalformedError(f"{where}: {printable(name)} is not the name of a shard")
    return Entry(shard["name"], digest, span=Span(int(shard["start"]), int(shard["end"])))


def _manifest(entries: tuple[Entry, ...], file: str) -> Manifest:
    if file and {entry.name for entry in entries} == {"."}:
        entries = tuple(replace(entry, name=file) for entry in entries)
    return Manifest.of(entries)


def _root(entries: Iterable[Entry]) -> Digest:
    """The root digest in the order of the statement.

    Old signers sort by path component and not by code point, so that `a/b` comes before
    `a-b`. What is signed is the list as it stands.
    """
    hasher = ALGORITHMS["sha256"]()
    for entry in entries:
        hasher.update(entry.digest.raw)
    return Digest("sha256", hasher.digest().hex())


def _flag(parameters: Mapping[str, Json], key: str, where: str) -> bool:
    value = parameters.get(key, False)
    if not isinstance(value, bool):
        raise MalformedError(f"{where}: its {key} is neither true nor false")
    return value


def _ignored(parameters: Mapping[str, Json], where: str) -> frozenset[str]:
    paths = parameters.get("ignore_paths", [])
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise MalformedError(f"{where}: its ignore_paths are not a list of names")
    if any(path in ("", ".") for path in paths):
        raise MalformedError(f"{where} leaves out the whole artifact")
    return frozenset(str(path) for path in paths)
