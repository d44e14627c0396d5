"""JSON Schema (2020-12) from few words, so that what is published is written from the code.

Every record says what it lacks and lets nothing be added. Every value has a `type`, beside an
`enum` or a `const` too, and what may be null is said by `anyOf`: OPA's type checker reads types
alone, and takes the first of several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeAlias

from aiverify.core.jsonvalue import Json

Schema: TypeAlias = Mapping[str, Json]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HOME = "https://aiverify.dev/schemas"

NULL: Schema = {"type": "null"}


def text(told: str = "", *, pattern: str = "", filled: bool = False) -> Schema:
    """A text; with `filled`, one that says something."""
    schema = _told(told, {"type": "string"})
    if pattern:
        schema["pattern"] = pattern
    if filled:
        schema["minLength"] = 1
    return schema


def constant(value: str) -> Schema:
    """One text and no other."""
    return {"type": "string", "const": value}


def one_of(values: Iterable[str] | type[StrEnum], told: str = "") -> Schema:
    """One of some texts."""
    return _told(told, {"type": "string", "enum": [str(value) for value in values]})


def flag(told: str = "") -> Schema:
    """True or false."""
    return _told(told, {"type": "boolean"})


def count(told: str = "") -> Schema:
    """A whole number, 0 or more."""
    return _told(told, {"type": "integer", "minimum": 0})


def several(item: Schema, told: str = "", *, exactly: int = 0) -> Schema:
    """A list of things of one kind."""
    schema = _told(told, {"type": "array", "items": item})
    if exactly:
        schema.update(minItems=exactly, maxItems=exactly)
    return schema


def record(
    members: Mapping[str, Schema], told: str = "", *, optional: Mapping[str, Schema] | None = None
) -> Schema:
    """An object with these members, the optional ones if need be, and no others."""
    parts: dict[str, Json] = {
        "type": "object",
        "required": list(members),
        "additionalProperties": False,
        "properties": {**members, **(optional or {})},
    }
    return _told(told, parts)


def by_name(value: Schema, told: str = "") -> Schema:
    """An object that has things of one kind by names of their own."""
    return _told(told, {"type": "object", "additionalProperties": value})


def free(told: str = "") -> Schema:
    """An object of somebody else's, of which nothing is said."""
    return _told(told, {"type": "object"})


def or_null(schema: Schema, told: str = "") -> Schema:
    """That, or null."""
    return _told(told, {"anyOf": [NULL, schema]})


def or_empty(schema: Schema, told: str = "") -> Schema:
    """That, or the empty text."""
    return _told(told, {"anyOf": [constant(""), schema]})


def refer(name: str, told: str = "") -> Schema:
    """What a definition of the same document says."""
    return _told(told, {"$ref": f"#/$defs/{name}"})


def published(
    name: str, title: str, root: Schema, definitions: Mapping[str, Schema]
) -> dict[str, Json]:
    """A whole document: `name` is that of its file, such as `input.v1`."""
    head: dict[str, Json] = {
        "$schema": DIALECT,
        "$id": f"{HOME}/{name}.json",
        "title": title,
    }
    return {**head, **root, "$defs": definitions}


def without_null(schema: Json) -> Json:
    """What is left of a schema where it lets something be null, for readers to whom null is all."""
    if isinstance(schema, Mapping):
        choices = schema.get("anyOf")
        if isinstance(choices, list) and choices[0] == NULL:
            return without_null(choices[1])
        return {key: without_null(value) for key, value in schema.items()}
    return [without_null(item) for item in schema] if isinstance(schema, list) else schema


def _told(told: str, schema: dict[str, Json]) -> dict[str, Json]:
    return {"description": told, **schema} if told else schema
