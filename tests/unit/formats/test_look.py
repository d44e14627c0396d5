"""Looking into files: what no reader knows, what is empty, and what changes meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core import jsonvalue
from aiverify.core.facts import Role, State
from aiverify.errors import ChangedError, InputError
from aiverify.files.extent import Extent
from aiverify.files.tree import Member, list_tree
from aiverify.formats import look as module
from aiverify.formats.look import look, look_at_all
from aiverify.formats.readers import READERS
from tests.support.archive_files import PICKLE, gz, tar_file, tar_member, zip_file
from tests.support.looking import look_at
from tests.support.weights import safetensors_bytes


@pytest.mark.parametrize(
    ("name", "data", "role"),
    [
        ("weights.dat", b"\xf1\xf2\xf3\xf4", Role.WEIGHT),
        ("loss.png", b"\xf1\xf2\xf3\xf4", Role.DOC),
        ("data.csv", b"\xf1\xf2\xf3\xf4", Role.DATASET),
        ("native.so", b"\xf1\xf2\xf3\xf4", Role.CODE),
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


UNKNOWN = b"\xf1\xf2\xf3\xf4"


def test_what_is_found_in_a_part_is_said_of_the_file_with_the_part_s_name(tmp_path: Path) -> None:
    found = look_at(tmp_path, "all.zip", zip_file({"a/m.pkl": PICKLE, "b.txt": b"b\n"}))
    (use,) = found.facts.globals
    assert (use.name, use.place.startswith("a/m.pkl, ")) == ("os.system", True)
    pickles = [item for item in found.facts.findings if item.rule.startswith("AIV-PICKLE")]
    assert pickles
    assert {item.file for item in found.facts.findings} == {"all.zip"}
    assert all(item.place.startswith("a/m.pkl") for item in pickles)


def test_tensors_of_all_parts_are_counted_together(tmp_path: Path) -> None:
    one = safetensors_bytes({"a": ("F32", (2, 3))})
    two = safetensors_bytes({"b": ("F16", (4,))})
    found = look_at(tmp_path, "all.zip", zip_file({"1.safetensors": one, "2.safetensors": two}))
    assert [tensor.name for tensor in found.facts.tensors] == ["a", "b"]
    assert found.facts.values["parameters"] == 10
    assert found.facts.values["members"] == 2


def test_a_container_with_a_part_that_nobody_read_is_unread(tmp_path: Path) -> None:
    found = look_at(tmp_path, "all.zip", zip_file({"a.txt": b"a\n", "b.dat": UNKNOWN}))
    assert found.state is State.UNREAD
    assert "b.dat: no reader knows this content" in found.facts.unread


def test_a_part_that_breaks_its_format_s_rules_is_a_finding_with_its_name(tmp_path: Path) -> None:
    found = look_at(tmp_path, "all.zip", zip_file({"m.safetensors": b"1234567"}))
    (finding,) = found.facts.findings
    assert (finding.rule, finding.place) == ("AIV-FORMAT-MALFORMED", "m.safetensors")
    assert finding.message.startswith("m.safetensors: ")


def test_a_part_that_cannot_be_unpacked_is_a_finding(tmp_path: Path) -> None:
    data = zip_file({"a.txt": b"hello hello hello hello"}, packed=True)
    at = data.index(b"a.txt") + 5
    found = look_at(tmp_path, "all.zip", data[:at] + b"\xff\xff" + data[at + 2 :])
    assert "AIV-FORMAT-MALFORMED" in {item.rule for item in found.facts.findings}


@pytest.mark.parametrize(("depth", "state"), [(3, State.CLEAN), (4, State.UNREAD)])
def test_files_are_opened_three_deep(tmp_path: Path, depth: int, state: State) -> None:
    data = b"hello\n"
    for _ in range(depth):
        data = zip_file({"inner": data})
    found = look_at(tmp_path, "all.zip", data)
    assert found.state is state
    assert ("more than 3 files deep" in found.facts.unread) is (state is State.UNREAD)


def test_an_archive_of_archives_of_itself_comes_to_an_end(tmp_path: Path) -> None:
    data = b"hello\n"
    for _ in range(50):
        data = gz(zip_file({"inner.zip": data}))
    assert look_at(tmp_path, "all.gz", data).state is State.UNREAD


def test_parts_of_all_depths_share_one_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tar_file(*(tar_member(f"{number}.txt", b"a\n") for number in range(3)))
    data = zip_file({"a.tar": inner, "b.tar": inner})
    assert look_at(tmp_path, "all.zip", data).state is State.CLEAN
    monkeypatch.setattr(module, "MAX_PARTS", 7)
    found = look_at(tmp_path, "all.zip", data)
    assert "2.txt: beyond the first 7 parts" in found.facts.unread


def test_parts_of_all_depths_share_one_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zip_file({"a.txt": b"a\n"})
    assert look_at(tmp_path, "all.zip", data).state is State.CLEAN
    monkeypatch.setattr(module, "MAX_SECONDS", -1.0)
    found = look_at(tmp_path, "all.zip", data)
    assert "a.txt: beyond the time" in found.facts.unread


def test_unpacked_bytes_of_all_parts_share_one_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zip_file({f"{number}.txt": b"a\n" * 500 for number in range(3)}, packed=True)
    assert look_at(tmp_path, "all.zip", data).state is State.CLEAN
    monkeypatch.setattr(module, "MAX_UNPACKED", 1500)
    found = look_at(tmp_path, "all.zip", data)
    assert found.state is State.UNREAD
    assert found.facts.unread.startswith("1 of its parts not looked into; 2.txt: beyond the first")


def test_of_too_many_findings_the_weightiest_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {f"{number}.html": b"<script>" for number in range(9)}
    data = zip_file({**pages, "m.safetensors": b"1234567"})
    assert len(look_at(tmp_path, "all.zip", data).facts.findings) == 10
    monkeypatch.setattr(module, "MAX_FINDINGS", 3)
    kept = look_at(tmp_path, "all.zip", data).facts.findings
    assert [item.severity.value for item in kept] == ["error", "warning", "warning"]


def test_a_part_s_hostile_name_is_escaped_and_cut_in_messages(tmp_path: Path) -> None:
    found = look_at(tmp_path, "all.zip", zip_file({"\x1b[2J" + "x" * 5000: b"\xf1\xf2"}))
    assert "\\x1b[2J" in found.facts.unread
    assert len(found.facts.unread) < 500
    found = look_at(tmp_path, "all.zip", zip_file({"\x1b" + "x" * 900 + ".json": PICKLE}))
    assert all(item.message.isprintable() for item in found.facts.findings)
    assert all(len(item.message) < 1500 for item in found.facts.findings)
