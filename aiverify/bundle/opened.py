"""An opened bundle: the files of its artifact, and what was attached to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from aiverify.bundle import layers
from aiverify.bundle.store import Store, document
from aiverify.core import mediatypes, names
from aiverify.core.artifact import Kind
from aiverify.core.digest import Digest
from aiverify.core.layers import maker
from aiverify.core.manifest import Entry, Manifest
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor, ImageIndex, ImageManifest
from aiverify.errors import DeniedError, InputError, MalformedError
from aiverify.files.tree import Member

MAX_ATTACHMENTS = 1000
MAX_ATTACHED_CONFIG = 1 << 16
MAX_ATTACHED = 256 << 20
"""Bytes that all signatures, attestations and SBOMs of a bundle may have together."""

MAX_PARTS = 1000
"""Manifests that a unit may hold: a base model and its adapters."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came with the artifact: a signature, an attestation, an SBOM."""

    artifact_type: str
    predicate_type: str
    data: bytes
    digest: Digest


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that is attached and cannot be read, and why. Anybody may attach anything."""

    digest: Digest
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A manifest whose layers are files. `name` is the directory that they lie in, or empty."""

    name: str
    descriptor: Descriptor
    manifest: ImageManifest

    def files(self, shown: str) -> Iterator[tuple[str, Descriptor]]:
        """The name of each file in the artifact, and the layer that it is.

        Raises:
            MalformedError: a layer has no file name, or two.
            UnsafeNameError: it is one that no artifact may hold.
        """
        alike = Counter(layer.media_type for layer in self.manifest.layers)
        before: Counter[str] = Counter()
        for layer in self.manifest.layers:
            kind = layer.media_type
            before[kind] += 1
            name = layers.file_name(layer, shown, before[kind], alike[kind])
            yield (f"{self.name}/{name}" if self.name else name), layer


@dataclass(frozen=True)
class Bundle:
    """An artifact in a store, and what was attached to it.

    It is one manifest, or an index of several: a unit. `annotations` are what its maker says of
    it, which nobody signs.
    """

    store: Store
    descriptor: Descriptor
    annotations: Mapping[str, str]
    parts: tuple[Part, ...]
    attachments: tuple[Attachment, ...]
    unusable: tuple[Unusable, ...] = ()

    @property
    def name(self) -> str:
        """The artifact's name, as the bundle's maker gave it."""
        return self.annotations.get(mediatypes.TITLE, "")

    @property
    def version(self) -> str:
        """The artifact's version, as the bundle's maker gave it, or empty."""
        return self.annotations.get(mediatypes.VERSION, "")

    @property
    def kind(self) -> Kind | None:
        """What the bundle's maker says it is."""
        stated = self.annotations.get(mediatypes.KIND, "")
        return Kind(stated) if stated in set(Kind) else None

    @property
    def maker(self) -> str:
        """What kind of artifact it is by the types in its manifest, such as a KitOps ModelKit."""
        first = self.parts[0].manifest
        return maker(first.config.media_type, first.artifact_type) or "OCI artifact"

    def archives(self) -> tuple[tuple[Part, str, Descriptor], ...]:
        """The layers that are archives of files, by their parts and the names of the archives."""
        shown = self.store.shown
        return tuple(
            (part, name, layer)
            for part in self.parts
            for name, layer in part.files(shown)
            if layers.form_of(layer, shown).is_archive
        )

    def members(self) -> tuple[Member, ...]:
        """The artifact's files, each the whole of its layer's blob; an archive is one file.

        Raises:
            MalformedError: a layer that has no file name, or has another's.
            UnsafeNameError: a name that would be written outside the target, or collides.
        """
        shown = self.store.shown
        found = [
            Member(
                name,
                self.store.blob(layer),
                layers.is_executable(layer, shown),
                self.store.proven(layer),
            )
            for name, layer in self._files()
        ]
        found.sort(key=lambda member: member.name)
        for before, after in pairwise(found):
            if before.name == after.name:
                raise MalformedError(f"{shown} holds {printable(after.name)} twice")
        layers.refuse_multiplied([layer for _, layer in self._files()], shown)
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
                    f"{self.store.shown}: {printable(now.name)} was altered: it is "
                    f"{now.digest}, and the bundle promises {promised[now.name].digest}"
                )

    def promised(self) -> Manifest:
        """What the bundle's own manifest says that the files are."""
        return self._promised

    @cached_property
    def _promised(self) -> Manifest:
        return Manifest.of(Entry(name, layer.digest, layer.size) for name, layer in self._files())

    def _files(self) -> Iterator[tuple[str, Descriptor]]:
        for part in self.parts:
            yield from part.files(self.store.shown)


