"""Adding signatures and attestations to a bundle that exists."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from aiverify.bundle.build import add_attachment
from aiverify.bundle.layout import INDEX, Layout
from aiverify.bundle.writer import ArchiveWriter, DirectoryWriter, Writer
from aiverify.core import oci
from aiverify.core.oci import Descriptor
from aiverify.errors import ChangedError, MalformedError
from aiverify.files import output, stream
from aiverify.files.tar import BLOCK, list_archive


def attach(
    layout: Layout, subject: Descriptor, attachments: Sequence[tuple[str, str, bytes]]
) -> None:
    """Attach (artifact type, predicate type, bytes) to an artifact in a layout.

    Until the new index is in place, readers see the old one.

    Raises:
        OutputError: the bundle cannot be written.
        MalformedError: a tar whose index is not its last member, as aiverify writes it.
    """

    def index(writer: Writer) -> bytes:
        added = [add_attachment(writer, subject, *item) for item in attachments]
        known = layout.manifests
        manifests = (*known, *(item for item in added if item not in known))
        return oci.ImageIndex(manifests).to_bytes()

    if layout.path.is_dir():
        _to_directory(layout.path, index)
    else:
        _to_archive(layout, index)


def _to_directory(root: Path, index: Callable[[Writer], bytes]) -> None:
    with output.guarding(root):
        data = index(DirectoryWriter(root, link=False))
    output.write(root / INDEX, data)


def _to_archive(layout: Layout, index: Callable[[Writer], bytes]) -> None:
    path = layout.path
    archive = list_archive(path)
    kept = archive.members[INDEX].offset - BLOCK
    names = frozenset(archive.members) - {INDEX}
    if any(archive.members[name].offset > kept for name in names):
        raise MalformedError(
            f"{layout.shown}: {INDEX} is not its last member, so nothing can be added",
            hint="Write the signature to a file of its own with -o.",
        )
    with path.open("rb") as source, output.replacing(path) as target:
        _copy(source, target, kept)
        writer = ArchiveWriter(target, names)
        writer.finish(index(writer))


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    """Copy inside the kernel where it can, so that file systems that share bytes do."""
    copied = 0
    with contextlib.suppress(AttributeError, OSError):
        while count := os.copy_file_range(source.fileno(), target.fileno(), size - copied):
            copied += count
    source.seek(copied)
    target.seek(copied)
    while data := source.read(min(stream.CHUNK, size - copied)):
        copied += target.write(data)
    if copied < size:
        raise ChangedError("the bundle ended while it was being copied")
