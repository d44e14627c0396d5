"""A bundle in a registry: manifests are read at once, and files not before somebody asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock

from aiverify.bundle.opened import (
    MAX_ATTACHED,
    MAX_ATTACHMENTS,
    Attachment,
    Bundle,
    Unusable,
    assemble,
    attachment_of,
)
from aiverify.bundle.store import document
from aiverify.core import mediatypes, oci
from aiverify.core.digest import Digest
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor, ImageManifest
from aiverify.errors import DeniedError, InputError, MalformedError
from aiverify.files.extent import Extent
from aiverify.registry.repository import Repository, open_repository
from aiverify.signing import signature_file
from aiverify.verify.location import InRegistry
from aiverify.verify.ranges import Ranged

WORKERS = 8
"""Requests to a registry at a time."""

SMALL = 1 << 16
"""Bytes of a manifest or blob that is kept once it was fetched."""

MAX_REFERRER = 4 << 20
"""Bytes of a manifest that attaches something."""

KEPT = 256
"""How many of them are kept at most."""


def _known() -> dict[Digest, bytes]:
    """What nobody needs to ask for: the configuration that says nothing, which attachments have."""
    return {Digest.of(oci.EMPTY_CONFIG): oci.EMPTY_CONFIG}


@dataclass(frozen=True)
class RegistryStore:
    """Blobs of a repository. `shown` is the reference that somebody named.

    What is small is fetched once, however often it is asked for.
    """

    repository: Repository
    shown: str
    _kept: dict[Digest, bytes] = field(default_factory=_known, repr=False)
    _listed: dict[Digest, tuple[Descriptor, ...]] = field(default_factory=dict, repr=False)

    def referrers(self, digest: Digest) -> tuple[Descriptor, ...]:
        """What the registry says speaks of a manifest; only those manifests tell if it is so."""
        if digest not in self._listed:
            self._listed[digest] = self.repository.referrers(digest)
        return self._listed[digest]

    def attached(self, digest: Digest) -> tuple[Descriptor, ...]:
        """The signatures, attestations and SBOMs among the referrers of a manifest.

        Whatever else somebody attached, what cannot be read, and what is more than such come to,
        is none of them.
        """
        listed = self.referrers(digest)
        attached = _Attached(self, digest)
        with ThreadPoolExecutor(WORKERS) as pool:
            read = tuple(pool.map(attached.read, listed))
        pairs = zip(listed, read, strict=True)
        return tuple(
            item for item, found in pairs if isinstance(found, Attachment) and is_whole(found)
        )

    def blob(self, descriptor: Descriptor) -> Extent:
        """A file that is read where it lies, as far as somebody wants to know."""
        return Ranged.of(self.repository, descriptor)

    def read(self, descriptor: Descriptor, limit: int = oci.MAX_MANIFEST) -> bytes:
        """A manifest's or a small blob's bytes, checked against their digest.

        Raises:
            DeniedError: they are not the bytes that the digest promises.
            MalformedError: they are more than `limit`, or of another size than it says.
            InputError: the registry does not have it.
        """
        data = self._kept.get(descriptor.digest)
        if data is None:
            data = self._fetched(descriptor, limit)
            if len(data) <= SMALL and len(self._kept) < KEPT:
                self._kept[descriptor.digest] = data
        if len(data) != descriptor.size:
            raise MalformedError(
                f"{self.shown}: {descriptor.digest} has {len(data)} bytes, and its descriptor "
                f"says {descriptor.size}"
            )
        return data

    def keep(self, data: bytes) -> None:
        """Keep what was fetched already."""
        if len(data) <= SMALL:
            self._kept[Digest.of(data)] = data

    def _fetched(self, descriptor: Descriptor, limit: int) -> bytes:
        if descriptor.media_type in (*oci.MANIFESTS, mediatypes.OCI_INDEX):
            return self.repository.fetch(str(descriptor.digest), descriptor.size).data
        return self.repository.read_blob(descriptor, limit)

    def proven(self, descriptor: Descriptor) -> Digest | None:
        """What the registry gives under this digest is held against it by whoever fetches it."""
        return descriptor.digest


def open_in_registry(location: InRegistry) -> Bundle:
    """Open what a reference leads to, with all that its registry says speaks of it.

    What is attached and cannot be read is listed as such: anybody who may write to a repository
    may attach something, and none of that may keep an artifact from being verified.

    Raises:
        InputError: there is no such artifact.
        MalformedError: it is none that can be read.
        DeniedError: the registry refuses, or gives other bytes than the digest promises.
        UndecidedError: it is out of reach.
    """
    repository = open_repository(location.reference, location.place)
    found = repository.fetch(location.reference.pointer)
    store, main = RegistryStore(repository, printable(str(location))), found.descriptor
    store.keep(found.data)
    bundle = assemble(store, main, ())
    listed = store.referrers(main.digest)
    if len(listed) > MAX_ATTACHMENTS:
        raise MalformedError(f"{store.shown} has more than {MAX_ATTACHMENTS} referrers")
    attached = _Attached(store, main.digest)
    with ThreadPoolExecutor(WORKERS) as pool:
        read = tuple(pool.map(attached.read, listed))
    return replace(
        bundle,
        attachments=tuple(item for item in read if isinstance(item, Attachment)),
        unusable=tuple(item for item in read if isinstance(item, Unusable)),
    )


def is_whole(attached: Attachment) -> bool:
    """Whether an attachment can be read for what it says it is."""
    if attached.artifact_type != mediatypes.SIGNATURE:
        return True
    try:
        signature_file.parse(attached.data, str(attached.digest))
    except MalformedError:
        return False
    return True


def speaks_of(manifest: ImageManifest, digest: Digest) -> bool:
    """Whether a manifest is a signature, an attestation or an SBOM of another."""
    subject = manifest.subject
    about = subject is not None and subject.digest == digest
    return about and manifest.artifact_type in mediatypes.ATTACHMENTS


class _Attached:
    """Reads what listed manifests attach to one subject, all of them within one bound of bytes."""

    def __init__(self, store: RegistryStore, subject: Digest) -> None:
        self._store = store
        self._subject = subject
        self._left = MAX_ATTACHED
        self._lock = Lock()

    def read(self, listed: Descriptor) -> Attachment | Unusable | None:
        """What a manifest attaches; None if it is about something else, or of no known type."""
        try:
            if listed.size > MAX_REFERRER:
                raise MalformedError(f"its manifest has {listed.size} bytes")
            manifest = document(self._store, listed)
            if not isinstance(manifest, ImageManifest) or not speaks_of(manifest, self._subject):
                return None
            self._take(sum(layer.size for layer in manifest.layers))
            return attachment_of(self._store, manifest)
        except (InputError, DeniedError) as error:
            return Unusable(listed.digest, error.message)

    def _take(self, size: int) -> None:
        with self._lock:
            if size > self._left:
                raise MalformedError(f"what is attached is larger than {MAX_ATTACHED} bytes")
            self._left -= size
