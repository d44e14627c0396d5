"""Putting what speaks of a bundle's artifact beside it, in its layout or in its registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiverify.bundle import attachment
from aiverify.bundle.layout import Layout
from aiverify.bundle.opened import Bundle
from aiverify.core import mediatypes, oci
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor, ImageIndex, ImageManifest

if TYPE_CHECKING:
    from aiverify.registry.repository import Repository

Attachment = tuple[str, str, bytes]
"""Artifact type, predicate type, and what is attached."""


def attach_to(bundle: Bundle, items: Sequence[Attachment]) -> None:
    """Attach signatures and attestations to the artifact of an opened bundle.

    Raises:
        OutputError: a layout cannot be written.
        DeniedError: a registry refuses.
        UndecidedError: it is out of reach.
    """
    if isinstance(bundle.store, Layout):
        from aiverify.bundle.attach import attach

        attach(bundle.store, bundle.descriptor, items)
        return
    from aiverify.verify.remote import RegistryStore

    assert isinstance(bundle.store, RegistryStore)
    repository = bundle.store.repository
    for item in items:
        for blob in (oci.EMPTY_CONFIG, item[2]):
            repository.push_bytes(blob)
    manifests = (attachment.about(bundle.descriptor, *item) for item in items)
    put_referrers(
        repository, bundle.descriptor.digest, [listed(item.to_bytes(), item) for item in manifests]
    )


def listed(
    data: bytes, manifest: ImageManifest | ImageIndex, media_type: str = mediatypes.OCI_MANIFEST
) -> tuple[Descriptor, bytes]:
    """A manifest as a list of referrers has it (distribution-spec 1.1), and its bytes."""
    artifact_type, annotations = manifest.artifact_type, manifest.annotations
    return Descriptor(media_type, Digest.of(data), len(data), annotations, artifact_type), data


def put_referrers(
    repository: Repository, subject: Digest, items: Sequence[tuple[Descriptor, bytes]]
) -> None:
    """Push manifests that speak of another, and see that the registry lists them there.

    Raises:
        DeniedError, UndecidedError: as the repository.
    """
    unlisted = [
        descriptor
        for descriptor, data in items
        if not repository.put_manifest(data, descriptor.media_type, str(descriptor.digest))
    ]
    if unlisted:
        repository.add_referrers(unlisted, subject)
