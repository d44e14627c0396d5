"""Pushing policies to a registry, in the form in which conftest pulls them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from aiverify.core import mediatypes, oci
from aiverify.core.digest import Digest
from aiverify.core.names import printable
from aiverify.core.oci import Descriptor, ImageManifest
from aiverify.errors import InputError
from aiverify.files.extent import Extent
from aiverify.files.progress import Progress
from aiverify.operations.attaching import listed
from aiverify.operations.push import Pushed, refuse_other_digest
from aiverify.operations.shipment import Packed, Shipment, for_each
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import MAX_BYTES, load, policies_below
from aiverify.registry.repository import Uploaded, open_repository
from aiverify.verify.location import InRegistry


def push_policies(path: Path, to: InRegistry, progress: Progress) -> Pushed:
    """Push a directory of policies with their tests. The same files give the same digest.

    They are loaded first: what does not compile goes nowhere.

    Raises:
        InputError: it is no directory, or holds no policy.
        MalformedError: one does not compile, or calls what it may not.
        DeniedError: the registry refuses.
        UndecidedError: it is out of reach.
    """
    files = _files(path)
    EmbeddedEngine(load([path]), {}).close()
    layers = tuple(
        Descriptor(
            mediatypes.POLICY_LAYER,
            Digest.of(extent.read(MAX_BYTES)),
            extent.size,
            {mediatypes.TITLE: name},
        )
        for name, extent in sorted(files.items())
    )
    config = Descriptor(mediatypes.POLICY_CONFIG, Digest.of(oci.EMPTY_CONFIG), 2)
    manifest = ImageManifest(mediatypes.POLICY_CONFIG, config, layers)
    packed = Packed(*listed(manifest.to_bytes(), manifest))
    refuse_other_digest(to.reference, packed.descriptor.digest)
    counted: Counter[Uploaded] = Counter()
    with open_repository(to.reference, to.place) as repository:
        progress.begin("Pushing", sum(layer.size for layer in layers))
        counted[repository.push_bytes(oci.EMPTY_CONFIG)] += 1

        def send(layer: Descriptor) -> None:
            extent = files[layer.annotations[mediatypes.TITLE]]
            counted[repository.upload(layer, extent, progress)] += 1

        for_each(layers, send)
        digest = str(packed.descriptor.digest)
        for pointer in filter(None, (digest, to.reference.tag)):
            repository.put_manifest(packed.data, mediatypes.OCI_MANIFEST, pointer)
    shipment = Shipment((packed,), (), (config, *layers), frozenset())
    return Pushed(to.reference, packed.descriptor.digest, shipment, counted)


def _files(path: Path) -> dict[str, Extent]:
    if not path.is_dir():
        raise InputError(
            f"{printable(str(path))} is no directory of policies", hint="Name the directory."
        )
    return dict(policies_below(path, tests=True))
