"""Writing an artifact's bill of materials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from aiverify.core import names
from aiverify.core.artifact import Artifact
from aiverify.core.description import BaseReference
from aiverify.core.jsonvalue import Json, canonical
from aiverify.files.progress import Progress
from aiverify.operations import clock
from aiverify.operations.examine import Contents, identify, look_into, refuse_misfit
from aiverify.sbom.compose import compose
from aiverify.sbom.cyclonedx import encode
from aiverify.sbom.identity import serial_number
from aiverify.sbom.reading import base_at_hand
from aiverify.verify.base import hold_against, refuse_no_adapter
from aiverify.verify.location import Location


def sbom_document(
    location: Location,
    progress: Progress,
    *,
    name: str = "",
    version: str = "",
    base: Location | None = None,
) -> dict[str, Json]:
    """The bill of materials of a target, as a CycloneDX 1.6 document.

    Raises:
        InputError: the target cannot be read.
        MalformedError: a file in it contradicts itself.
        DeniedError: it is an adapter that does not fit the base.
        UsageError: a base is named for what is no adapter.
    """
    contents = look_into(location)
    contents.refuse_malformed()
    at_hand = _at_hand(contents, base, progress) if base else None
    found = identify(contents, progress)
    artifact = replace(
        found,
        name=names.check_text(name, "the name") or found.name,
        version=names.check_text(version, "the version") or found.version,
    )
    return sbom_of(artifact, contents, time=clock.now(), base=at_hand)


def sbom_of(
    artifact: Artifact,
    contents: Contents,
    *,
    time: datetime | None,
    base: BaseReference | None = None,
) -> dict[str, Json]:
    """The document for an artifact whose digests are known; no time, for a repeatable one."""
    bom = compose(artifact, contents.description, contents.files, base=base)
    return encode(
        bom,
        serial=serial_number(artifact.manifest.root),
        timestamp=clock.rfc3339(time) if time else None,
    )


def _at_hand(contents: Contents, base: Location, progress: Progress) -> BaseReference:
    refuse_no_adapter(contents.description, contents.target)
    held = hold_against(contents.files, contents.description, base)
    refuse_misfit(held, contents.target)
    return held.hashed(progress).reference


def is_ours(document: Mapping[str, Json], artifact: Artifact, contents: Contents) -> bool:
    """Whether a document says exactly what we say of these files.

    The time and the writing program's version do not count. The base model that was at hand
    when it was written is taken from it: its digest cannot be told from an adapter's files.
    """
    ours = sbom_of(artifact, contents, time=None, base=base_at_hand(document))
    return canonical(_timeless(ours)) == canonical(_timeless(document))


def _timeless(document: Mapping[str, Json]) -> dict[str, Json]:
    metadata = document.get("metadata")
    if not isinstance(metadata, Mapping):
        return dict(document)
    kept = {key: value for key, value in metadata.items() if key not in ("timestamp", "tools")}
    return {**document, "metadata": kept}
