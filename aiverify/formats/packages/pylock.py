"""`pylock.toml`: a lock that any installer of Python packages reads (PEP 751)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiverify.errors import MalformedError
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe
from aiverify.formats.packages import entry
from aiverify.formats.packages.entry import Gathered, Origin
from aiverify.formats.packages.listing import Elsewhere, PackageList
from aiverify.formats.packages.toml_text import load

if TYPE_CHECKING:
    from packaging.pylock import Package

NAMED = re.compile(r"pylock(?:\.[^.]+)?\.toml")


class Pylock(PackageList):
    """A lock as PEP 751 writes it.

    States `packages`, each with `name`, `version`, `source`, `hashes`, `marker`, `place` and
    `needs` where the lock says what a package needs. And `lock_version`, `created_by`, and
    `requires_python` where it is given.
    """

    name = "pylock"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return NAMED.fullmatch(probe.base) is not None

    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """All packages, whichever platform they are for."""
        from packaging.pylock import Pylock as Lock
        from packaging.pylock import PylockValidationError

        members = load(text, "the lock")
        try:
            lock = Lock.from_dict(members)
        except (PylockValidationError, ValueError, RecursionError) as error:
            raise MalformedError(f"the lock is not of PEP 751: {error}") from error
        gathered.more["lock_version"] = str(lock.lock_version)
        gathered.more["created_by"] = lock.created_by
        if lock.requires_python:
            gathered.more["requires_python"] = str(lock.requires_python)
        elsewhere = Elsewhere(found)
        for index, item in gathered.taking(enumerate(lock.packages)):
            package = _package(item, f"#/packages/{index}")
            gathered.add(package)
            elsewhere.note(package)


def _package(item: Package, place: str) -> entry.Package:
    version = str(item.version) if item.version else ""
    needs = item.dependencies
    return entry.Package(
        name=str(item.name),
        version=version,
        specifier=f"=={version}" if version else "",
        place=place,
        hashes=tuple(_hashes(item)),
        marker=str(item.marker or ""),
        origin=_origin(item),
        needs=tuple(_names(item)) if needs is not None else None,
    )


def _names(item: Package) -> Iterator[str]:
    for needed in item.dependencies or ():
        name = needed.get("name")
        if isinstance(name, str):
            yield name


def _hashes(item: Package) -> Iterator[str]:
    for file in (item.archive, item.sdist, *(item.wheels or ())):
        if file is not None:
            for algorithm, digest in file.hashes.items():
                yield f"{algorithm}:{digest}"


def _origin(item: Package) -> Origin | None:
    if item.vcs:
        return Origin(item.vcs.type, item.vcs.url or item.vcs.path or "", item.vcs.commit_id)
    if item.archive:
        return Origin(
            "url" if item.archive.url else "path", item.archive.url or item.archive.path or ""
        )
    if item.directory:
        kind = "editable" if item.directory.editable else "directory"
        return Origin(kind, item.directory.path)
    return Origin("registry", item.index) if item.index else None
