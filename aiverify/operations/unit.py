"""Packing a base model and its adapters as one deployable unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from aiverify.bundle import build as building
from aiverify.core import mediatypes, names
from aiverify.core.artifact import Artifact, Kind
from aiverify.core.description import BaseReference
from aiverify.core.jsonvalue import canonical
from aiverify.core.names import printable
from aiverify.errors import UsageError
from aiverify.files.progress import Progress
from aiverify.operations import clock
from aiverify.operations.bundle import Bundled, BundleRequest, own_signature_of, packed, source
from aiverify.operations.examine import Contents, refuse_misfit
from aiverify.operations.sbom import sbom_of
from aiverify.verify.base import hold_against


def bundle_unit(request: BundleRequest, model: Contents, progress: Progress) -> Bundled:
    """Write a model and its adapters as one bundle, once each is known to fit it."""
    adapters = [source(path, Kind.ADAPTER) for path in request.adapters]
    for adapter in adapters:
        base = hold_against(adapter.files, adapter.description, request.source)
        refuse_misfit(base, adapter.target)
    every = (model, *adapters)
    folders = _folders(every)
    version = names.check_text(request.version, "the version")
    unit = building.Unit(
        names.check_text(request.name, "the name") or model.name,
        version,
        folders,
        (
            packed(Kind.MODEL, model, "", version),
            *(packed(Kind.ADAPTER, adapter, "", version) for adapter in adapters),
        ),
    )
    built = building.build(
        unit,
        request.out,
        _Attachments(every, folders),
        progress,
        mtime=clock.file_time(),
        link=request.link,
    )
    return Bundled(
        built,
        tuple(name for contents in every for name in contents.left_out),
        tuple(name for contents in every for name in contents.tree.empty_directories),
        tuple(finding for contents in every for finding in contents.findings),
    )


class _Attachments:
    """What is attached to the parts of a unit, in their order, and then to the whole of it."""

    def __init__(self, parts: Sequence[Contents], folders: Sequence[str]) -> None:
        self._waiting = list(parts)
        self._whole = _together(parts, folders)
        self._model = parts[0]
        self._base: BaseReference | None = None

    def __call__(self, artifact: Artifact) -> Sequence[tuple[str, str, bytes]]:
        time = clock.stated()
        if not self._waiting:
            document = sbom_of(artifact, self._whole, time=time)
            return ((mediatypes.SBOM, "", canonical(document)),)
        contents = self._waiting.pop(0)
        document = sbom_of(artifact, contents, time=time, base=self._base)
        self._base = self._base or BaseReference(artifact.name, digest=str(artifact.digest))
        return ((mediatypes.SBOM, "", canonical(document)), *own_signature_of(contents.target))


def _together(parts: Sequence[Contents], folders: Sequence[str]) -> Contents:
    """The files of all parts, each in its folder, under what the base model says of itself."""
    files = tuple(
        replace(item, name=f"{folder}/{item.name}")
        for folder, contents in zip(folders, parts, strict=True)
        for item in contents.files
    )
    ordered = tuple(sorted(files, key=lambda item: item.name))
    return replace(parts[0], files=ordered)


def _folders(parts: Sequence[Contents]) -> tuple[str, ...]:
    """The folder of each part: the name of the directory that it comes from.

    Raises:
        UsageError: two have the same.
        UnsafeNameError: they are the same where case is ignored.
    """
    found = tuple(names.check(contents.target.own_name) for contents in parts)
    for name, count in Counter(found).items():
        if count > 1:
            raise UsageError(
                f"{count} parts are called {printable(name)}",
                hint="Each gets a folder of its directory's name: rename one.",
            )
    names.check_all(found)
    return found
