"""Writing a bundle's files out again, each byte verified on its way."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aiverify.bundle.layers import form_of
from aiverify.bundle.opened import Bundle
from aiverify.core import names
from aiverify.core.digest import Digest
from aiverify.core.manifest import Entry
from aiverify.core.names import is_below, printable
from aiverify.errors import MalformedError, UsageError
from aiverify.files import output, stream
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.extract import unpack_layer
from aiverify.files.extent import Extent
from aiverify.files.progress import Progress
from aiverify.files.tree import Member

SIGNATURE_FILE = "model.sig"
"""Where OMS tools look for the signature of a directory."""

UNPACKED = 64
"""How often its size a bundle's archives may unpack to, all of them together."""

UNPACKED_ALLOWED = 1 << 30
"""Bytes that they may unpack to beyond that."""


def unpack(
    bundle: Bundle,
    path: Path,
    progress: Progress,
    *,
    only: Sequence[str] = (),
    signature: bytes | None = None,
) -> tuple[Member, ...]:
    """Write the artifact's files into the new directory `path`, or only those named.

    `signature` goes beside them as `model.sig`. The directory appears when every byte in
    it is the one that the bundle's manifest promises.

    Raises:
        DeniedError: a blob was altered.
        MalformedError: an archive in it holds what it may not.
        OutputError: `path` exists or cannot be written.
        UsageError: `only` names what the bundle does not hold, or cannot tell.
    """
    members = _chosen(bundle, only)
    packed = sum(layer.size for _, _, layer in bundle.archives())
    progress.begin("Unpacking", sum(member.extent.size for member in members) + packed)
    with output.new_directory(path) as root:
        plain = _written(bundle, members, root, progress)
        unpacked = extract(bundle, root, progress)
        if signature is not None and not (root / SIGNATURE_FILE).exists():
            (root / SIGNATURE_FILE).write_bytes(signature)
    return (*plain, *(replace(it, extent=Extent.of_file(path / it.name)) for it in unpacked))


def extract(bundle: Bundle, root: Path, progress: Progress) -> tuple[Member, ...]:
    """Write out what lies in a bundle's archives, below a directory that holds its other files.

    Raises:
        DeniedError: an archive is not the one that the bundle promises.
        MalformedError: it is none, or holds what it may not.
    """
    archives = bundle.archives()
    packed = sum(layer.size for _, _, layer in archives)
    budget = Budget(total=UNPACKED * packed + UNPACKED_ALLOWED)
    found: list[Member] = []
    for part, name, layer in archives:
        hasher = hashlib.sha256()
        unpacked = unpack_layer(
            bundle.store.blob(layer),
            form_of(layer, bundle.store.shown).compression,
            root,
            prefix=part.name,
            budget=budget,
            progress=progress,
            sinks=(hasher.update,),
        )
        bundle.refuse_altered([Entry(name, Digest("sha256", hasher.hexdigest()))])
        found += (
            Member(item.name, Extent.of_file(root / item.name), item.executable, item.digest)
            for item in unpacked.files
        )
    _refuse_collisions((*plain_members(bundle), *found), bundle.store.shown)
    return tuple(found)


def _refuse_collisions(members: Sequence[Member], shown: str) -> None:
    """Names that are one file on some system, wherever in the bundle they stand."""
    for name, count in Counter(member.name for member in members).items():
        if count > 1:
            raise MalformedError(f"{shown} holds {printable(name)} twice")
    names.check_all(member.name for member in members)


def plain_members(bundle: Bundle) -> tuple[Member, ...]:
    """The files of a bundle that are layers of their own, and no archives."""
    archives = {name for _, name, _ in bundle.archives()}
    return tuple(member for member in bundle.members() if member.name not in archives)


def _written(
    bundle: Bundle, members: Sequence[Member], root: Path, progress: Progress
) -> tuple[Member, ...]:
    """Write the files one by one, holding each against the bundle before the next is begun."""
    for member in members:
        target = root / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            digest = stream.digest(member.extent, progress, file.write)
        target.chmod(0o755 if member.executable else 0o644)
        bundle.refuse_altered([Entry(member.name, digest, member.extent.size)])
    return tuple(members)


def _chosen(bundle: Bundle, only: Sequence[str]) -> tuple[Member, ...]:
    members = plain_members(bundle)
    if not only:
        return members
    if bundle.archives():
        raise UsageError(
            "the bundle holds archives, which are unpacked whole", hint="Leave --only out."
        )
    wanted = [name.rstrip("/") for name in only]
    for name in wanted:
        if not any(is_below(member.name, name) for member in members):
            raise UsageError(f"the bundle holds no {printable(name)}")
    return tuple(m for m in members if any(is_below(m.name, name) for name in wanted))
