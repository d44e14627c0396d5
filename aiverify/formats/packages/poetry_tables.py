"""What a project's description says to Poetry alone, in `[tool.poetry]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.fields import Fields
from aiverify.formats.packages.entry import Origin, Package, pinned

PYTHON = "python"
"""The one dependency that is no package."""

PLACES = ("git", "url", "path")


def packages(poetry: Fields) -> Iterator[Package]:
    """The dependencies of `[tool.poetry]` and of its groups, as Poetry writes versions."""
    yield from _table(poetry.inner("dependencies"), "")
    yield from _table(poetry.inner("dev-dependencies"), "dev")
    groups = poetry.inner("group")
    for group in groups.members:
        yield from _table(groups.inner(group).inner("dependencies"), group)


def _table(table: Fields, group: str) -> Iterator[Package]:
    for name, value in table.members.items():
        # Several constraints for one package are a list, each for an environment of its own.
        for item in value if isinstance(value, list) else (value,):
            if name.lower() != PYTHON:
                members = item if isinstance(item, Mapping) else {"version": item}
                place = table.source(name)
                yield _package(name, Fields(members, f"{place}/", table.warnings), place, group)


def _package(name: str, item: Fields, place: str, group: str) -> Package:
    asked = item.text("version")
    specifier = "" if asked == "*" else asked
    kind = next((kind for kind in PLACES if item.text(kind)), "")
    return Package(
        name=name,
        version=pinned(specifier),
        specifier=specifier,
        place=place,
        marker=item.text("markers"),
        extras=item.texts("extras"),
        group=group,
        origin=Origin(kind, item.text(kind), item.text("rev")) if kind else None,
    )
