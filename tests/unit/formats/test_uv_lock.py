"""Locks of uv."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from aiverify.core.finding import Severity
from tests.support.looking import look_at

LOCK = """version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "demo"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "click" }]

[[package]]
name = "click"
version = "8.1.7"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "Colorama", marker = "sys_platform == 'win32'" }]
sdist = { url = "https://files/click.tar.gz", hash = "sha256:aa", size = 1 }
wheels = [{ url = "https://files/click.whl", hash = "sha256:bb", upload-time = 2026-01-01 }]

[package.optional-dependencies]
more = [{ name = "rich" }]

[package.dev-dependencies]
test = [{ name = "pytest" }]

[[package]]
name = "fork"
version = "1"
source = { git = "https://u:p@h/fork?rev=v1#abc" }
"""


def test_a_lock_states_its_packages_and_what_they_need(tmp_path: Path) -> None:
    found = look_at(tmp_path, "uv.lock", LOCK.encode())
    assert (found.facts.format, found.facts.role) == ("uv_lock", Role.CODE)
    assert found.facts.summary == "2 packages"
    assert found.facts.values == {
        "packages": [
            {
                "name": "click",
                "version": "8.1.7",
                "specifier": "==8.1.7",
                "place": "/package/1",
                "hashes": ["sha256:aa", "sha256:bb"],
                "source": {"kind": "registry", "url": "https://pypi.org/simple"},
                "needs": ["colorama", "rich", "pytest"],
            },
            {
                "name": "fork",
                "version": "1",
                "specifier": "==1",
                "place": "/package/2",
                "source": {"kind": "git", "url": "https://***@h/fork?rev=v1", "revision": "abc"},
                "needs": [],
            },
        ],
        "lock_version": 1,
        "requires_python": ">=3.11",
        "project": "demo",
    }


def test_what_comes_from_elsewhere_is_a_finding_and_an_index_only_once(tmp_path: Path) -> None:
    package = '[[package]]\nname = "p"\nsource = {{ registry = "https://{}" }}\n'
    others = "".join(package.format(host) for host in ("h/x", "h/x", "pypi.org/simple/"))
    found = look_at(tmp_path, "uv.lock", (LOCK + others).encode())
    assert [(item.rule, item.place) for item in found.facts.findings] == [
        ("AIV-CODE-SOURCE", "#/package/2"),
        ("AIV-CODE-SOURCE", "#/package/3"),
    ]


def test_another_project_of_the_workspace_is_a_package(tmp_path: Path) -> None:
    entry = "[[package]]\nname = 'other'\nsource = { editable = 'libs/other' }\n"
    values = look_at(tmp_path, "uv.lock", (LOCK + entry).encode()).facts.values
    assert values["packages"][-1]["source"] == {"kind": "editable", "url": "libs/other"}
    assert values["project"] == "demo"


@pytest.mark.parametrize(
    ("entry", "warning"),
    [
        ("version = '1'", "uv.lock, #/package/0: '' has no name"),
        ("name = 'a'\nversion = 1", "uv.lock#/package/0/version is not a string"),
        ("name = 'a'\nsource = 'x'", "uv.lock#/package/0/source is not an object"),
        ("name = 'a'\ndependencies = ['b']", "uv.lock#/package/0/dependencies is not a list"),
        ("name = 'a'\nwheels = [{hash = 1}]", "uv.lock#/package/0/wheels/0/hash is not a string"),
    ],
)
def test_what_has_the_wrong_type_is_a_warning(tmp_path: Path, entry: str, warning: str) -> None:
    found = look_at(tmp_path, "uv.lock", f"version = 1\n[[package]]\n{entry}\n".encode())
    assert found.state is State.CLEAN
    (said,) = found.facts.values["warnings"]
    assert said.startswith(warning)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("revision = 3", "says no version"),
        ("version = '1'", "says no version"),
        ("version = ", "is not TOML"),
        ("version = 1\nx = " + "[" * 5000, "nested too deep|is not TOML"),
        ("version = 1\n" + "a." * 5000 + "b = 1", "too many parts"),
        ("version = 1" + "0" * 50, "more than 40 digits"),
    ],
)
def test_a_broken_lock_is_a_warning(tmp_path: Path, text: str, why: str) -> None:
    found = look_at(tmp_path, "uv.lock", text.encode())
    (finding,) = found.facts.findings
    assert finding.severity is Severity.WARNING
    assert any(part in finding.message for part in why.split("|"))
