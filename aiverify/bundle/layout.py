"""Reading a bundle: an OCI image layout in a directory or in a tar (image-spec 1.1, layout)."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from aiverify.bundle import layers
from aiverify.core import mediatypes, names, oci
from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import load_object
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor, ImageManifest
from aiverify.errors import DeniedError, MalformedError
from aiverify.files.extent import Extent, mode_of
from aiverify.files.tar import is_tar, list_archive
from aiverify.files.tree import Member, list_tree

_BLOB = re.compile("blobs/sha256/[0-9a-f]{64}")

MARKER = "oci-layout"
INDEX = "index.json"

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
        layers.refuse_multiplied(self.manifest.layers, self.layout.shown)
        names.check_all(names.check(member.name) for member in found)
        return tuple(found)

    def refuse_altered(self, at_hand: Iterable[Entry]) -> None:
        """Hold files that were hashed against what the bundle's own manifest says.

        Raises:
            DeniedError: one is not what was promised.
        """
        promised = self.promised().by_name
        for now in at_hand:
            if now.digest != promised[now.name].digest:
                raise DeniedError(
                    f"{self.layout.shown}: {printable(now.name)} was altered: it is "
                    f"{now.digest}, and the bundle promises {promised[now.name].digest}"
                )

    def promised(self) -> Manifest:
        """What the bundle's own manifest says that the files are."""
        return Manifest.of(
            Entry(layers.file_name(layer, self.layout.shown), layer.digest, layer.size)
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


def _member(layout: Layout, layer: Descriptor) -> Member:
    name = layers.file_name(layer, layout.shown)
    if layer.media_type not in mediatypes.RAW_LAYERS:
        raise MalformedError(
            f"{layout.shown}: the layer {printable(name)} is {printable(layer.media_type)}; only "
            "raw layers are read",
            hint="Pack the model with raw layers, one a file.",
        )
    return Member(name, layout.blob(layer), layers.is_executable(layer, layout.shown))
