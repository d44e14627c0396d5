"""Text, source code and JSON that no other reader knows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from aiverify.core.finding import Severity
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from aiverify.formats.look import look
from tests.support.looking import look_at


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("NOTES.md", Role.DOC),
        ("AUTHORS", Role.DOC),
        ("docs/changelog.de", Role.DOC),
        (".gitattributes", Role.CONFIG),
    ],
)
def test_the_name_of_a_text_says_what_it_is_for(tmp_path: Path, name: str, role: Role) -> None:
    found = look_at(tmp_path, name, "zwei\nGrüße".encode())
    assert (found.facts.format, found.facts.role) == ("text", role)
    assert found.facts.values == {"lines": 2}
    assert found.state is State.CLEAN


@pytest.mark.parametrize("data", [b"a\0b", b"a\x1b[2Jb", b"a\x7f", "é".encode("latin-1"), b"a\x01"])
def test_bytes_that_text_does_not_hold_make_it_unknown(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "notes.txt", data)
    assert (found.facts.format, found.state) == ("unknown", State.UNREAD)


def test_a_character_cut_by_the_head_is_no_fault(tmp_path: Path) -> None:
    found = look_at(tmp_path, "notes.txt", b"x" + "é".encode() * 4096)
    assert found.state is State.CLEAN


@pytest.mark.parametrize("name", ["notes.txt", "run.sh", "model.py"])
def test_text_with_something_else_behind_it_is_not_clean(tmp_path: Path, name: str) -> None:
    assert look_at(tmp_path, name, b"text\n" * 1000 + b"PK\x03\x04\0").state is State.UNREAD


@pytest.mark.parametrize("name", ["notes.txt", "run.sh"])
def test_text_too_large_to_check_is_unread(tmp_path: Path, name: str) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 5000)
    os.truncate(path, (4 << 20) + 1)
    assert look(Member(name, Extent.of_file(path))).state is State.UNREAD


@pytest.mark.parametrize(
    ("name", "data", "format_name", "values"),
    [
        (
            "modeling.py",
            b"import os\nos.getcwd()\n",
            "python",
            {"lines": 2, "imports": ["os"], "functions": 0, "classes": 0, "calls_at_import": []},
        ),
        ("run", b"#! /bin/sh\nid", "script", {"lines": 2, "interpreter": "/bin/sh"}),
        ("run.sh", b"id\n", "script", {"lines": 1}),
    ],
)
def test_source_code_is_code(
    tmp_path: Path, name: str, data: bytes, format_name: str, values: dict[str, object]
) -> None:
    found = look_at(tmp_path, name, data)
    assert (found.facts.format, found.facts.role) == (format_name, Role.CODE)
    assert found.facts.values == values


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b'{"a": 1}', {"type": "object", "members": 1}),
        (b"[1, 2]", {"type": "array", "members": 2}),
        (b"null", {"type": "null", "members": 1}),
    ],
)
def test_other_json_states_its_type(tmp_path: Path, data: bytes, values: dict[str, object]) -> None:
    found = look_at(tmp_path, "other.json", data)
    assert (found.facts.format, found.facts.values) == ("json", values)


@pytest.mark.parametrize("data", [b'{"loss": NaN}', b"{", b"\0\1\2"])
def test_other_json_that_is_not_strict_is_a_warning(tmp_path: Path, data: bytes) -> None:
    (finding,) = look_at(tmp_path, "trainer_state.json", data).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-FORMAT-MALFORMED", Severity.WARNING)
