"""What changed between two versions of a model, as people and tools will read it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from aiverify.core.jsonvalue import pretty
from aiverify.render.difference import as_json, as_table
from aiverify.render.page import Style
from aiverify.sbom.difference import difference
from aiverify.sbom.difference.schema import difference_schema
from tests.support.commands import PROJECT
from tests.support.golden import assert_golden
from tests.support.sbom_versions import new_version, old_version

GOLDEN = Path(__file__).parent / "sbom_diff"


def test_the_table_is_the_golden_one():
    found = difference(old_version(), new_version())
    assert_golden(GOLDEN / "versions.txt", as_table(found, style=Style(100)))


def test_the_json_is_the_golden_one():
    found = difference(old_version(), new_version())
    assert_golden(GOLDEN / "versions.json", as_json(found))


def test_nothing_changed_is_said_in_so_many_words():
    found = difference(old_version(), old_version())
    assert_golden(GOLDEN / "same.txt", as_table(found, style=Style(100)))


def test_the_schema_is_what_the_code_says():
    assert_golden(PROJECT / "docs" / "schemas" / "sbom-diff.v1.json", pretty(difference_schema()))


@pytest.mark.parametrize("new", [old_version(), new_version(), {}])
def test_the_json_keeps_to_the_schema(new):
    made = json.loads(as_json(difference(old_version(), new)))

    jsonschema.validate(made, difference_schema())
    assert set(made) == set(difference_schema()["required"])


def test_colour_says_what_came_and_what_went():
    lines = as_table(
        difference(old_version(), new_version()), style=Style(200, colour=True)
    ).splitlines()

    def colour_of(words: str) -> str:
        line = next(line for line in lines if words in line)
        return line.partition("m")[0].rpartition("[")[2]

    assert colour_of("pillow") == "32"
    assert colour_of("jinja2 3.1.4") == "31"
    assert colour_of("requests was upgraded") == "33"
