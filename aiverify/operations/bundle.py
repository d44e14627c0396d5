"""Packing a model, an adapter or a component, with its SBOM and the signature it has."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiverify.bundle import build as building
from aiverify.bundle.build import Built
from aiverify.core import mediatypes, names
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import canonical
from aiverify.core.names import printable
from aiverify.errors import InputError, UsageError
from aiverify.files.extent import Extent, mode_of
from aiverify.files.output import refuse_existing
from aiverify.files.progress import Progress
from aiverify.operations import clock
from aiverify.operations.examine import Contents, look_into, refuse_misfit
from aiverify.operations.sbom import sbom_of
from aiverify.signing import oms, signature_file
from aiverify.verify.base import Base, hold_against
from aiverify.verify.location import Location
from aiverify.verify.target import Form, Target


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What to pack, as what, and where to.

    `base` is the base model of an adapter, `adapters` are what a model is deployed with.
    """

    source: Path
    out: Path
    kind: Kind
    name: str = ""
    version: str = ""
    base: Location | None = None
    adapters: tuple[Path, ...] = ()
    link: bool = False


@dataclass(frozen=True, slots=True)
class Bundled:
    """The bundle that was written, what was left out of it, and what the readers found."""

    built: Built
    ignored: tuple[str, ...]
    empty_directories: tuple[str, ...]
    findings: tuple[Finding, ...]


def bundle_artifact(request: BundleRequest, progress: Progress) -> Bundled:
    """Write a bundle. The same files give the same bytes.

    Raises:
        InputError: the source cannot be read, is empty, or contradicts itself.
        DeniedError: the adapter does not fit the base.
        OutputError: the bundle exists already or cannot be written.
        UsageError: the bundle would lie inside its own source.
    """
    _refuse_nesting(request)
    refuse_existing(request.out)
    contents = source(request.source, request.kind)
    if request.adapters:
        from aiverify.operations.unit import bundle_unit

        return bundle_unit(request, contents, progress)
    base = _base(request, contents)
    pinned = base.hashed(progress) if base else None

    def attachments(artifact: Artifact) -> Sequence[tuple[str, str, bytes]]:
        document = sbom_of(
            artifact, contents, time=clock.stated(), base=pinned.reference if pinned else None
        )
        return ((mediatypes.SBOM, "", canonical(document)), *own_signature_of(contents.target))

    built = building.build(
        packed(
            request.kind,
            contents,
            names.check_text(request.name, "the name"),
            names.check_text(request.version, "the version"),
        ),
        request.out,
        attachments,
        progress,
        mtime=clock.file_time(),
        link=request.link,
    )
    return Bundled(built, contents.left_out, contents.tree.empty_directories, contents.findings)


def source(path: Path, kind: Kind) -> Contents:
    """What is to be packed, looked into.

    Raises:
        InputError: it cannot be read, or is of another kind.
        MalformedError: a file in it contradicts itself.
    """
    contents = look_into(path)
    _refuse_other_kind(kind, contents)
    contents.refuse_malformed()
    return contents


def packed(kind: Kind, contents: Contents, name: str, version: str) -> building.Contents:
    """What goes into a bundle of what was looked into."""
    return building.Contents(
        kind,
        name or contents.name,
        version,
        contents.tree.members,
        contents.files,
        contents.description,
    )


def _base(request: BundleRequest, contents: Contents) -> Base | None:
    if request.base is None:
        return None
    base = hold_against(contents.files, contents.description, request.base)
    refuse_misfit(base, contents.target)
    return base


def own_signature_of(target: Target) -> tuple[tuple[str, str, bytes], ...]:
    """A directory's own signature comes along: it speaks of the same digests.

    It is read, so that what is no signature is not carried as one.
    """
    if target.form is not Form.DIRECTORY or not mode_of(target.signature_path):
        return ()
    data = Extent.of_file(target.signature_path).read(signature_file.MAX_SIZE)
    signature_file.parse(data, str(target.signature_path))
    return ((mediatypes.SIGNATURE, oms.PREDICATE, data),)


def _refuse_nesting(request: BundleRequest) -> None:
    for source in (request.source, *request.adapters):
        is_directory = stat.S_ISDIR(mode_of(source) or 0)
        if is_directory and request.out.resolve().is_relative_to(source.resolve()):
            raise UsageError(
                f"{printable(str(request.out))} lies inside {printable(str(source))}, so the "
                "next bundle would hold this one",
                hint="Write the bundle somewhere else.",
            )


def _refuse_other_kind(kind: Kind, contents: Contents) -> None:
    shown = contents.target.shown
    if contents.target.bundle:
        raise InputError(f"{shown} is a bundle already")
    if kind is Kind.ADAPTER and contents.description.adapter is None:
        raise InputError(
            f"{shown} has no adapter_config.json that can be read, so it is no adapter",
            hint="Pack a model with `aiverify bundle model`.",
        )
