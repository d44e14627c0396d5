"""`Pipfile.lock`: what Pipenv chose for a project."""

from __future__ import annotations

from aiverify.core import jsonvalue
from aiverify.core.fields import Fields
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe
from aiverify.formats.packages.entry import Gathered, Origin, Package, hashes_of, pinned
from aiverify.formats.packages.listing import Elsewhere, PackageList

REPOSITORIES = ("git", "hg", "svn", "bzr")


class PipfileLock(PackageList):
    """A lock of Pipenv.

    States `packages`, each with `name`, `version`, `specifier`, `source` where it is not an
    index, `hashes`, `marker`, `extras`, `place` and its `group` where that is not the default.
    """

    name = "pipfile_lock"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "pipfile.lock"

    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """All packages of all groups."""
        fields = Fields(jsonvalue.load_object(text, "the lock"), "#/")
        elsewhere = Elsewhere(found)
        for group in fields.members:
            if group == "_meta":
                continue
            packages = fields.inner(group)
            for name in gathered.taking(packages.members):
                package = _package(name, packages.inner(name), group)
                gathered.add(package)
                elsewhere.note(package)
        gathered.warn_all(fields.warnings)


def _package(name: str, item: Fields, group: str) -> Package:
    specifier = item.text("version")
    return Package(
        name=name,
        version=pinned(specifier),
        specifier="" if specifier == "*" else specifier,
        place=item.where.removesuffix("/"),
        hashes=hashes_of(item.texts("hashes")),
        marker=item.text("markers"),
        extras=item.texts("extras"),
        group="" if group == "default" else group,
        origin=_origin(item),
    )


def _origin(item: Fields) -> Origin | None:
    for kind in REPOSITORIES:
        if url := item.text(kind):
            return Origin(kind, url, item.text("ref"))
    if url := item.text("file"):
        return Origin("url" if "://" in url and not url.startswith("file:") else "path", url)
    path = item.text("path")
    return Origin("path", path) if path else None
