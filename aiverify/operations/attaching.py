"""Putting what speaks of a bundle's artifact beside it, in its layout or in its registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aiverify.bundle import attachment
from aiverify.bundle.layout import Layout
from aiverify.bundle.opened import Bundle
from aiverify.core import mediatypes, oci
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor

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
    manifests = [attachment.about(bundle.descriptor, *item) for item in items]
    put_referrers(
        repository,
        bundle.descriptor.digest,
        [
            (Descriptor(mediatypes.OCI_MANIFEST, Digest.of(data), len(data)), data, artifact_type)
            for data, artifact_type in ((m.to_bytes(), m.artifact_type) for m in manifests)
        ],
    )


def put_referrers(
    repository: Repository, subject: Digest, items: Sequence[tuple[Descriptor, bytes, str]]
) -> None:
    """Push manifests that speak of another, and see that the registry lists them there.

    Each comes with its bytes and its artifact type.

    Raises:
        DeniedError, UndecidedError: as the repository.
    """
    unlisted = [
        replace(descriptor, artifact_type=artifact_type, annotations={})
        for descriptor, data, artifact_type in items
        if not repository.put_manifest(data, descriptor.media_type, str(descriptor.digest))
    ]
    if unlisted:
        repository.add_referrers(unlisted, subject)
