"""One repository at one registry (distribution-spec 1.1): what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from aiverify.core.digest import Digest
from aiverify.core.mediatypes import COMPONENT_FILE
from aiverify.core.oci import MAX_MANIFEST, Descriptor
from aiverify.core.reference import Reference
from aiverify.files.extent import Extent
from aiverify.files.progress import Progress, Silent
from aiverify.registry.blobs import Blobs
from aiverify.registry.downloads import download
from aiverify.registry.http import Connections
from aiverify.registry.interface import Authorizer
from aiverify.registry.manifests import Fetched, Manifests
from aiverify.registry.place import Place
from aiverify.registry.referrers import Referrers
from aiverify.registry.session import Session
from aiverify.registry.sources import BytesSource, FileSource, RemoteSource
from aiverify.registry.uploads import Uploaded, Uploads

__all__ = ["Fetched", "Repository", "Uploaded", "open_repository"]


def open_repository(
    reference: Reference, place: Place, authorizer: Authorizer | None = None
) -> Repository:
    """The repository of a reference. Nothing is asked yet.

    Without an `authorizer` a challenge is answered with the user's own credentials.

    Raises:
        UsageError: it would be asked in the clear, and is on another machine.
        InputError: the roots to trust cannot be read.
    """
    place.check()
    url = place.url(reference.host)
    connections = Connections(place)
    if authorizer is None:
        from aiverify.registry.tokens import authorizer_for

        authorizer = authorizer_for(reference.host, url, connections)
    return Repository(
        Session(reference.host, url, reference.repository, connections, authorizer), place
    )


class Repository:
    """A repository: its manifests, blobs and referrers.

    Several threads may use it. It is a context manager that closes its connections. Whatever it
    does can end in these:

    Raises:
        DeniedError: the registry refuses, or what it gives is not what was asked for.
        UndecidedError: it is out of reach, too slow or out of order.
        InputError: what is asked for does not exist, or a credential cannot be had.
    """

    def __init__(self, session: Session, place: Place) -> None:
        self.host = session.host
        self.name = session.name
        self._session = session
        self._manifests = Manifests(session)
        self._blobs = Blobs(session)
        self._uploads = Uploads(session, self._blobs, place.state)
        self._referrers = Referrers(session, self._manifests)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Repository({self.host}/{self.name})"

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def fetch(self, pointer: str, limit: int = MAX_MANIFEST) -> Fetched:
        """A manifest by its tag or digest, checked against the digest.

        Raises:
            InputError: there is none.
            MalformedError: it is not a JSON object.
            DeniedError: it is not what the digest, or the registry's own word, says.
        """
        return self._manifests.fetch(pointer, limit)

    def head(self, pointer: str) -> Descriptor | None:
        """What the registry says of a manifest, or None where it has none."""
        return self._manifests.head(pointer)

    def put_manifest(self, data: bytes, media_type: str, pointer: str) -> bool:
        """Store a manifest by a tag or its digest.

        Returns whether the registry says that it lists the manifest among its subject's
        referrers; where it does not, and there is a subject, `add_referrers` has to.
        """
        return self._manifests.put(data, media_type, pointer)

    def delete_manifest(self, digest: Digest) -> bool:
        """Delete a manifest. False where there is none, or the registry deletes none."""
        return self._manifests.delete(digest)

    def tags(self) -> tuple[str, ...]:
        """The repository's tags, in the registry's order."""
        return self._manifests.tags()

    def has_blob(self, descriptor: Descriptor) -> bool:
        """Whether the registry says that it has a blob of this digest and size."""
        return self._blobs.has(descriptor)

    def read_blob(self, descriptor: Descriptor, limit: int) -> bytes:
        """A small blob, checked.

        Raises:
            MalformedError: it is said to be larger than `limit` bytes.
        """
        return self._blobs.read(descriptor, limit)

    def read_range(self, descriptor: Descriptor, start: int, end: int) -> bytes:
        """The bytes of a blob from `start` to before `end`, unchecked.

        Raises:
            MalformedError: they lie outside the blob.
            UndecidedError: the registry gives no parts of a blob, and the part is far in.
        """
        return self._blobs.read_range(descriptor, start, end)

    def stream(
        self,
        descriptor: Descriptor,
        sink: Callable[[bytes | memoryview], object],
        progress: Progress,
    ) -> None:
        """Hand a blob to a sink, each byte once and in order.

        What the sink was given is right only when this returns.

        Raises:
            DeniedError: the bytes were not those of the digest.
        """
        self._blobs.stream(descriptor, sink, progress)

    def download(self, descriptor: Descriptor, path: Path, progress: Progress) -> None:
        """Write a blob to a file, going on from what an earlier try left beside it.

        The file has its name only when its bytes are right; until then they are in
        `<name>.partial`.

        Raises:
            DeniedError: the bytes were not those of the digest; they are removed.
            OutputError: they cannot be written.
        """
        download(self._blobs, descriptor, path, progress)

    def upload(
        self, descriptor: Descriptor, extent: Extent, progress: Progress, *, mount_from: str = ""
    ) -> Uploaded:
        """See that the registry has a blob, sending what it lacks.

        `mount_from` is another repository of the registry that may have it already. Bytes that
        the registry has count as progress.

        Raises:
            DeniedError: the extent's bytes are not those of the digest; nothing is stored.
            ChangedError: the file changed meanwhile.
        """
        with extent.open() as reader:
            return self._uploads.upload(descriptor, FileSource(reader), progress, mount_from)

    def push_bytes(self, data: bytes) -> Uploaded:
        """See that the registry has a small blob. Raises as `upload`."""
        descriptor = Descriptor(COMPONENT_FILE, Digest.of(data), len(data))
        return self._uploads.upload(descriptor, BytesSource(data), Silent(), "")

    def copy_blob_from(
        self, other: Repository, descriptor: Descriptor, progress: Progress
    ) -> Uploaded:
        """See that the registry has a blob of another repository, keeping it nowhere else.

        Raises:
            DeniedError: the other's bytes are not those of the digest; nothing is stored.
        """
        mount_from = other.name if other.host == self.host else ""
        source = RemoteSource(other._blobs, descriptor)
        return self._uploads.upload(descriptor, source, progress, mount_from)

    def referrers(self, digest: Digest) -> tuple[Descriptor, ...]:
        """What is said to speak of a manifest, each once. Only the manifests tell if it does."""
        return self._referrers.find(digest)

    def add_referrers(self, descriptors: Sequence[Descriptor], subject: Digest) -> None:
        """List manifests among a subject's referrers, in a registry that does not by itself.

        Raises:
            UndecidedError: others write at the same time without end, or the tag in which
                the list is holds something else.
        """
        self._referrers.add(descriptors, subject)
