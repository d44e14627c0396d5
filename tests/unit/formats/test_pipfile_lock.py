"""Locks of Pipenv."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.looking import look_at, look_at_json

LOCK = {
    "_meta": {"sources": [{"url": "https://pypi.org/simple"}]},
    "default": {
        "Requests": {
            "hashes": ["sha256:aa", "bb"],
            "version": "==2.32.0",
            "markers": "python_version >= '3.8'",
            "extras": ["socks"],
            "index": "pypi",
        },
        "any": {"version": "*"},
        "fork": {"git": "https://h/fork", "ref": "abc"},
        "local": {"path": "."},
        "file": {"file": "https://h/a.whl"},
    },
    "develop": {"pytest": {"version": "==8"}},
}


def test_a_lock_states_the_packages_of_all_groups(tmp_path: Path) -> None:
    facts = look_at_json(tmp_path, "Pipfile.lock", LOCK).facts
    packages = {item["name"]: item for item in facts.values["packages"]}
    assert facts.format == "pipfile_lock"
    assert packages["requests"] == {
        "name": "requests",
        "version": "2.32.0",
        "specifier": "==2.32.0",
        "place": "/default/Requests",
        "hashes": ["sha256:aa"],
        "marker": "python_version >= '3.8'",
        "extras": ["socks"],
    }
    assert (packages["any"]["version"], packages["any"]["specifier"]) == ("", "")
    assert packages["local"]["source"] == {"kind": "path", "url": "."}
    assert packages["pytest"]["group"] == "develop"
    assert [item.place for item in facts.findings] == ["#/default/fork", "#/default/file"]


@pytest.mark.parametrize("data", [b" ", b"[]", b'{"a": 1, "a": 2}', b"[" * 5000])
def test_what_is_no_strict_object_is_a_warning(tmp_path: Path, data: bytes) -> None:
    (finding,) = look_at(tmp_path, "Pipfile.lock", data).facts.findings
    assert finding.severity == "warning"


def test_what_has_the_wrong_type_is_left_out_with_a_warning(tmp_path: Path) -> None:
    value = {"default": {"a": "==1", "b": {"version": 1}}, "develop": []}
    warnings = look_at_json(tmp_path, "Pipfile.lock", value).facts.values["warnings"]
    assert [text.partition(" is not")[0] for text in warnings] == [
        "Pipfile.lock#/default/a",
        "Pipfile.lock#/default/b/version",
        "Pipfile.lock#/develop",
    ]
