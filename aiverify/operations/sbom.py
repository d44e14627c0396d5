"""Writing an artifact's bill of materials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from aiverify.core import names
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import BaseReference
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import UsageError
from aiverify.files.progress import Progress, Silent
from aiverify.operations import clock
from aiverify.operations.examine import Contents, identify, look_into, refuse_misfit
from aiverify.sbom.bom import Bom, Component
from aiverify.sbom.composing.compose import compose
from aiverify.sbom.composing.root import Asked
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.identity import serial_number
from aiverify.sbom.reading import base_at_hand
from aiverify.verify.base import hold_against, refuse_no_adapter
from aiverify.verify.location import Location


@dataclass(frozen=True, slots=True)
class SbomRequest:
    """What to write a bill of, and what whoever asks knows of it.

    `base` and `datasets` are at hand, and pinned by their digests. `advisories` is a database
    of vulnerabilities (OSV), `vex` are files that say which of them matter.
    """

    location: Location
    name: str = ""
    version: str = ""
    author: str = ""
    supplier: str = ""
    base: Location | None = None
    datasets: tuple[Location, ...] = ()
    advisories: Path | None = None
    vex: tuple[Path, ...] = ()

    @property
    def inputs(self) -> tuple[Location | None, ...]:
        """Everything that is read, which nothing may be written over."""
        return (self.location, self.base, *self.datasets, self.advisories, *self.vex)


@dataclass(frozen=True, slots=True)
class WrittenSbom:
    """A bill, what it is called, and what was found on the way.

    `warnings` are sentences about what could not be used; `findings` are where the artifact's
    files contradict each other.
    """

    bom: Bom
    serial: str
    time: datetime
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()


def write_sbom(request: SbomRequest, progress: Progress) -> WrittenSbom:
    """The bill of materials of a target.

    Raises:
        InputError: the target, the database or a VEX file cannot be read.
        MalformedError: a file in it contradicts itself.
        DeniedError: it is an adapter that does not fit the base.
        UsageError: a base is named for what is no adapter, a dataset for what is none, or VEX
            without a database.
    """
    contents = look_into(request.location)
    contents.refuse_malformed()
    base = _base_at_hand(contents, request.base, progress) if request.base else None
    datasets = tuple(_dataset_at_hand(place, progress) for place in request.datasets)
    artifact = _named(identify(contents, progress), request)
    asked = Asked(
        names.check_text(request.author, "the author"),
        names.check_text(request.supplier, "the supplier"),
        name=bool(request.name),
        version=bool(request.version),
    )
    bom = compose(
        artifact, contents.description, contents.files, base=base, datasets=datasets, asked=asked
    )
    warnings: tuple[str, ...] = contents.description.warnings
    if request.advisories or request.vex:
        from aiverify.operations.advisories import with_advisories

        bom, more = with_advisories(bom, request.advisories, request.vex)
        warnings += more
    serial = serial_number(artifact.manifest.root, bom)
    return WrittenSbom(bom, serial, clock.now(), contents.contradictions, warnings)


def sbom_document(
    location: Location,
    progress: Progress | None = None,
    *,
    name: str = "",
    version: str = "",
    base: Location | None = None,
) -> dict[str, Json]:
    """The bill of materials of a target, as a CycloneDX 1.6 document. Raises as `write_sbom`."""
    request = SbomRequest(location, name=name, version=version, base=base)
    written = write_sbom(request, progress or Silent())
    return encode(written.bom, serial=written.serial, timestamp=clock.rfc3339(written.time))


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


def is_ours(document: Mapping[str, Json], artifact: Artifact, contents: Contents) -> bool:
    """Whether a document says exactly what we say of these files.

    The time and the writing program's version do not count. The base model that was at hand
    when it was written is taken from it: its digest cannot be told from an adapter's files.
    """
    ours = sbom_of(artifact, contents, time=None, base=base_at_hand(document))
    return canonical(_timeless(ours)) == canonical(_timeless(document))


def _named(found: Artifact, request: SbomRequest) -> Artifact:
    return replace(
        found,
        name=names.check_text(request.name, "the name") or found.name,
        version=names.check_text(request.version, "the version") or found.version,
    )


def _base_at_hand(contents: Contents, base: Location, progress: Progress) -> BaseReference:
    refuse_no_adapter(contents.description, contents.target)
    held = hold_against(contents.files, contents.description, base)
    refuse_misfit(held, contents.target)
    return held.hashed(progress).reference


def _dataset_at_hand(place: Location, progress: Progress) -> Component:
    from aiverify.sbom.composing.dataset import at_hand

    contents = look_into(place)
    if contents.kind is not Kind.DATASET:
        raise UsageError(
            f"{contents.target.shown} is no dataset: no card, dataset_info or Croissant file in "
            "it describes one, or it holds weights",
            hint="Name a directory whose README.md is a dataset's card.",
        )
    artifact = identify(contents, progress)
    return at_hand(artifact, contents.description, contents.files)


def _timeless(document: Mapping[str, Json]) -> dict[str, Json]:
    metadata = document.get("metadata")
    if not isinstance(metadata, Mapping):
        return dict(document)
    kept = {key: value for key, value in metadata.items() if key not in ("timestamp", "tools")}
    return {**document, "metadata": kept}
