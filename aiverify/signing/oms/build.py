"""Writing the statement to sign for an artifact."""

from __future__ import annotations

from collections.abc import Iterable

from aiverify.core.jsonvalue import Json
from aiverify.core.manifest import Manifest
from aiverify.core.names import printable
from aiverify.core.serialization import WHOLE_FILES, Serialization
from aiverify.errors import UsageError
from aiverify.signing.oms.predicate import PREDICATE, SignedManifest
from aiverify.signing.statement import Statement, Subject


def build(
    name: str,
    manifest: Manifest,
    ignore_paths: Iterable[str],
    serialization: Serialization = WHOLE_FILES,
    *,
    allow_symlinks: bool = False,
) -> Statement:
    """The statement to sign for an artifact (OMS v1.0, payload).

    `manifest` was made in the way that `serialization` says.

    Raises:
        UsageError: a file of the manifest lies in a path that is to be ignored, so that no
            verifier could find it again; or nothing is left to sign.
    """
    said = SignedManifest(manifest, frozenset(ignore_paths), manifest.root)
    if not manifest.entries:
        raise UsageError(
            "shards of empty files are no shards, so nothing would be signed",
            hint="Leave --shard-size out.",
        )
    for entry in manifest.entries:
        if not said.covers(entry.name):
            raise UsageError(
                f"{printable(entry.name)} would be signed and ignored at once",
                hint="A bundle is signed whole: pack it without the file.",
            )
    parameters: dict[str, Json] = {
        "method": serialization.method,
        "hash_type": serialization.algorithm,
        "allow_symlinks": allow_symlinks,
        "ignore_paths": sorted(said.ignore_paths),
    }
    if serialization.shard_size:
        parameters["shard_size"] = serialization.shard_size
    resources: list[Json] = [
        {"name": entry.label, "algorithm": entry.digest.algorithm, "digest": entry.digest.hex}
        for entry in manifest.entries
    ]
    return Statement(
        PREDICATE,
        (Subject(name, {"sha256": manifest.root.hex}),),
        {"serialization": parameters, "resources": resources},
    )
