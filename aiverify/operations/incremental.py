"""Hashing only what changed since a signature of one's own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import printable
from aiverify.core.serialization import Serialization
from aiverify.errors import DeniedError, UsageError
from aiverify.files import stamps
from aiverify.files.extent import Extent
from aiverify.files.progress import Progress
from aiverify.files.stamps import Record
from aiverify.files.stream import manifests
from aiverify.files.tree import Member
from aiverify.signing import oms, signature_file, statement
from aiverify.signing.dsse import Envelope
from aiverify.signing.signatories import Signatory


@dataclass(frozen=True, slots=True)
class Hashed:
    """A manifest, the names of files whose digests were taken from before, and their stamps."""

    manifest: Manifest
    on_trust: tuple[str, ...]
    record: Record

    def remember(self, signature: bytes) -> None:
        """Keep the stamps for the next time, under the new signature's bytes.

        Raises:
            OutputError: they cannot be written.
        """
        stamps.remember(stamps.folder(), signature, self.record)


def hash_since(
    earlier: Path,
    members: Sequence[Member],
    way: Serialization,
    signatory: Signatory,
    progress: Progress,
) -> Hashed:
    """The manifest of files of which some were hashed for an earlier signature.

    A digest is taken from there if the file has the size, times and inode that it had then.
    What is not remembered, was changed, or was not at rest, is hashed.

    Raises:
        UsageError: the earlier signature is over other than whole files or the same shards, or
            the file system does not tell what changed.
        DeniedError: the earlier signature is not this signatory's, or was altered.
        InputError: it, or what is remembered of it, cannot be relied on.
    """
    taken = time.time_ns()
    stamps.refuse_unreliable(members)
    data = Extent.of_named(earlier).read(signature_file.MAX_SIZE)
    known = _listed(data, earlier, way, signatory)
    record = stamps.recall(stamps.folder(), data)
    kept = [m for m in members if record and m.name in known and record.unchanged(m)]
    names = frozenset(member.name for member in kept)
    fresh = manifests([m for m in members if m.name not in names], (way,), progress)[way]
    entries = (
        Entry(item.name, item.digest, member.extent.size, item.span)
        for member in kept
        for item in known[member.name]
    )
    manifest = Manifest.of((*fresh.entries, *entries))
    return Hashed(manifest, tuple(sorted(names)), stamps.take(members, taken))


def _listed(
    data: bytes, earlier: Path, way: Serialization, signatory: Signatory
) -> dict[str, list[Entry]]:
    """The entries by file of a signature that this very signatory made."""
    shown = printable(str(earlier))
    signature = signature_file.parse(data, str(earlier))
    if not isinstance(signature.content, Envelope) or not signatory.vouches(signature):
        raise DeniedError(
            f"{shown} is not a signature by this key, so its digests prove nothing",
            hint="Leave --incremental out, so that every file is hashed.",
        )
    says = statement.parse(signature.content.payload, f"the signature {shown}")
    said = oms.read(says, f"the signature {shown}")
    if said.serialization != way or said.allow_symlinks:
        raise UsageError(
            f"{shown} was made with another --hash or --shard-size, or over links",
            hint="Leave --incremental out, so that every file is hashed.",
        )
    found: dict[str, list[Entry]] = {}
    for entry in said.manifest.entries:
        found.setdefault(entry.name, []).append(entry)
    return found
