"""`uv.lock`: what uv chose for a project, and what each package needs."""

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

SOURCES = ("registry", "git", "url", "path", "directory", "editable", "virtual")


class UvLock(PackageList):
    """A lock of uv.

    States `packages`, each with `name`, `version`, `source` (`kind` and `url`), `hashes`,
    `place` and `needs`: the packages that it needs, by name, so that they make a graph. And
    `lock_version`, `requires_python` where it is given, and `project`: the name of what the
    lock is for, which is no package of it.
    """

    name = "uv_lock"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "uv.lock"

    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """All packages, whichever platform they are for."""
        fields = Fields(parse(text, "the lock"), "#/")
        version = fields.integer("version")
        if version is None:
            raise MalformedError("the lock says no version")
        gathered.more["lock_version"] = version
        if python := fields.text("requires-python"):
            gathered.more["requires_python"] = python
        elsewhere = Elsewhere(found)
        for item in gathered.taking(fields.each("package")):
            package = _package(item)
            if _is_project(package):
                gathered.more["project"] = package.name
            elif package.name:
                gathered.add(package)
                elsewhere.note(package)
            else:
                gathered.leave_out(package.place, "", "has no name")
        gathered.warn_all(fields.warnings)


def _is_project(package: Package) -> bool:
    """Whether a package is the project beside the lock."""
    origin = package.origin
    return origin is not None and origin.kind in ("virtual", "editable") and origin.url == "."


def _package(item: Fields) -> Package:
    version = item.text("version")
    return Package(
        name=item.text("name"),
        version=version,
        specifier=f"=={version}" if version else "",
        place=item.where.removesuffix("/"),
        hashes=hashes_of(_hashes(item)),
        origin=_origin(item.inner("source")),
        needs=tuple(_needs(item)),
    )


def _origin(source: Fields) -> Origin | None:
    for kind in SOURCES:
        if place := source.text(kind):
            address, _, revision = place.partition("#") if kind == "git" else (place, "", "")
            return Origin(kind, address, revision)
    return None


def _hashes(item: Fields) -> Iterator[Json]:
    """Of the source archive and of all wheels."""
    yield item.inner("sdist").text("hash")
    for wheel in item.each("wheels"):
        yield wheel.text("hash")


def _needs(item: Fields) -> Iterator[str]:
    """The packages that are needed, with those of every extra and group of development."""
    yield from _names(item, "dependencies")
    for table in ("optional-dependencies", "dev-dependencies"):
        group = item.inner(table)
        for name in group.members:
            yield from _names(group, name)


def _names(item: Fields, key: str) -> Iterator[str]:
    for needed in item.each(key):
        if name := needed.text("name"):
            yield name
