"""Reading a bundle: an OCI image layout in a directory or in a tar (image-spec 1.1, layout)."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from aiverify.bundle import mediatypes, oci
from aiverify.bundle.oci import Descriptor, ImageManifest
from aiverify.core import names
from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import load_object
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import printable
from aiverify.errors import DeniedError, InputError, MalformedError, UnsafeNameError
from aiverify.files.extent import Extent, mode_of
from aiverify.files.tar import is_tar, list_archive
from aiverify.files.tree import Member, list_tree

_BLOB = re.compile("blobs/sha256/[0-9a-f]{64}")

MARKER = "oci-layout"
INDEX = "index.json"
MAX_MULTIPLE = 10
"""How often over a bundle may hold its bytes: some models do hold a file twice."""

MAX_ATTACHMENTS = 1000
MAX_ATTACHED_CONFIG = 1 << 16
MAX_ATTACHED = 256 << 20
"""Bytes that all signatures, attestations and SBOMs of a bundle may have together."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came with the artifact: a signature, an attestation, an SBOM."""

    artifact_type: str
    predicate_type: str
    data: bytes
    digest: Digest


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

    def manifest(self, descriptor: Descriptor) -> ImageManifest:
        """A manifest that the index lists."""
        where = f"{self.shown}: the manifest {descriptor.digest}"
        return oci.parse_manifest(self.read(descriptor), where)


@dataclass(frozen=True)
class Bundle:
    """A layout, its one artifact, and what was attached to it."""

    layout: Layout
    descriptor: Descriptor
    manifest: ImageManifest
    attachments: tuple[Attachment, ...]

    @property
    def name(self) -> str:
        """The artifact's name, as the bundle's maker gave it."""
        return self.manifest.annotations.get(mediatypes.TITLE, "")

    @property
    def version(self) -> str:
        """The artifact's version, as the bundle's maker gave it, or empty."""
        return self.manifest.annotations.get(mediatypes.VERSION, "")

    @property
    def kind(self) -> Kind | None:
        """What the bundle's maker says it is."""
        stated = self.manifest.annotations.get(mediatypes.KIND, "")
        return Kind(stated) if stated in set(Kind) else None

    def members(self) -> tuple[Member, ...]:
        """The artifact's files, each the whole of its layer's blob.

        Raises:
            MalformedError: a layer that is an archive, has no file name, or has another's.
            UnsafeNameError: a name that would be written outside the target, or collides.
        """
        found = [_member(self.layout, descriptor) for descriptor in self.manifest.layers]
        found.sort(key=lambda member: member.name)
        for before, after in pairwise(found):
            if before.name == after.name:
                raise MalformedError(f"{self.layout.shown} holds {printable(after.name)} twice")
        _refuse_multiplied(self.layout, self.manifest.layers)
        names.check_all(names.check(member.name) for member in found)
        return tuple(found)

    def promised(self) -> Manifest:
        """What the bundle's own manifest says that the files are."""
        return Manifest.of(
            Entry(file_name(self.layout, layer), layer.digest, layer.size)
            for layer in self.manifest.layers
        )


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
    find = _in_directory(path) if path.is_dir() else _in_archive(path)
    shown = printable(str(path))
    _refuse_strangers(path, shown)
    marker = load_object(find(MARKER).read(1 << 16), f"{shown}: {MARKER}")
    if marker.get("imageLayoutVersion") != "1.0.0":
        raise MalformedError(f"{shown} is not an OCI image layout of version 1.0.0")
    data = find(INDEX).read(oci.MAX_MANIFEST)
    return Layout(path, find, oci.parse_index(data, f"{shown}: {INDEX}"))


def open_bundle(path: Path) -> Bundle:
    """Open a layout that holds one artifact and what speaks of it.

    Raises:
        MalformedError: it holds none, or several.
    """
    layout = open_layout(path)
    listed = {entry.digest: entry for entry in layout.manifests}
    manifests = [(entry, layout.manifest(entry)) for entry in listed.values()]
    subjects = [(entry, manifest) for entry, manifest in manifests if manifest.subject is None]
    if len(subjects) != 1:
        raise MalformedError(f"{layout.shown} holds {len(subjects)} artifacts; there must be one")
    descriptor, main = subjects[0]
    layout.read(main.config)
    speaking = [
        manifest
        for _, manifest in manifests
        if manifest.subject is not None and manifest.subject.digest == descriptor.digest
    ]
    if len(speaking) > MAX_ATTACHMENTS:
        raise MalformedError(f"{layout.shown} holds more than {MAX_ATTACHMENTS} attachments")
    if sum(layer.size for manifest in speaking for layer in manifest.layers) > MAX_ATTACHED:
        raise MalformedError(f"{layout.shown}: its attachments are larger than {MAX_ATTACHED}")
    attachments = tuple(_attachment(layout, manifest) for manifest in speaking)
    return Bundle(layout, descriptor, main, attachments)


