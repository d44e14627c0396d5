"""Reading a bundle: an OCI image layout in a directory or in a tar (image-spec 1.1, layout)."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiverify.bundle.opened import Bundle, assemble
from aiverify.bundle.store import document
from aiverify.core import oci
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import load_object
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor, ImageManifest
from aiverify.errors import DeniedError, MalformedError
from aiverify.files.extent import Extent, mode_of
from aiverify.files.tar import is_tar, list_archive
from aiverify.files.tree import list_tree

_BLOB = re.compile("blobs/sha256/[0-9a-f]{64}")

MARKER = "oci-layout"
INDEX = "index.json"


@dataclass(frozen=True)
class Layout:
    """An opened bundle. `find` gives the extent of a file of the layout by its name there."""

    path: Path
    find: Callable[[str], Extent]
    manifests: tuple[Descriptor, ...]

    @property
    def shown(self) -> str:
        """The bundle's path, for messages."""
        return printable(str(self.path))

    def blob(self, descriptor: Descriptor) -> Extent:
        """Where a blob's bytes are.

        Raises:
            MalformedError: its size is not what the descriptor says.
        """
        extent = self.find(blob_name(descriptor.digest))
        if extent.size != descriptor.size:
            raise MalformedError(
                f"{self.shown}: the blob {descriptor.digest} has {extent.size} bytes, and its "
                f"descriptor says {descriptor.size}"
            )
        return extent

    def read(self, descriptor: Descriptor, limit: int = oci.MAX_MANIFEST) -> bytes:
        """A small blob's bytes, checked against its digest.

        Raises:
            DeniedError: they are not the bytes that the digest promises.
            MalformedError: it is larger than `limit` bytes.
        """
        data = self.blob(descriptor).read(limit)
        if Digest.of(data, descriptor.digest.algorithm) != descriptor.digest:
            raise DeniedError(f"{self.shown}: the blob {descriptor.digest} was altered")
        return data

    def proven(self, descriptor: Descriptor) -> Digest | None:
        """Nothing: whoever can write here can write anything under any name."""
        del descriptor
        return None


def is_layout(path: Path) -> bool:
    """Whether a path is a bundle: a directory with the layout's marker, or a tar."""
    mode = mode_of(path) or 0
    if stat.S_ISDIR(mode):
        return all(stat.S_ISREG(mode_of(path / name) or 0) for name in (MARKER, INDEX))
    return stat.S_ISREG(mode) and path.suffix == ".tar" and is_tar(Extent.of_named(path))


def open_layout(path: Path) -> Layout:
    """Open a layout and read its index.

    Raises:
        InputError: it cannot be read.
        MalformedError: it is not a layout of version 1.0.0.
    """
    shown = printable(str(path))
    held = _held(path)
    _refuse_strangers(held, shown)

    def find(name: str) -> Extent:
        if name not in held:
            raise MalformedError(f"{shown} has no {name}")
        return held[name]

    marker = load_object(find(MARKER).read(1 << 16), f"{shown}: {MARKER}")
    if marker.get("imageLayoutVersion") != "1.0.0":
        raise MalformedError(f"{shown} is not an OCI image layout of version 1.0.0")
    data = find(INDEX).read(oci.MAX_MANIFEST)
    return Layout(path, find, oci.parse_index(data, f"{shown}: {INDEX}").manifests)


def open_bundle(path: Path) -> Bundle:
    """Open a layout that holds one artifact and what speaks of it.

    Raises:
        MalformedError: it holds none, or several.
    """
    return only_artifact(open_layout(path))


def only_artifact(layout: Layout, *, lenient: bool = False) -> Bundle:
    """The one artifact in a layout. Raises as `open_bundle`; `lenient` is that of `assemble`."""
    listed = {entry.digest: entry for entry in layout.manifests}
    documents = [(entry, document(layout, entry)) for entry in listed.values()]
    subjects = [entry for entry, found in documents if found.subject is None]
    if len(subjects) != 1:
        raise MalformedError(f"{layout.shown} holds {len(subjects)} artifacts; there must be one")
    speaking = [found for _, found in documents if isinstance(found, ImageManifest)]
    return assemble(layout, subjects[0], speaking, lenient=lenient)


def _held(path: Path) -> Mapping[str, Extent]:
    """Every file of a layout by its name there, listed once."""
    if path.is_dir():
        return {member.name: member.extent for member in list_tree(path, frozenset()).members}
    return list_archive(path).members


def _refuse_strangers(held: Iterable[str], shown: str) -> None:
    """A bundle holds its blobs and nothing else.

    Otherwise one directory could be two things: a bundle to whoever verifies it, and loose
    files to whoever loads it.
    """
    for name in held:
        if name not in (MARKER, INDEX) and not _BLOB.fullmatch(name):
            raise MalformedError(
                f"{shown} is a bundle and holds {printable(name)}, which is no part of one",
                hint="Remove the file, or remove oci-layout and index.json.",
            )


def blob_name(digest: Digest) -> str:
    """Where a layout keeps a blob."""
    return f"blobs/{digest.algorithm}/{digest.hex}"
