"""Writing a bundle's files out again, each byte verified on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from aiverify.bundle.layout import Bundle
from aiverify.core.manifest import Entry
from aiverify.core.names import is_below, printable
from aiverify.errors import UsageError
from aiverify.files import output, stream
from aiverify.files.progress import Progress
from aiverify.files.tree import Member

SIGNATURE_FILE = "model.sig"
"""Where OMS tools look for the signature of a directory."""


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
        OutputError: `path` exists or cannot be written.
        UsageError: `only` names what the bundle does not hold.
    """
    members = _chosen(bundle, only)
    progress.begin("Unpacking", sum(member.extent.size for member in members))
    with output.new_directory(path) as root:
        bundle.refuse_altered(_written(members, root, progress))
        if signature is not None and all(member.name != SIGNATURE_FILE for member in members):
            (root / SIGNATURE_FILE).write_bytes(signature)
    return members


def _written(members: Sequence[Member], root: Path, progress: Progress) -> Iterator[Entry]:
    """Write the files one by one, saying of each what was written before the next is begun."""
    for member in members:
        target = root / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            digest = stream.digest(member.extent, progress, file.write)
        target.chmod(0o755 if member.executable else 0o644)
        yield Entry(member.name, digest, member.extent.size)


def _chosen(bundle: Bundle, only: Sequence[str]) -> tuple[Member, ...]:
    members = bundle.members()
    if not only:
        return members
    wanted = [name.rstrip("/") for name in only]
    for name in wanted:
        if not any(is_below(member.name, name) for member in members):
            raise UsageError(f"the bundle holds no {printable(name)}")
    return tuple(m for m in members if any(is_below(m.name, name) for name in wanted))
