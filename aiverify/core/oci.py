"""OCI descriptors and manifests (image-spec 1.1), read strictly and written canonically."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json, canonical, load_object
from aiverify.core.mediatypes import DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST
from aiverify.errors import MalformedError

MAX_MANIFEST = 64 << 20
"""Bytes that a manifest or index may have: a layer for each of 100,000 files fits."""

EMPTY_CONFIG = b"{}"

MANIFESTS = (OCI_MANIFEST, DOCKER_MANIFEST)
"""Media types of a manifest. Docker's came first, and OCI's has the same form."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A blob by type, digest and size in bytes."""

    media_type: str
    digest: Digest
    size: int
    annotations: Mapping[str, str] = field(default_factory=dict)
    artifact_type: str = ""

    def to_json(self) -> dict[str, Json]:
        """The descriptor's JSON form."""
        result: dict[str, Json] = {
            "mediaType": self.media_type,
            "digest": str(self.digest),
            "size": self.size,
        }
        if self.artifact_type:
            result["artifactType"] = self.artifact_type
        if self.annotations:
            result["annotations"] = dict(self.annotations)
        return result


@dataclass(frozen=True, slots=True)
class ImageManifest:
    """A manifest: what it is, its config, its layers, and the manifest it speaks of."""

    artifact_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    subject: Descriptor | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The manifest's canonical bytes."""
        value: dict[str, Json] = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": self.artifact_type,
            "config": self.config.to_json(),
            "layers": [layer.to_json() for layer in self.layers],
        }
        if self.subject:
            value["subject"] = self.subject.to_json()
        if self.annotations:
            value["annotations"] = dict(self.annotations)
        return canonical(value)


@dataclass(frozen=True, slots=True)
class ImageIndex:
    """An index: the manifests that it lists, what they are together, and what it speaks of."""

    manifests: tuple[Descriptor, ...]
    artifact_type: str = ""
    subject: Descriptor | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The index's canonical bytes."""
        value: dict[str, Json] = {
            "schemaVersion": 2,
            "mediaType": OCI_INDEX,
            "manifests": [descriptor.to_json() for descriptor in self.manifests],
        }
        if self.artifact_type:
            value["artifactType"] = self.artifact_type
        if self.subject:
            value["subject"] = self.subject.to_json()
        if self.annotations:
            value["annotations"] = dict(self.annotations)
        return canonical(value)


def parse_index(data: bytes, where: str) -> ImageIndex:
    """Read an image index, such as a layout's `index.json`.

    Raises:
        MalformedError: it is not an OCI image index.
    """
    value = load_object(data, where)
    if value.get("schemaVersion") != 2:
        raise MalformedError(f"{where} is not an OCI image index: its schemaVersion is not 2")
    if value.get("mediaType", OCI_INDEX) != OCI_INDEX:
        raise MalformedError(f"{where} is not an OCI image index: its mediaType is another")
    if "layers" in value or "config" in value:
        raise MalformedError(f"{where} is an index and a manifest at once")
    subject = value.get("subject")
    return ImageIndex(
        _descriptors(value.get("manifests"), f"{where}: manifests"),
        _artifact_type(value, "", where),
        None if subject is None else _descriptor(subject, f"{where}: subject"),
        _annotations(value.get("annotations"), where),
    )


def parse_manifest(data: bytes, where: str) -> ImageManifest:
    """Read an image manifest.

    Raises:
        MalformedError: it is not an OCI image manifest.
    """
    value = load_object(data, where)
    if value.get("schemaVersion") != 2 or value.get("mediaType", OCI_MANIFEST) not in MANIFESTS:
        raise MalformedError(f"{where} is not an OCI image manifest")
    if "manifests" in value:
        raise MalformedError(f"{where} is a manifest and an index at once")
    config = _descriptor(value.get("config"), f"{where}: config")
    subject = value.get("subject")
    return ImageManifest(
        _artifact_type(value, config.media_type, where),
        config,
        _descriptors(value.get("layers"), f"{where}: layers"),
        None if subject is None else _descriptor(subject, f"{where}: subject"),
        _annotations(value.get("annotations"), where),
    )


def _artifact_type(value: Mapping[str, Json], otherwise: str, where: str) -> str:
    found = value.get("artifactType", otherwise)
    if not isinstance(found, str):
        raise MalformedError(f"{where}: artifactType is not a string")
    return found


def _descriptors(values: Json, where: str) -> tuple[Descriptor, ...]:
    if not isinstance(values, list):
        raise MalformedError(f"{where} is not a list")
    return tuple(_descriptor(value, f"{where}[{at}]") for at, value in enumerate(values))


def _descriptor(value: Json, where: str) -> Descriptor:
    if not isinstance(value, Mapping):
        raise MalformedError(f"{where} is not a descriptor")
    media_type, digest, size = value.get("mediaType"), value.get("digest"), value.get("size")
    artifact_type = value.get("artifactType", "")
    if not (isinstance(media_type, str) and isinstance(digest, str)):
        raise MalformedError(f"{where} has no mediaType or no digest")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise MalformedError(f"{where}: its size is not a number of bytes")
    if not isinstance(artifact_type, str):
        raise MalformedError(f"{where}: its artifactType is not a string")
    annotations = _annotations(value.get("annotations"), where)
    return Descriptor(media_type, _digest(digest, where), size, annotations, artifact_type)


def _digest(text: str, where: str) -> Digest:
    try:
        found = Digest.parse(text)
    except MalformedError as error:
        raise MalformedError(f"{where}: {error.message}") from error
    if found.algorithm != "sha256":
        raise MalformedError(
            f"{where} is named by {found.algorithm}; a bundle's blobs are by sha256"
        )
    return found


def _annotations(value: Json, where: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
        raise MalformedError(f"{where}: its annotations are not strings")
    return {key: str(item) for key, item in value.items()}
