"""Locks of PEP 751."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.looking import look_at

LOCK = """lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.11"

[[packages]]
name = "click"
version = "8.1.7"
marker = "sys_platform == 'win32'"
index = "https://pypi.org/simple"
dependencies = [{ name = "colorama" }]

[packages.sdist]
url = "https://f/click-8.1.7.tar.gz"
upload-time = 2026-01-01T00:00:00Z
hashes = { sha256 = "aa" }

[[packages.wheels]]
url = "https://f/click-8.1.7-py3-none-any.whl"
hashes = { sha256 = "bb", md5 = "cc" }

[[packages]]
name = "fork"
vcs = { type = "git", url = "https://h/fork", commit-id = "abc" }

[[packages]]
name = "here"
directory = { path = ".", editable = true }

[[packages]]
name = "file"
archive = { url = "https://h/f.zip", hashes = { sha256 = "dd" } }
"""


def test_a_lock_states_its_packages(tmp_path: Path) -> None:
    facts = look_at(tmp_path, "pylock.prod.toml", LOCK.encode()).facts
    click, fork, here, file = facts.values["packages"]
    assert facts.format == "pylock"
    assert click == {
        "name": "click",
        "version": "8.1.7",
        "specifier": "==8.1.7",
        "place": "/packages/0",
        "hashes": ["sha256:aa", "sha256:bb", "md5:cc"],
        "marker": 'sys_platform == "win32"',
        "source": {"kind": "registry", "url": "https://pypi.org/simple"},
        "needs": ["colorama"],
    }
    assert fork["source"] == {"kind": "git", "url": "https://h/fork", "revision": "abc"}
    assert (here["source"], "needs" in here) == ({"kind": "editable", "url": "."}, False)
    assert file["hashes"] == ["sha256:dd"]
    assert facts.values["lock_version"] == "1.0"
    assert (facts.values["created_by"], facts.values["requires_python"]) == ("uv", ">=3.11")
    assert [item.place for item in facts.findings] == ["#/packages/1", "#/packages/3"]


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "lock-version = '1.0'",
        "lock-version = '9.0'\ncreated-by = 'x'\npackages = []",
        "lock-version = '1.0'\ncreated-by = 'x'\npackages = [1]",
        "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 1",
        "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'a'\nversion = '!'",
        "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'a'\nmarker = '('",
        "lock-version = ",
    ],
)
def test_a_broken_lock_is_a_warning_and_states_nothing(tmp_path: Path, text: str) -> None:
    found = look_at(tmp_path, "pylock.toml", text.encode()).facts
    (finding,) = found.findings
    assert (finding.rule, finding.severity) == ("AIV-FORMAT-MALFORMED", "warning")
    assert found.values == {}
