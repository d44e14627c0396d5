"""Looking into files: what no reader knows, what is empty, and what changes meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core import jsonvalue
from aiverify.core.facts import Role, State
from aiverify.errors import ChangedError, InputError
from aiverify.files.extent import Extent
from aiverify.files.tree import Member, list_tree
from aiverify.formats.look import look, look_at_all
from aiverify.formats.readers import READERS
from tests.support.looking import look_at


@pytest.mark.parametrize(
    ("name", "data", "role"),
    [
        ("weights.h5", b"\x89HDF\r\n\x1a\n", Role.WEIGHT),
        ("array.npy", b"\x93NUMPY\x01\x00", Role.WEIGHT),
        ("loss.png", b"\x89PNG\r\n\x1a\n", Role.DOC),
        ("native.so", b"MZ\0\0", Role.CODE),
    ],
)
def test_what_no_reader_knows_is_unread(tmp_path: Path, name: str, data: bytes, role: Role) -> None:
    found = look_at(tmp_path, name, data)
    assert (found.facts.format, found.facts.role) == ("unknown", role)
    assert found.state is State.UNREAD


def test_an_empty_file_is_clean(tmp_path: Path) -> None:
    found = look_at(tmp_path, "package/__init__.py", b"")
    assert (found.facts.format, found.state, found.size) == ("empty", State.CLEAN, 0)


def test_a_tree_is_looked_at_in_its_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.json"):
        (tmp_path / name).write_text("1")
    files = look_at_all(list_tree(tmp_path).members)
    assert [(item.name, item.facts.format) for item in files] == [
        ("a.json", "json"),
        ("b.txt", "text"),
    ]


def test_a_file_that_changed_since_it_was_listed_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    member = Member("config.json", Extent.of_file(path))
    path.write_text('{"a": 1}')
    with pytest.raises(ChangedError):
        look(member)


def test_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    member = Member("config.json", Extent.of_file(path))
    path.unlink()
    with pytest.raises(InputError):
        look(member)


def test_a_part_of_a_file_is_read_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(b'junk{"model_type": "bert"}junk')
    found = look(Member("config.json", Extent.of_file(path).part(4, 22)))
    assert found.facts.values == {"model_type": "bert"}


def test_every_reader_has_a_name_and_a_role() -> None:
    assert all(reader.name and isinstance(reader.role, Role) for reader in READERS)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "other.json"])
def test_a_document_of_more_values_than_are_parsed_is_reported(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonvalue, "MAX_VALUES", 2)
    (finding,) = look_at(tmp_path, name, b'{"a": [1, 2]}').facts.findings
    assert "holds more than 2 JSON values" in finding.message
