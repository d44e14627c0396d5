"""`environment.yml` and `conda.yaml`: an environment of Conda's, as MLflow keeps one too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from aiverify.core.facts import Role
from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable
from aiverify.core.words import counted
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe
from aiverify.formats.packages import requirement
from aiverify.formats.packages.entry import Gathered, Origin, Package
from aiverify.formats.packages.listing import Elsewhere
from aiverify.formats.yaml_file import Statement, YamlFile

NAMED = re.compile(r"(?:conda|conda[_-]env|(?:conda[_-])?environment[\w.-]*)\.ya?ml")

MAX_CHANNELS = 100

SPEC = re.compile(
    r"(?:(?P<channel>[^\s:\[]{1,200})::)?(?P<name>[A-Za-z0-9_.-]{1,200})\s*(?P<rest>[^\s\[].*)?"
)
"""A match specification of Conda's: channel, name, versions and build."""

ONE = re.compile(r"==\s*(?P<only>[\w.!+]+)|=\s*(?P<version>[\w.!+]+)=[\w.]+")
"""One version alone: `==1.2`, or `=1.2=build`. `=1.2` allows every version below it."""


class CondaEnvironment(YamlFile):
    """An environment of Conda's.

    States `packages`, those of Conda with the `type` conda and those of pip without, each
    with `name`, `version`, `specifier` and `place`; and `channels`. A document of that name
    that lists no dependencies is any other YAML.
    """

    name = "conda"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return NAMED.fullmatch(probe.base) is not None

    def state(self, probe: Probe, values: Sequence[Json], found: Found) -> Statement:
        """The packages, where there is a list of them."""
        value = values[0] if len(values) == 1 else None
        items = value.get("dependencies") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not _is_list(items):
            return YamlFile().state(probe, values, found)
        gathered, elsewhere = Gathered(printable(probe.name)), Elsewhere(found)
        channels = [item for item in _items(value.get("channels")) if isinstance(item, str)]
        if channels:
            gathered.more["channels"] = channels[:MAX_CHANNELS]
        for place, by_pip, item in gathered.taking(_asked(items)):
            if isinstance(item, str):
                _take(item, place, gathered, elsewhere, by_pip=by_pip)
            else:
                gathered.leave_out(place, kind(item), "is no package")
        summary = counted(len(gathered.packages), "package")
        return Statement(self.name, Role.CODE, summary, gathered.values())


def _asked(items: Json) -> Iterator[tuple[str, bool, Json]]:
    """Where a dependency stands, whether it is pip's, and what it says."""
    for index, item in enumerate(_items(items)):
        place = f"#/dependencies/{index}"
        if isinstance(item, Mapping) and _is_list(asked := item.get("pip")):
            for number, inner in enumerate(_items(asked)):
                yield f"{place}/pip/{number}", True, inner
        else:
            yield place, False, item


def _take(text: str, place: str, gathered: Gathered, elsewhere: Elsewhere, *, by_pip: bool) -> None:
    try:
        package = requirement.of_line(text, place) if by_pip else _by_conda(text, place)
    except ValueError as error:
        gathered.leave_out(place, text, str(error))
        return
    if package:
        gathered.add(package)
        elsewhere.note(package)
    else:
        gathered.leave_out(place, text, "is an option, and is not followed")


def _by_conda(text: str, place: str) -> Package:
    found = SPEC.fullmatch(text.strip()) if len(text) <= requirement.MAX_TEXT else None
    if found is None:
        raise ValueError("is no specification of Conda's")
    specifier, channel = found["rest"] or "", found["channel"]
    only = ONE.fullmatch(specifier)
    return Package(
        name=found["name"],
        version=(only["only"] or only["version"]) if only else "",
        specifier=specifier,
        place=place,
        kind="conda",
        origin=Origin("channel", channel) if channel else None,
    )


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _items(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
