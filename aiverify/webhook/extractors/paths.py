"""Paths into an object: the grammar of the table and of profiles, and JSON pointers.

    path   = 1*step
    step   = "." name | "[" string "]" | "[*]" | ".*" | ".."name
    name   = letter, digit, "_" and "-"
    string = a JSON string, for names that have other characters

`[*]` is every item of an array, `.*` every member of an object, and `..name` every member of
that name at any depth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import UsageError

MAX_PATH = 1000
"""Characters of a path that a profile may have."""

MAX_DEPTH = 100
"""Nesting below which nobody looks: the API server takes none that is deeper in an object."""

_STEP = re.compile(
    r"(?P<deep>\.\.(?P<below>[A-Za-z0-9_-]+))|(?P<any>\.\*)|\.(?P<name>[A-Za-z0-9_-]+)"
    r'|(?P<items>\[\*\])|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]'
)


@dataclass(frozen=True, slots=True)
class Member:
    """The member of a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """Every item of an array."""


@dataclass(frozen=True, slots=True)
class Members:
    """Every member of an object, and nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Below:
    """Every member of a name, at any depth."""

    name: str


Step = Member | Items | Members | Below
Key = str | int


@dataclass(frozen=True, slots=True)
class Spot:
    """What a path leads to. `wrong` says that the way ends there, in a value of a wrong type."""

    value: Json
    keys: tuple[Key, ...] = ()
    wrong: bool = False

    @property
    def pointer(self) -> str:
        """Where it is (RFC 6901)."""
        return pointer(*self.keys)

    def to(self, key: Key, value: Json) -> Spot:
        """What lies in it under a key."""
        return Spot(value, (*self.keys, key))


def pointer(*keys: Key) -> str:
    """The JSON pointer of these keys (RFC 6901, section 3)."""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[Step, ...]:
    """Read a path.

    Raises:
        UsageError: it is none.
    """
    steps: list[Step] = []
    at = 0
    while at < len(text) <= MAX_PATH and (found := _STEP.match(text, at)):
        steps.append(_step(found, text))
        at = found.end()
    if at < len(text) or not steps:
        raise _refused(text)
    return tuple(steps)


def walk(document: Json, path: str) -> Iterator[Spot]:
    """What a path leads to, in the order of the document.

    Nothing where a member is missing or null. A member of a wrong type on the way, where the
    rest of the path cannot be followed, is a spot that is `wrong`.

    Raises:
        UsageError: the path is none.
    """
    level = [Spot(document)]
    for step in parse(path):
        level = [spot for above in level for spot in _below(above, step)]
    return iter(level)


def beside(document: Json, path: str, spot: Spot, beside_path: str) -> Iterator[Spot]:
    """What another path leads to for the same items: `.rules[*].revision` for `.rules[*].id`.

    Raises:
        UsageError: a path is none.
    """
    steps, others = parse(path), parse(beside_path)
    common = 0
    while common < min(len(steps), len(others)) and steps[common] == others[common]:
        common += 1
    if any(isinstance(step, Below) for step in steps[:common]):
        return walk(document, beside_path)
    start = Spot(document)
    for key in spot.keys[:common]:
        value = _at(start.value, key)
        start = start.to(key, value)
    level = [start]
    for step in others[common:]:
        level = [found for above in level for found in _below(above, step)]
    return iter(level)


def _step(found: re.Match[str], text: str) -> Step:
    if found["deep"]:
        return Below(found["below"])
    if found["any"]:
        return Members()
    if found["items"]:
        return Items()
    if found["name"]:
        return Member(found["name"])
    try:
        return Member(str(json.loads(found["quoted"])))
    except ValueError as error:
        raise _refused(text) from error


def _refused(text: str) -> UsageError:
    return UsageError(
        f"'{printable(text[:200])}' is no path into an object",
        hint='Write it as .spec.model.uri, .spec.rules[*].model_id or .spec["quoted.key"].',
    )


def _at(value: Json, key: Key) -> Json:
    if isinstance(value, Mapping) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        item: Json = value[key]
        return item
    return None


def _below(spot: Spot, step: Step) -> Iterator[Spot]:
    if spot.wrong:
        yield spot
    elif spot.value is None:
        return
    elif isinstance(step, Below):
        yield from _deep(spot, step.name)
    elif isinstance(step, Members):
        yield from _members(spot)
    elif isinstance(step, Items):
        yield from _items(spot)
    elif isinstance(spot.value, Mapping):
        if spot.value.get(step.name) is not None:
            yield spot.to(step.name, spot.value[step.name])
    else:
        yield Spot(spot.value, spot.keys, wrong=True)


def _members(spot: Spot) -> Iterator[Spot]:
    if isinstance(spot.value, Mapping):
        for name, value in spot.value.items():
            # `.*` tells apart by the type, as its members are of any kind.
            if isinstance(value, Mapping):
                yield spot.to(name, value)


def _items(spot: Spot) -> Iterator[Spot]:
    if isinstance(spot.value, list):
        for index, value in enumerate(spot.value):
            yield spot.to(index, value)
    else:
        yield Spot(spot.value, spot.keys, wrong=True)


def _deep(top: Spot, name: str) -> Iterator[Spot]:
    waiting = [top]
    while waiting:
        spot = waiting.pop()
        if len(spot.keys) > MAX_DEPTH:
            yield Spot(spot.value, spot.keys, wrong=True)
        elif isinstance(spot.value, Mapping):
            if spot.value.get(name) is not None:
                yield spot.to(name, spot.value[name])
            waiting += [spot.to(key, value) for key, value in spot.value.items() if _holds(value)]
        elif isinstance(spot.value, list):
            waiting += [
                spot.to(key, value) for key, value in enumerate(spot.value) if _holds(value)
            ]


def _holds(value: Json) -> bool:
    return isinstance(value, Mapping | list)
