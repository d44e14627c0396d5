"""Values in a GGUF file's metadata, and how facts state them: short ones whole, long ones cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from aiverify.core.digest import Digest
from aiverify.core.jsonvalue import Json

MAX_TEXT = 1024
"""Characters of a string that are stated."""

MAX_ITEMS = 64
"""Items that an array may have to be stated whole."""

FIRST = 4
"""Items that are stated of a longer one."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string. Bytes that are no UTF-8 are shown as replacement characters."""

    data: bytes

    def __str__(self) -> str:
        return self.data.decode("utf-8", "replace")

    def to_json(self) -> Json:
        """The string, or what a long one begins with, its bytes and their digest."""
        text = str(self)
        if len(text) <= MAX_TEXT:
            return text
        digest = str(Digest.of(self.data))
        return {"first": text[:MAX_TEXT], "bytes": len(self.data), "digest": digest}


@dataclass(frozen=True, slots=True)
class Array:
    """An array: the type and the number of its items, and the first of them or all."""

    items: str
    count: int
    first: tuple[Item, ...]

    def to_json(self) -> Json:
        """The items of a short one; of a long one their type, their number and the first."""
        if self.count <= MAX_ITEMS:
            return [to_json(item) for item in self.first]
        first = [to_json(item) for item in self.first[:FIRST]]
        return {"type": self.items, "count": self.count, "first": first}


Item: TypeAlias = "bool | int | float | Text | Array"


@dataclass(frozen=True, slots=True)
class Value:
    """A value, with the name of its type."""

    type: str
    item: Item


Metadata: TypeAlias = Mapping[str, Value]


def to_json(item: Item) -> Json:
    """An item as facts state it. JSON has no infinite numbers, so these become their names."""
    if isinstance(item, Text | Array):
        return item.to_json()
    return str(item) if isinstance(item, float) and not isfinite(item) else item
