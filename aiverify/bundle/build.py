"""Packing an artifact's files and what speaks of them into a new bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiverify.bundle import attachment, modelpack
from aiverify.bundle.writer import Writer, writing
from aiverify.core import mediatypes, oci
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import Description
from aiverify.core.digest import Digest
from aiverify.core.facts import FileFacts
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.oci import Descriptor, ImageManifest
from aiverify.files.progress import Progress
from aiverify.files.tree import Member

Attach = Callable[[Artifact], Sequence[tuple[str, str, bytes]]]
"""Given the artifact with its digests, what to attach: artifact type, predicate type, bytes."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a bundle. `files` states the facts of each member, in the same order."""

    kind: Kind
    name: str
    version: str
    members: tuple[Member, ...]
    files: tuple[FileFacts, ...]
    description: Description


@dataclass(frozen=True, slots=True)
class Built:
    """A bundle that was written: the artifact in it, and the digest of its OCI manifest."""

    path: Path
    artifact: Artifact
    manifest_digest: Digest


@dataclass(frozen=True, slots=True)
class Unit:
    """A base model, and the adapters that are deployed with it, each in a folder of its own.

    `folders` are the names of the folders, in the order of `parts`; the base comes first.
    """

    name: str
    version: str
    folders: tuple[str, ...]
    parts: tuple[Contents, ...]


def build(
    contents: Contents | Unit,
    path: Path,
    attach: Attach,
    progress: Progress,
    *,
    mtime: str,
    link: bool = False,
) -> Built:
    """Write a bundle at `path`. The same contents give the same bytes.

    Of a unit, `attach` is asked for each part, in their order, and then for the whole.

    Raises:
        OutputError: `path` exists or cannot be written; nothing is left behind.
        ChangedError: a file changed while it was copied.
    """
    parts = contents.parts if isinstance(contents, Unit) else (contents,)
    with writing(path, link=link) as writer:
        total = sum(member.extent.size for part in parts for member in part.members)
        progress.begin("Bundling", total)
        built = [_part(part, writer, attach, progress, mtime) for part in parts]
        attached = [item for part in built for item in part.attached]
        artifact, main = built[0].artifact, built[0].main
        if isinstance(contents, Unit):
            artifact, main = _unit(contents, built, writer)
            attached += [add_attachment(writer, main, *item) for item in attach(artifact)]
        writer.finish(oci.ImageIndex((main, *attached)).to_bytes())
    return Built(path, artifact, main.digest)


@dataclass(frozen=True, slots=True)
class _Part:
    """A manifest that was written, the artifact that it is, and what was attached to it."""

    artifact: Artifact
    main: Descriptor
    attached: list[Descriptor]


def _part(
    contents: Contents, writer: Writer, attach: Attach, progress: Progress, mtime: str
) -> _Part:
    layers = tuple(_layers(contents, writer, progress, mtime))
    artifact = Artifact(contents.kind, contents.name, contents.version, _manifest(layers))
    main = _main(artifact, contents.description, layers, writer)
    return _Part(artifact, main, [add_attachment(writer, main, *it) for it in attach(artifact)])


def _unit(unit: Unit, built: Sequence[_Part], writer: Writer) -> tuple[Artifact, Descriptor]:
    """The index of a unit's parts, and the artifact that they are together."""
    entries = (
        replace(entry, name=f"{folder}/{entry.name}")
        for folder, part in zip(unit.folders, built, strict=True)
        for entry in part.artifact.manifest.entries
    )
    artifact = Artifact(built[0].artifact.kind, unit.name, unit.version, Manifest.of(entries))
    listed = tuple(
        replace(
            part.main,
            annotations={
                mediatypes.TITLE: folder,
                mediatypes.KIND: part.artifact.kind.value,
            },
        )
        for folder, part in zip(unit.folders, built, strict=True)
    )
    index = oci.ImageIndex(listed, mediatypes.UNIT, annotations=_stated(artifact))
    data = index.to_bytes()
    return artifact, Descriptor(
        mediatypes.OCI_INDEX, writer.add_bytes(data), len(data), artifact_type=mediatypes.UNIT
    )


def _stated(artifact: Artifact) -> dict[str, str]:
    """What a bundle's maker says of the artifact, as annotations."""
    version = {mediatypes.VERSION: artifact.version} if artifact.version else {}
    return {mediatypes.TITLE: artifact.name, mediatypes.KIND: artifact.kind.value, **version}


def add_attachment(
    writer: Writer, subject: Descriptor, artifact_type: str, predicate_type: str, data: bytes
) -> Descriptor:
    """Write a manifest that speaks of another, and what it holds."""
    manifest = attachment.about(subject, artifact_type, predicate_type, data)
    for blob in (oci.EMPTY_CONFIG, data):
        writer.add_bytes(blob)
    return _descriptor(manifest, writer)


def _layers(contents: Contents, writer: Writer, progress: Progress, mtime: str) -> list[Descriptor]:
    pairs = zip(contents.members, contents.files, strict=True)
    return [
        modelpack.layer(
            member, writer.add_extent(member.extent, progress), facts, contents.kind, mtime
        )
        for member, facts in pairs
    ]


def _manifest(layers: tuple[Descriptor, ...]) -> Manifest:
    return Manifest.of(
        Entry(layer.annotations[mediatypes.FILEPATH], layer.digest, layer.size) for layer in layers
    )


def _main(
    artifact: Artifact, description: Description, layers: tuple[Descriptor, ...], writer: Writer
) -> Descriptor:
    if artifact.kind is Kind.COMPONENT:
        artifact_type, config_type, data = (
            mediatypes.COMPONENT_MANIFEST,
            mediatypes.OCI_EMPTY,
            oci.EMPTY_CONFIG,
        )
    else:
        artifact_type, config_type = mediatypes.MODEL_MANIFEST, mediatypes.MODEL_CONFIG
        data = modelpack.config(artifact, description, layers)
    config = Descriptor(config_type, writer.add_bytes(data), len(data))
    return _descriptor(
        ImageManifest(artifact_type, config, layers, annotations=_stated(artifact)), writer
    )


def _descriptor(manifest: ImageManifest, writer: Writer) -> Descriptor:
    data = manifest.to_bytes()
    return Descriptor(
        mediatypes.OCI_MANIFEST,
        writer.add_bytes(data),
        len(data),
        artifact_type=manifest.artifact_type,
    )
