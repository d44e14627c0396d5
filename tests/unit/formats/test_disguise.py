"""Disguises: a name that promises one thing and content that is another, or two at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding, Severity
from aiverify.formats.disguise import archive_end
from aiverify.formats.look import look_inside
from aiverify.formats.magic import HTML, MAGICS, kind_of
from aiverify.formats.sources import Memory
from tests.support.archive_files import (
    ELF,
    OLD_PICKLE,
    PE,
    PICKLE,
    SCRIPT,
    gif,
    jpeg,
    moved_zip,
    png,
    tar_file,
    tar_member,
    zip_file,
)
from tests.support.looking import look_at
from tests.support.weights import safetensors_bytes

RULE = "AIV-CONTAINER-DISGUISE"
ARCHIVE = zip_file({"a.txt": b"a\n"})
WEIGHTS = safetensors_bytes({"a": ("F32", (2,))})


def disguises(found: FileFacts) -> list[Finding]:
    return [finding for finding in found.facts.findings if finding.rule == RULE]


@pytest.mark.parametrize("data", [PICKLE, OLD_PICKLE, ELF, PE])
@pytest.mark.parametrize(
    "name",
    ["c.json", "R.MD", "a/b.txt", "m.safetensors", "m.gguf", "m.onnx", "p.png", "p.jpg", "t.csv"],
)
def test_a_program_under_the_name_of_data_is_an_error(
    tmp_path: Path, name: str, data: bytes
) -> None:
    found = disguises(look_at(tmp_path, name, data))
    assert Severity.ERROR in {finding.severity for finding in found}


@pytest.mark.parametrize("name", ["m.bin", "m.pt", "m.pkl", "model", "m.ckpt", "lib.so"])
def test_a_pickle_under_a_name_that_promises_nothing_is_no_disguise(
    tmp_path: Path, name: str
) -> None:
    assert not disguises(look_at(tmp_path, name, PICKLE))


@pytest.mark.parametrize(("name", "data"), [
    ("c.json", ARCHIVE),
    ("m.safetensors", ARCHIVE),
    ("p.png", b"%PDF-1.7\n"),
    ("notes.txt", b"7z\xbc\xaf\x27\x1c\0\4"),
    ("notes.txt", b"<!DOCTYPE html><html></html>"),
    ("data.csv", b"<html><body>not found</body></html>"),
])  # fmt: skip
def test_other_content_under_the_name_of_data_is_a_warning(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (finding,) = disguises(look_at(tmp_path, name, data))
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(("name", "data"), [
    ("README.md", b"<html>\n# A\n</html>"),
    ("notes.txt", b"#!shebangs are lines like this one\n"),
    ("c.yaml", b"#! a comment\na: 1\n"),
    ("README.md", b"PK and %PDF and \\x7fELF are magic\n"),
    ("notes.txt", b"MZ is where DOS programs start, and this is long enough to be one\n" * 9),
    ("c.json", b"{}"),
    ("p.png", png()),
    ("p.jpg", jpeg()),
    ("p.gif", gif()),
    ("m.safetensors", WEIGHTS),
])  # fmt: skip
def test_honest_content_is_no_disguise(tmp_path: Path, name: str, data: bytes) -> None:
    assert not disguises(look_at(tmp_path, name, data))


@pytest.mark.parametrize(("name", "front"), [
    ("m.safetensors", WEIGHTS),
    ("notes.txt", b"hello\n"),
    ("m.dat", b"\xf1\xf2\xf3"),
    ("p.png", png()),
])  # fmt: skip
@pytest.mark.parametrize("behind", [b"", b"\n\n", bytes(40_000)])
def test_an_archive_at_the_end_of_another_file_is_an_error(
    tmp_path: Path, name: str, front: bytes, behind: bytes
) -> None:
    for data in (front + ARCHIVE, moved_zip(front, {"a.txt": b"a\n"})):
        found = disguises(look_at(tmp_path, name, data + behind))
        assert Severity.ERROR in {finding.severity for finding in found}


@pytest.mark.parametrize("data", [ELF, PE, SCRIPT])
def test_an_archive_behind_a_program_is_how_installers_are_made(
    tmp_path: Path, data: bytes
) -> None:
    (finding,) = disguises(look_at(tmp_path, "installer", data + ARCHIVE))
    assert finding.severity is Severity.WARNING


def test_an_archive_as_the_last_member_of_another_is_no_disguise(tmp_path: Path) -> None:
    data = tar_file(tar_member("a.zip", ARCHIVE))
    assert not disguises(look_at(tmp_path, "all.tar", data))
    assert not disguises(look_at(tmp_path, "all.zip", zip_file({"a.zip": ARCHIVE})))


def test_a_disguise_within_an_archive_is_found(tmp_path: Path) -> None:
    (finding,) = disguises(look_at(tmp_path, "all.zip", zip_file({"a/c.json": PICKLE})))
    assert finding.place == "a/c.json"


def test_the_mark_of_an_archive_s_end_alone_is_no_archive() -> None:
    assert archive_end(Memory(b"PK\x05\x06" * 60)) is None
    assert archive_end(Memory(b"x" * 50 + b"PK\x05\x06" + bytes(18))) is None
    assert archive_end(Memory(b"")) is None


def test_more_marks_than_are_followed_are_an_archive_s() -> None:
    assert archive_end(Memory(b"PK\x05\x06" * 20_000)) is not None


def test_weights_that_begin_as_an_archive_are_one() -> None:
    length = int.from_bytes(b"PK\x03\x04", "little")
    data = length.to_bytes(8, "little") + b"{}".ljust(length)
    rules = {finding.rule for finding in look_inside("model.bin", Memory(data)).findings}
    assert RULE in rules


def test_an_archive_is_found_by_either_of_its_two_statements() -> None:
    data = moved_zip(b"front", {"a.txt": b"a\n"})
    at = data.rindex(b"PK\x05\x06")
    for place in (12, 16):
        lying = data[: at + place] + b"\x77\0\0\0" + data[at + place + 4 :]
        assert archive_end(Memory(lying)) == at


def test_an_archive_of_the_large_kind_is_found_by_its_locator() -> None:
    data = b"x" * 50 + b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + b"\xff" * 16 + bytes(2)
    assert archive_end(Memory(data)) == 70


@pytest.mark.parametrize(("magic", "kind"), MAGICS)
def test_every_magic_shows_its_kind(magic: bytes, kind: object) -> None:
    assert kind_of(magic.ljust(64, b"\0")) is kind


@pytest.mark.parametrize("front", [b"", b" \n", b"<!-- a -->", b"<!-- a\nb --> <!---->\n"])
def test_a_page_is_one_behind_its_comments(front: bytes) -> None:
    assert kind_of(front + b"<html>") is HTML


@pytest.mark.parametrize("comment", [b"<!---->", b"<!-- -->\n", b"<!--", b"-->"])
def test_comments_without_a_page_are_none(comment: bytes) -> None:
    # Tried in every way to tell them apart, these would take longer than anybody waits.
    assert kind_of((comment * 500)[:4096]) is None


def test_articles_follow_the_name() -> None:
    shown = {kind.article for _, kind in MAGICS}
    assert {"an ELF program", "a ZIP archive", "a 7z archive", "an RPM package"} <= shown


@pytest.mark.parametrize(("name", "magic"), [("m.tflite", b"TFL3"), ("m.onnx", b"ORTM")])
def test_a_flat_buffer_under_its_own_name_is_in_no_disguise(
    tmp_path: Path, name: str, magic: bytes
) -> None:
    facts = look_at(tmp_path, name, b"\x1c\0\0\0" + magic + b"\xff" * 100).facts
    assert "AIV-CONTAINER-DISGUISE" not in {finding.rule for finding in facts.findings}
    assert facts.unread
