"""`poetry.lock`: what Poetry chose for a project."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe
from aiverify.formats.packages.entry import Gathered, Origin, Package, hashes_of
from aiverify.formats.packages.listing import Elsewhere, PackageList
from aiverify.formats.packages.toml_text import parse

KINDS = {"legacy": "registry", "file": "path"}
"""What Poetry calls an index that is not PyPI, and an archive beside the project."""


class PoetryLock(PackageList):
    """A lock of Poetry.

    States `packages`, each with `name`, `version`, `source` where it is not PyPI, `hashes`,
    `marker`, `place` and `needs`. And `lock_version`.
    """

    name = "poetry_lock"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "poetry.lock"

    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """All packages, whichever platform they are for."""
        fields = Fields(parse(text, "the lock"), "#/")
        if "package" not in fields.members and "metadata" not in fields.members:
            raise MalformedError("the lock has neither packages nor metadata")
        metadata = fields.inner("metadata")
        if version := metadata.text("lock-version"):
            gathered.more["lock_version"] = version
        elsewhere = Elsewhere(found)
        for item in gathered.taking(fields.each("package")):
            package = _package(item, metadata.inner("files"))
            if package.name:
                gathered.add(package)
                elsewhere.note(package)
            else:
                gathered.leave_out(package.place, "", "has no name")
        gathered.warn_all(fields.warnings)


def _package(item: Fields, files: Fields) -> Package:
    version, name = item.text("version"), item.text("name")
    own = "files" in item.members
    markers = item.members.get("markers")
    return Package(
        name=name,
        version=version,
        specifier=f"=={version}" if version else "",
        place=item.where.removesuffix("/"),
        hashes=hashes_of(_hashes(item, "files") if own else _hashes(files, name)),
        marker=markers if isinstance(markers, str) else "",
        origin=_origin(item.inner("source")),
        needs=tuple(item.inner("dependencies").members),
    )


def _hashes(holder: Fields, key: str) -> Iterator[Json]:
    """Hashes of files, which older locks keep by package behind all packages."""
    for file in holder.each(key):
        yield file.text("hash")


def _origin(source: Fields) -> Origin | None:
    kind = source.text("type")
    if not kind:
        return None
    return Origin(KINDS.get(kind, kind), source.text("url"), source.text("resolved_reference"))
