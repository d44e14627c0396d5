"""Where the blobs of a bundle are: in a layout on disk, or in a registry."""

from __future__ import annotations

from typing import Protocol

from aiverify.core import mediatypes, oci
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor, ImageIndex, ImageManifest
from aiverify.files.extent import Extent


class Store(Protocol):
    """Blobs by their descriptors."""

    @property
    def shown(self) -> str:
        """The place, for messages."""
        ...

    def blob(self, descriptor: Descriptor) -> Extent:
        """Where a blob's bytes are.

        Raises:
            MalformedError: it is not there, or its size is not what the descriptor says.
        """
        ...

    def read(self, descriptor: Descriptor, limit: int = oci.MAX_MANIFEST) -> bytes:
        """A small blob's bytes, or a manifest's, checked against their digest.

        Raises:
            DeniedError: they are not the bytes that the digest promises.
            MalformedError: they are more than `limit`.
        """
        ...

    def proven(self, descriptor: Descriptor) -> Digest | None:
        """A blob's digest, where its bytes need not be read to know that it is right."""
        ...


def document(store: Store, descriptor: Descriptor) -> ImageManifest | ImageIndex:
    """The manifest or index that a descriptor leads to.

    Raises:
        DeniedError, MalformedError: as `Store.read`; or it is neither.
    """
    data = store.read(descriptor)
    if descriptor.media_type == mediatypes.OCI_INDEX:
        return oci.parse_index(data, f"{store.shown}: the index {descriptor.digest}")
    return oci.parse_manifest(data, f"{store.shown}: the manifest {descriptor.digest}")
