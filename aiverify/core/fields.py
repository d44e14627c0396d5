"""Fields: the members of somebody else's JSON object, taken by type and never on trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable


@dataclass(frozen=True, slots=True)
class Shape:
    """A type that a member may be asked for: its words, and the test for it."""

    words: str
    fits: Callable[[Json], bool]


def _integer(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(value: Json) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _objects(value: Json) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, Mapping) for item in value)


def _integers(value: Json) -> bool:
    return isinstance(value, Mapping) and all(_integer(item) for item in value.values())


def _numbers(value: Json) -> bool:
    return isinstance(value, Mapping) and all(_number(item) for item in value.values())


TEXT = Shape("a string", lambda value: isinstance(value, str))
TEXTS = Shape("a string or a list of strings", lambda v: isinstance(v, str) or _texts(v))
FLAG = Shape("a boolean", lambda value: isinstance(value, bool))
INTEGER = Shape("a whole number", _integer)
NUMBER = Shape("a number", _number)
OBJECT = Shape("an object", lambda value: isinstance(value, Mapping))
OBJECTS = Shape("a list of objects", _objects)
INTEGERS = Shape("an object of whole numbers", _integers)
NUMBERS = Shape("an object of numbers", _numbers)


@dataclass(frozen=True, slots=True)
class Fields:
    """The members of an object, and where it stands.

    A member of the wrong type counts as absent, and one sentence in `warnings` says so; so
    does null, in silence. `where` is how a source of this object's members starts:
    `README.md#`, `config.json#/`.
    """

    members: Mapping[str, Json]
    where: str
    warnings: list[str] = field(default_factory=list)

    def source(self, key: str) -> str:
        """Where a member stands."""
        return self.where + key

    def take(self, key: str, shape: Shape) -> Json:
        """A member, or None when it is absent or not of that shape."""
        value = self.members.get(key)
        if value is None or shape.fits(value):
            return value
        self.warn(key, f"is not {shape.words} but {kind(value)}, and is left out")
        return None

    def pick(self, shapes: Mapping[str, Shape]) -> dict[str, Json]:
        """The members that are there and have the shape asked for, in the order asked."""
        taken = {key: self.take(key, shape) for key, shape in shapes.items()}
        return {key: value for key, value in taken.items() if value is not None}

    def text(self, key: str) -> str:
        """A string, or an empty one."""
        return cast("str", self.take(key, TEXT) or "")

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of a list, or a single string as a list of one. Empty ones are dropped."""
        value = cast("str | list[str]", self.take(key, TEXTS) or [])
        return tuple(text for text in ([value] if isinstance(value, str) else value) if text)

    def integer(self, key: str) -> int | None:
        """A whole number."""
        return cast("int | None", self.take(key, INTEGER))

    def number(self, key: str) -> float | None:
        """A number."""
        return cast("float | None", self.take(key, NUMBER))

    def flag(self, key: str) -> bool | None:
        """A boolean."""
        return cast("bool | None", self.take(key, FLAG))

    def inner(self, key: str) -> Fields:
        """An object within this one, or one without members. Its warnings come here."""
        members = cast("Mapping[str, Json]", self.take(key, OBJECT) or {})
        return Fields(members, f"{self.source(key)}/", self.warnings)

    def each(self, key: str) -> Iterator[Fields]:
        """The objects of a list, in order."""
        for index, item in enumerate(cast("list[dict[str, Json]]", self.take(key, OBJECTS) or [])):
            yield Fields(item, f"{self.source(key)}/{index}/", self.warnings)

    def warn(self, key: str, complaint: str) -> None:
        """Say of a member why it is not used."""
        self.warnings.append(f"{printable(self.source(key))} {complaint}")
