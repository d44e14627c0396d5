"""Schemas from few words, and what they let pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from aiverify.core import schema
from aiverify.core.report_schema import report_schema
from aiverify.core.schema import Schema
from aiverify.policy.schema import input_schema

WHOLE = {"input": input_schema(), "report": report_schema()}


def allows(made: Schema, value: Any) -> bool:
    return jsonschema.Draft202012Validator(dict(made)).is_valid(value)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a schema."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from parts(item)


@pytest.mark.parametrize(
    ("made", "good", "bad"),
    [
        (schema.text(), ["", "a"], [None, 1, ["a"]]),
        (schema.text(filled=True), ["a"], [""]),
        (schema.text(pattern="^a+$"), ["aa"], ["", "b", "ab"]),
        (schema.constant("a"), ["a"], ["b", "", None]),
        (schema.one_of(["a", "b"]), ["a", "b"], ["c", None, 0]),
        (schema.flag(), [True, False], [None, 0, "true"]),
        (schema.count(), [0, 7], [-1, 0.5, None, "1"]),
        (schema.several(schema.flag()), [[], [True]], [[1], None, {}]),
        (schema.several(schema.flag(), exactly=1), [[True]], [[], [True, True]]),
        (schema.by_name(schema.flag()), [{}, {"a": True}], [{"a": 1}, [], None]),
        (schema.free(), [{}, {"a": 1}], [[], None, "a"]),
        (schema.or_null(schema.flag()), [None, True], ["", 0]),
        (schema.or_empty(schema.text(pattern="^a$")), ["", "a"], ["b", None]),
    ],
)
def test_a_word_lets_pass_what_it_says(made: Schema, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not allows(made, value)] == []
    assert [value for value in bad if allows(made, value)] == []


def test_a_record_lets_nothing_be_missing_and_nothing_be_added() -> None:
    made = schema.record({"a": schema.flag()}, optional={"b": schema.flag()})
    assert allows(made, {"a": True})
    assert allows(made, {"a": True, "b": False})
    for value in ({}, {"b": True}, {"a": True, "c": True}, {"a": True, "b": 1}, [], None):
        assert not allows(made, value)


def test_a_definition_is_referred_to_by_its_name() -> None:
    root = schema.record({"a": schema.refer("yes", "A yes.")}, "What it is.")
    made = schema.published("x.v1", "X", root, {"yes": schema.flag()})
    assert made["$id"] == "https://aiverify.dev/schemas/x.v1.json"
    assert (made["title"], made["description"]) == ("X", "What it is.")
    assert allows(made, {"a": True})
    assert not allows(made, {"a": None})


def test_without_null_is_what_else_may_be_there() -> None:
    inner = schema.record({"b": schema.or_null(schema.count())})
    made = schema.without_null(schema.record({"a": schema.or_null(inner, "Told.")}))
    assert made == schema.record({"a": schema.record({"b": schema.count()})})
    either = schema.or_empty(schema.flag())
    assert schema.without_null(either) == either


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_published_leaves_no_record_open(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(WHOLE[name])
    records = [part for part in parts(WHOLE[name]) if "required" in part]
    assert len(records) > 5
    assert [part for part in records if part["additionalProperties"] is not False] == []


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_published_says_each_type_alone_and_refers_to_itself(name: str) -> None:
    for part in parts(WHOLE[name]):
        if "enum" in part or "const" in part:
            assert part["type"] == "string"
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in WHOLE[name]["$defs"]  # type: ignore[operator]
        assert not isinstance(part.get("type"), list)


@pytest.mark.parametrize("name", WHOLE)
def test_every_definition_is_referred_to(name: str) -> None:
    text = json.dumps(WHOLE[name])
    named = WHOLE[name]["$defs"]
    assert isinstance(named, dict)
    assert [item for item in named if f'"#/$defs/{item}"' not in text] == []
