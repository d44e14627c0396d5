"""Pushing a bundle to a registry, and copying an artifact from one registry to another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from aiverify.bundle.layout import Layout, only_artifact, open_layout
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor
from aiverify.core.reference import Reference
from aiverify.errors import UsageError
from aiverify.files.progress import Progress
from aiverify.operations.shipment import Shipment, deliver, gather
from aiverify.registry.repository import Uploaded, open_repository
from aiverify.verify.location import InRegistry


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was pushed, where it is now, and how each blob came to be there."""

    reference: Reference
    digest: Digest
    shipment: Shipment
    blobs: Counter[Uploaded]


def push_bundle(path: Path, to: InRegistry, progress: Progress) -> Pushed:
    """Push a bundle with all that is attached to it. What the registry has is not sent again.

    Raises:
        InputError: it is no bundle, or a broken one.
        DeniedError: a blob was altered, or the registry refuses.
        UndecidedError: the registry is out of reach.
        UsageError: it is to be pushed under the digest of something else.
    """
    layout = open_layout(path)
    main = only_artifact(layout).descriptor
    shipment = gather(layout, main, lambda _: _speaking(layout, main))
    refuse_other_digest(to.reference, main.digest)
    counted: Counter[Uploaded] = Counter()
    with open_repository(to.reference, to.place) as repository:

        def send(blob: Descriptor, progress: Progress) -> None:
            counted[repository.upload(blob, layout.blob(blob), progress)] += 1

        progress.begin("Pushing", shipment.size)
        deliver(shipment, repository, send, to.reference.tag, progress)
    return Pushed(to.reference, main.digest, shipment, counted)


def copy_artifact(source: InRegistry, to: InRegistry, progress: Progress) -> Pushed:
    """Copy an artifact with all that speaks of it. No blob is kept on the way.

    Raises:
        InputError: there is no such artifact.
        DeniedError: a registry refuses, or gives other bytes than a digest promises.
        UndecidedError: a registry is out of reach.
        UsageError: it is to be copied under the digest of something else.
    """
    from aiverify.verify.remote import RegistryStore

    counted: Counter[Uploaded] = Counter()
    with (
        open_repository(source.reference, source.place) as theirs,
        open_repository(to.reference, to.place) as ours,
    ):
        main = theirs.fetch(source.reference.pointer).descriptor
        refuse_other_digest(to.reference, main.digest)
        store = RegistryStore(theirs, str(source))
        shipment = gather(store, main, store.referrers)

        def send(blob: Descriptor, progress: Progress) -> None:
            counted[ours.copy_blob_from(theirs, blob, progress)] += 1

        progress.begin("Copying", shipment.size)
        deliver(shipment, ours, send, to.reference.tag, progress)
    return Pushed(to.reference, main.digest, shipment, counted)


def _speaking(layout: Layout, main: Descriptor) -> list[Descriptor]:
    """Whatever else a layout lists: what it speaks of, it says itself."""
    return [item for item in layout.manifests if item.digest != main.digest]


def refuse_other_digest(reference: Reference, digest: Digest) -> None:
    """Stop before something is pushed under the digest of something else.

    Raises:
        UsageError: the reference names another digest.
    """
    if reference.digest and reference.digest != digest:
        raise UsageError(
            f"{reference} names another digest than the artifact's, {digest}",
            hint="Give a tag.",
        )