def assemble(
    store: Store,
    descriptor: Descriptor,
    speaking: Sequence[ImageManifest],
    *,
    lenient: bool = False,
) -> Bundle:
    """The bundle whose artifact a descriptor leads to.

    `speaking` are manifests with a subject; those of this artifact are its attachments. What
    they are, they say themselves: no list of them is believed. Those of other types than
    signatures, attestations and SBOMs are not read. `lenient` lists what cannot be read as
    unusable, for what comes from where anybody may attach something.

    Raises:
        MalformedError: a manifest is none, or its attachments are too many or too large.
        DeniedError: something is not what its digest promises.
    """
    main = document(store, descriptor)
    parts = _parts(store, descriptor, main)
    own = [it for it in speaking if it.subject and it.subject.digest == descriptor.digest]
    if len(own) > MAX_ATTACHMENTS:
        raise MalformedError(f"{store.shown} holds more than {MAX_ATTACHMENTS} attachments")
    known = [it for it in own if it.artifact_type in mediatypes.ATTACHMENTS]
    if sum(layer.size for manifest in known for layer in manifest.layers) > MAX_ATTACHED:
        raise MalformedError(f"{store.shown}: its attachments are larger than {MAX_ATTACHED}")
    found = [_readable(store, manifest, lenient=lenient) for manifest in known]
    return Bundle(
        store,
        descriptor,
        main.annotations,
        parts,
        tuple(item for item in found if isinstance(item, Attachment)),
        tuple(item for item in found if isinstance(item, Unusable)),
    )


def _readable(store: Store, manifest: ImageManifest, *, lenient: bool) -> Attachment | Unusable:
    try:
        return attachment_of(store, manifest)
    except (InputError, DeniedError) as error:
        if not lenient:
            raise
        return Unusable(Digest.of(manifest.to_bytes()), error.message)


def _parts(
    store: Store, descriptor: Descriptor, main: ImageManifest | ImageIndex
) -> tuple[Part, ...]:
    if isinstance(main, ImageManifest):
        store.read(main.config)
        return (Part("", descriptor, main),)
    if main.artifact_type != mediatypes.UNIT or not 0 < len(main.manifests) <= MAX_PARTS:
        raise MalformedError(
            f"{store.shown} is an index of {len(main.manifests)} manifests and no unit that "
            "aiverify made",
            hint="Name one of its manifests by digest.",
        )
    return tuple(_part(store, listed) for listed in main.manifests)


def _part(store: Store, listed: Descriptor) -> Part:
    """A part of a unit, under the name that the index gives it."""
    where = f"{store.shown}: the part {listed.digest}"
    name = names.check(listed.annotations.get(mediatypes.TITLE, ""))
    manifest = document(store, listed)
    if not isinstance(manifest, ImageManifest) or manifest.subject is not None or "/" in name:
        raise MalformedError(f"{where} is no model and no adapter")
    store.read(manifest.config)
    return Part(name, listed, manifest)


def attachment_of(store: Store, manifest: ImageManifest) -> Attachment:
    """What a manifest attaches: the one layer that it has.

    Raises:
        MalformedError: it has several, or one that is too large.
        DeniedError: something is not what its digest promises.
    """
    if len(manifest.layers) != 1:
        raise MalformedError(f"{store.shown}: an attachment has {len(manifest.layers)} layers")
    layer = manifest.layers[0]
    store.read(manifest.config, MAX_ATTACHED_CONFIG)
    return Attachment(
        manifest.artifact_type,
        manifest.annotations.get(mediatypes.PREDICATE, ""),
        store.read(layer, MAX_ATTACHED),
        layer.digest,
    )