def _refuse_strangers(path: Path, shown: str) -> None:
    """A bundle holds its blobs and nothing else.

    Otherwise one directory could be two things: a bundle to whoever verifies it, and loose
    files to whoever loads it.
    """
    if path.is_dir():
        held = [member.name for member in list_tree(path, frozenset()).members]
    else:
        held = [*list_archive(path).members]
    for name in held:
        if name not in (MARKER, INDEX) and not _BLOB.fullmatch(name):
            raise MalformedError(
                f"{shown} is a bundle and holds {printable(name)}, which is no part of one",
                hint="Remove the file, or remove oci-layout and index.json.",
            )


def blob_name(digest: Digest) -> str:
    """Where a layout keeps a blob."""
    return f"blobs/{digest.algorithm}/{digest.hex}"


def _in_directory(root: Path) -> Callable[[str], Extent]:
    def find(name: str) -> Extent:
        path = root / name
        for folder in path.parents:
            if folder == root:
                break
            if folder.is_symlink():
                raise InputError(f"{printable(str(folder))} is a symbolic link, not a directory")
        return Extent.of_file(path)

    return find


def _in_archive(path: Path) -> Callable[[str], Extent]:
    members = list_archive(path).members

    def find(name: str) -> Extent:
        if name not in members:
            raise MalformedError(f"{printable(str(path))} has no {name}")
        return members[name]

    return find


def _attachment(layout: Layout, manifest: ImageManifest) -> Attachment:
    if len(manifest.layers) != 1:
        raise MalformedError(f"{layout.shown}: an attachment has {len(manifest.layers)} layers")
    layer = manifest.layers[0]
    layout.read(manifest.config, MAX_ATTACHED_CONFIG)
    return Attachment(
        manifest.artifact_type,
        manifest.annotations.get(mediatypes.PREDICATE, ""),
        layout.read(layer, MAX_ATTACHED),
        layer.digest,
    )


def file_name(layout: Layout, layer: Descriptor) -> str:
    """The name of the file that a layer is.

    Raises:
        MalformedError: it has none.
    """
    name, title = (layer.annotations.get(key) for key in (mediatypes.FILEPATH, mediatypes.TITLE))
    if not name and not title:
        raise MalformedError(f"{layout.shown}: the layer {layer.digest} has no file name")
    if name and title and name != title:
        raise MalformedError(
            f"{layout.shown}: the layer {layer.digest} is {printable(name)} to some tools and "
            f"{printable(title)} to others"
        )
    if (name or title or "").casefold().startswith(".git/"):
        raise UnsafeNameError(
            f"{layout.shown} holds {printable(name or title or '')}; git runs what such a file says"
        )
    return name or title or ""


def _refuse_multiplied(layout: Layout, layers: Sequence[Descriptor]) -> None:
    """A small bundle whose layers repeat one blob would fill the disk it is unpacked to."""
    total = sum(layer.size for layer in layers)
    distinct = sum({layer.digest: layer.size for layer in layers}.values())
    if total > MAX_MULTIPLE * distinct + MAX_ATTACHED:
        raise MalformedError(f"{layout.shown} holds {distinct} bytes and would unpack to {total}")


def _member(layout: Layout, layer: Descriptor) -> Member:
    name = file_name(layout, layer)
    if layer.media_type not in mediatypes.RAW_LAYERS:
        raise MalformedError(
            f"{layout.shown}: the layer {printable(name)} is {printable(layer.media_type)}; only "
            "raw layers are read",
            hint="Pack the model with raw layers, one a file.",
        )
    return Member(name, layout.blob(layer), _executable(layer, layout.shown))


def _executable(layer: Descriptor, shown: str) -> bool:
    text = layer.annotations.get(mediatypes.FILE_METADATA)
    if text is None:
        return False
    mode = load_object(text, f"{shown}: the metadata of a layer").get("mode")
    return isinstance(mode, int) and bool(mode & 0o100)
