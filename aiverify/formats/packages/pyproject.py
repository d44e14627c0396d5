"""`pyproject.toml`: what a project says it needs (the specification of its `[project]`)."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.fields import Fields
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe
from aiverify.formats.packages import poetry_tables, requirement
from aiverify.formats.packages.entry import Gathered, Package
from aiverify.formats.packages.listing import Elsewhere, PackageList
from aiverify.formats.packages.toml_text import parse


class Pyproject(PackageList):
    """A project's description.

    States `packages` as requirements do, with the extra or the group that asks for a package
    as its `group`, and of the project itself `project` (its name), `version`,
    `requires_python` and `licence` where they are given. What Poetry is told counts where the
    project itself names no dependencies. What building it needs is no part.
    """

    name = "pyproject"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "pyproject.toml"

    def gather(self, text: str, gathered: Gathered, found: Found) -> None:
        """The project's dependencies, those of its extras and of its groups."""
        fields = Fields(parse(text, "the document"), "#/")
        project = fields.inner("project")
        for key, name in (
            ("name", "project"),
            ("version", "version"),
            ("requires-python", "requires_python"),
        ):
            if value := project.text(key):
                gathered.more[name] = value
        if isinstance(licence := project.members.get("license"), str):
            gathered.more["licence"] = licence
        if "dependencies" in project.texts("dynamic"):
            gathered.warn(": its dependencies are made when it is built, and are not known")
        elsewhere = Elsewhere(found)
        for package in gathered.taking(self._packages(fields, project, gathered)):
            gathered.add(package)
            elsewhere.note(package)
        gathered.warn_all(fields.warnings)

    def _packages(self, fields: Fields, project: Fields, gathered: Gathered) -> Iterator[Package]:
        for place, group, asked in _asked(fields, project):
            package = requirement.parse(asked, place, group=group)
            if package:
                yield package
            else:
                gathered.leave_out(place, asked, "is no requirement")
        if "dependencies" not in project.members:
            yield from poetry_tables.packages(fields.inner("tool").inner("poetry"))


def _asked(fields: Fields, project: Fields) -> Iterator[tuple[str, str, str]]:
    """Where a requirement stands, the group that asks for it, and its text."""
    for index, asked in enumerate(project.texts("dependencies")):
        yield f"#/project/dependencies/{index}", "", asked
    for table in (project.inner("optional-dependencies"), fields.inner("dependency-groups")):
        for group, members in table.members.items():
            # A group may include another one, which is a table and no text.
            for index, asked in enumerate(members if isinstance(members, list) else ()):
                if isinstance(asked, str):
                    yield f"{table.source(group)}/{index}", group, asked
