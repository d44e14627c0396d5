"""Packing an artifact's files and what speaks of them into a new bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiverify.bundle import modelpack
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


def build(
    contents: Contents,
    path: Path,
    attach: Attach,
    progress: Progress,
    *,
    mtime: str,
    link: bool = False,
) -> Built:
    """Write a bundle at `path`. The same contents give the same bytes.

    Raises:
        OutputError: `path` exists or cannot be written; nothing is left behind.
        ChangedError: a file changed while it was copied.
    """
    with writing(path, link=link) as writer:
        progress.begin("Bundling", sum(member.extent.size for member in contents.members))
        layers = tuple(_layers(contents, writer, progress, mtime))
        artifact = Artifact(contents.kind, contents.name, contents.version, _manifest(layers))
        main = _main(artifact, contents.description, layers, writer)
        attached = [add_attachment(writer, main, *attachment) for attachment in attach(artifact)]
        writer.finish(oci.index((main, *attached)))
    return Built(path, artifact, main.digest)


def add_attachment(
    writer: Writer, subject: Descriptor, artifact_type: str, predicate_type: str, data: bytes
) -> Descriptor:
    """Write a manifest that speaks of another (image-spec 1.1, `subject`), as cosign 3 does."""
    annotations = {}
    if artifact_type == mediatypes.SIGNATURE:
        annotations = {
            mediatypes.CONTENT: "dsse-envelope",
            mediatypes.PREDICATE: predicate_type,
        }
    config = Descriptor(mediatypes.OCI_EMPTY, writer.add_bytes(oci.EMPTY_CONFIG), 2)
    layer = Descriptor(artifact_type, writer.add_bytes(data), len(data))
    plain = Descriptor(subject.media_type, subject.digest, subject.size)
    manifest = ImageManifest(artifact_type, config, (layer,), plain, annotations)
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
    annotations = {mediatypes.TITLE: artifact.name, mediatypes.KIND: artifact.kind.value}
    if artifact.version:
        annotations[mediatypes.VERSION] = artifact.version
    return _descriptor(
        ImageManifest(artifact_type, config, layers, annotations=annotations), writer
    )


def _descriptor(manifest: ImageManifest, writer: Writer) -> Descriptor:
    data = manifest.to_bytes()
    return Descriptor(
        mediatypes.OCI_MANIFEST,
        writer.add_bytes(data),
        len(data),
        artifact_type=manifest.artifact_type,
    )
