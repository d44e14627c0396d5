"""Locks of Poetry, of this age and of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.looking import look_at

LOCK = """[[package]]
name = "Requests"
version = "2.32.0"
optional = false
python-versions = ">=3.8"
files = [{file = "requests.whl", hash = "sha256:aa"}]
markers = "python_version > '3.8'"

[package.dependencies]
urllib3 = ">=1.21"
charset_normalizer = {version = ">=2", optional = true}

[[package]]
name = "fork"
version = "1"
files = []

[package.source]
type = "git"
url = "https://h/fork"
reference = "main"
resolved_reference = "abc"

[metadata]
lock-version = "2.1"
"""


def test_a_lock_states_its_packages_and_what_they_need(tmp_path: Path) -> None:
    facts = look_at(tmp_path, "poetry.lock", LOCK.encode()).facts
    assert facts.format == "poetry_lock"
    assert facts.values == {
        "packages": [
            {
                "name": "requests",
                "version": "2.32.0",
                "specifier": "==2.32.0",
                "place": "/package/0",
                "hashes": ["sha256:aa"],
                "marker": "python_version > '3.8'",
                "needs": ["urllib3", "charset-normalizer"],
            },
            {
                "name": "fork",
                "version": "1",
                "specifier": "==1",
                "place": "/package/1",
                "source": {"kind": "git", "url": "https://h/fork", "revision": "abc"},
                "needs": [],
            },
        ],
        "lock_version": "2.1",
    }
    assert [item.rule for item in facts.findings] == ["AIV-CODE-SOURCE"]


def test_an_older_lock_has_its_hashes_behind_all_packages(tmp_path: Path) -> None:
    text = (
        '[[package]]\nname = "a"\nversion = "1"\n'
        '[metadata]\nlock-version = "1.1"\n[metadata.files]\na = [{hash = "sha256:aa"}]\n'
    )
    (package,) = look_at(tmp_path, "poetry.lock", text.encode()).facts.values["packages"]
    assert package["hashes"] == ["sha256:aa"]


@pytest.mark.parametrize(
    ("text", "why"), [("a = 1", "neither packages nor metadata"), ("a", "is not TOML")]
)
def test_what_is_no_lock_is_a_warning(tmp_path: Path, text: str, why: str) -> None:
    (finding,) = look_at(tmp_path, "poetry.lock", text.encode()).facts.findings
    assert (finding.severity, why in finding.message) == ("warning", True)


def test_a_package_without_a_name_is_left_out_with_a_warning(tmp_path: Path) -> None:
    values = look_at(tmp_path, "poetry.lock", b"[[package]]\nversion = '1'\n").facts.values
    assert values == {
        "packages": [],
        "warnings": ["poetry.lock, #/package/0: '' has no name"],
    }
