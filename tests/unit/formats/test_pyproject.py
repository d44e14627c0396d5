"""What a project's description asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.looking import look_at

PROJECT = """[build-system]
requires = ["hatchling"]

[project]
name = "demo"
version = "1.0"
requires-python = ">=3.11"
license = "MIT"
dependencies = ["torch==2.1", "x @ https://h/x.zip", "not a requirement"]

[project.optional-dependencies]
more = ["rich>=13"]

[dependency-groups]
dev = ["pytest", {include-group = "more"}]
"""

POETRY = """[tool.poetry]
name = "demo"

[tool.poetry.dependencies]
python = "^3.11"
torch = "^2.1"
Exact_One = "==1.0"
anything = "*"
fork = {git = "https://h/fork", rev = "abc"}
table = {version = ">=1", extras = ["a"], markers = "x"}
twice = [{version = "1", python = "<3.12"}, {version = "2"}]

[tool.poetry.group.dev.dependencies]
pytest = "^8"
"""


def stated(tmp_path: Path, text: str) -> dict[str, Any]:
    found = look_at(tmp_path, "pyproject.toml", text.encode())
    assert found.facts.format == "pyproject"
    return dict(found.facts.values)


def test_a_project_states_what_it_needs_and_who_asks(tmp_path: Path) -> None:
    values = stated(tmp_path, PROJECT)
    assert [
        (item["name"], item["version"], item.get("group", ""), item["place"])
        for item in values["packages"]
    ] == [
        ("torch", "2.1", "", "/project/dependencies/0"),
        ("x", "", "", "/project/dependencies/1"),
        ("rich", "", "more", "/project/optional-dependencies/more/0"),
        ("pytest", "", "dev", "/dependency-groups/dev/0"),
    ]
    assert values["warnings"] == [
        "pyproject.toml, #/project/dependencies/2: 'not a requirement' is no requirement"
    ]
    assert (values["project"], values["version"], values["licence"]) == ("demo", "1.0", "MIT")


def test_an_address_is_a_finding(tmp_path: Path) -> None:
    found = look_at(tmp_path, "pyproject.toml", PROJECT.encode())
    assert [item.rule for item in found.facts.findings] == ["AIV-CODE-SOURCE"]


def test_what_poetry_is_told_is_stated_as_it_writes_it(tmp_path: Path) -> None:
    packages = stated(tmp_path, POETRY)["packages"]
    assert [(item["name"], item["version"], item["specifier"]) for item in packages] == [
        ("torch", "", "^2.1"),
        ("exact-one", "1.0", "==1.0"),
        ("anything", "", ""),
        ("fork", "", ""),
        ("table", "", ">=1"),
        ("twice", "", "1"),
        ("twice", "", "2"),
        ("pytest", "", "^8"),
    ]
    assert packages[0]["place"] == "/tool/poetry/dependencies/torch"
    assert packages[3]["source"] == {"kind": "git", "url": "https://h/fork", "revision": "abc"}
    assert (packages[4]["marker"], packages[4]["extras"]) == ("x", ["a"])
    assert packages[7]["group"] == "dev"


def test_a_project_s_own_dependencies_count_before_poetry_s(tmp_path: Path) -> None:
    values = stated(tmp_path, "[project]\ndependencies = ['a']\n" + POETRY)
    assert [item["name"] for item in values["packages"]] == ["a"]


def test_dependencies_that_are_made_later_are_a_warning(tmp_path: Path) -> None:
    values = stated(tmp_path, "[project]\nname = 'a'\ndynamic = ['version', 'dependencies']\n")
    assert values["warnings"] == [
        "pyproject.toml: its dependencies are made when it is built, and are not known"
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("project = 1", "/project"),
        ("[project]\ndependencies = 'a'\nname = 1", "/project/name"),
        ("[project]\ndependencies = [1]", "/project/dependencies"),
        ("[tool.poetry.dependencies]\na = 1", "/tool/poetry/dependencies/a/version"),
        ("[tool]\npoetry = []", "/tool/poetry"),
    ],
)
def test_what_has_the_wrong_type_is_a_warning(tmp_path: Path, text: str, where: str) -> None:
    (warning,) = stated(tmp_path, text)["warnings"]
    assert warning.startswith(f"pyproject.toml#{where} is not ")
