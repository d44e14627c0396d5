"""The manifest of a signature, an attestation or an SBOM that is attached to an artifact."""

from __future__ import annotations

from aiverify.core import mediatypes, oci
from aiverify.core.digest import Digest
from aiverify.core.oci import Descriptor, ImageManifest


def about(
    subject: Descriptor, artifact_type: str, predicate_type: str, data: bytes
) -> ImageManifest:
    """A manifest that speaks of another (image-spec 1.1, `subject`), as cosign 3 writes it.

    It has the empty config, and `data` as its only layer.
    """
    annotations = {}
    if artifact_type == mediatypes.SIGNATURE:
        annotations = {
            mediatypes.CONTENT: "dsse-envelope",
            mediatypes.PREDICATE: predicate_type,
        }
    config = Descriptor(mediatypes.OCI_EMPTY, Digest.of(oci.EMPTY_CONFIG), len(oci.EMPTY_CONFIG))
    layer = Descriptor(artifact_type, Digest.of(data), len(data))
    plain = Descriptor(subject.media_type, subject.digest, subject.size)
    return ImageManifest(artifact_type, config, (layer,), plain, annotations)
