"""What the tools around policies print for other tools is what the published schemas say."""

from __future__ import annotations

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.commands import PROJECT, call
from tests.support.story import ASSETS

SCHEMAS = PROJECT / "docs" / "schemas"

CASES = {
    "tests": ("policy-tests", "test policies/names", 0),
    "tests that fail": ("policy-tests", "test policies", 10),
    "tests with coverage": ("policy-tests", "test policies --coverage --threshold 99", 10),
    "tests that were chosen": ("policy-tests", "test policies --run todo_", 0),
    "shipped tests": ("policy-tests", "test aiverify:signer_count --coverage", 0),
    "a check": ("policy-check", "check policies/names", 0),
    "a check that fails": ("policy-check", "check policies --strict", 10),
    "a check of what does not compile": ("policy-check", "check broken.rego", 10),
    "a check of everything wrong": ("policy-check", "check wrong --strict", 10),
    "rules": ("policy-rules", "list policies", 0),
    "shipped rules": ("policy-rules", "list", 0),
    "rules at a time": ("policy-rules", "list policies --at 2026-12-01T12:00:00Z", 0),
    "a rule that says nothing of itself": ("policy-rules", "list policies/faulty", 0),
    "a rule explained": ("policy-rules", "explain policies/names", 0),
    "a rule without examples explained": ("policy-rules", "explain wrong", 0),
    "a shipped rule explained": ("policy-rules", "explain signer_count", 0),
}

WRONG = """# METADATA
# title: t
package wrong

deny contains "a text" if input.x

deny contains {"msg": "m"} if input.x

deny contains {"code": "c"} if input.x

test_a(x) if x
"""


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.v1.json").read_bytes())
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copytree(ASSETS / "house", tmp_path / "policies")
    (tmp_path / "broken.rego").write_text("package p\n\nx :=\n")
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "wrong.rego").write_text(WRONG)
    return tmp_path


def printed(place: Path, line: str, exit_code: int) -> Any:
    done = call("policy", *line.split(), "--format", "json", cwd=place)
    assert (done.exit_code, done.err) == (exit_code, ""), done
    return json.loads(done.out)


@pytest.mark.parametrize("case", CASES)
def test_what_is_printed_keeps_to_its_schema(place: Path, case: str):
    name, line, exit_code = CASES[case]
    value = printed(place, line, exit_code)
    assert value["apiVersion"] == f"aiverify.dev/{name}/v1"
    jsonschema.validate(value, schema(name))


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.name)
def test_every_schema_is_one_and_is_called_what_its_file_is(path: Path):
    value = json.loads(path.read_bytes())
    jsonschema.Draft202012Validator.check_schema(value)
    assert value["$id"] == f"https://aiverify.dev/schemas/{path.name}"


@pytest.mark.parametrize("name", ["policy-tests", "policy-check", "policy-rules"])
def test_a_schema_lets_nothing_be_missing_and_nothing_be_added(place: Path, name: str):
    line, code = {
        "policy-tests": ("test policies --coverage", 10),
        "policy-check": ("check policies", 10),
        "policy-rules": ("explain policies/names", 0),
    }[name]
    value = printed(place, line, code)
    validator = jsonschema.Draft202012Validator(schema(name))
    optional = 0
    for at, key in objects(value):
        without = copy.deepcopy(value)
        del member(without, at)[key]
        optional += validator.is_valid(without)
        more = copy.deepcopy(value)
        member(more, at)["other"] = 1
        assert not validator.is_valid(more), (at, key)
    assert optional == 0


def objects(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], str]]:
    """Every key of every object, with where that is."""
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in objects(item, (*at, index))]
    if not isinstance(value, dict):
        return []
    below = [found for key, item in value.items() for found in objects(item, (*at, key))]
    return [(at, key) for key in value] + below


def member(value: Any, at: tuple[Any, ...]) -> Any:
    for key in at:
        value = value[key]
    return value


def test_every_check_of_the_guide_is_in_the_schema():
    guide = (PROJECT / "docs" / "policies.md").read_text()
    table = guide.partition("| check | what is wrong |")[2].partition("\n\n")[0]
    cells = " ".join(row.split("|")[1] for row in table.splitlines()[2:])
    named = set(re.findall(r"`([a-z-]+)`", cells))
    checks = schema("policy-check")["$defs"]["remark"]["properties"]["check"]["enum"]
    assert named == set(checks)
