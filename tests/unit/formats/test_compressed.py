"""Packed files: unpacked within bounds, and nothing is overlooked behind the stream."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, State
from aiverify.core.finding import Severity
from aiverify.formats import compressed
from tests.support.archive_files import ELF, PACKERS, gz, tar_file, tar_member
from tests.support.looking import look_at

TEXT = b"hello\n" * 100


def rules(found: FileFacts) -> list[str]:
    return [finding.rule for finding in found.facts.findings]


@pytest.mark.parametrize("packing", PACKERS)
def test_a_packed_text_is_clean_and_states_its_packing(tmp_path: Path, packing: str) -> None:
    found = look_at(tmp_path, "notes.txt.x", PACKERS[packing](TEXT))
    assert (found.facts.format, found.state) == ("compressed", State.CLEAN)
    assert found.facts.values == {"packing": packing, "streams": 1, "unpacked": 600}


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("a/m.safetensors.gz", "m.safetensors"),
        ("m.safetensors.xz", "m.safetensors"),
        ("m.dat", "m.dat"),
    ],
)
def test_the_file_inside_goes_by_the_outer_name(tmp_path: Path, name: str, inner: str) -> None:
    found = look_at(tmp_path, name, gz(b"\xf1\xf2\xf3"))
    places = [item.place for item in found.facts.findings]
    assert inner in places or f"{inner}: " in found.facts.unread


def test_a_packed_archive_is_looked_into(tmp_path: Path) -> None:
    data = gz(tar_file(tar_member("m.safetensors", b"1234567")))
    found = look_at(tmp_path, "all.tgz", data)
    assert [item.place for item in found.facts.findings] == ["all.tar, m.safetensors"]


@pytest.mark.parametrize("packing", PACKERS)
def test_a_stream_that_is_cut_is_malformed(tmp_path: Path, packing: str) -> None:
    data = PACKERS[packing](TEXT)
    for size in (len(data) - 1, len(data) // 2, 10):
        found = look_at(tmp_path, "notes.txt.x", data[:size])
        assert rules(found) == ["AIV-FORMAT-MALFORMED"]


@pytest.mark.parametrize("packing", PACKERS)
def test_zeros_may_follow_and_a_program_may_not(tmp_path: Path, packing: str) -> None:
    data = PACKERS[packing](TEXT)
    assert look_at(tmp_path, "notes.txt.x", data + bytes(100_000)).state is State.CLEAN
    found = look_at(tmp_path, "notes.txt.x", data + bytes(9) + ELF)
    (finding,) = [item for item in found.facts.findings if item.rule == "AIV-CONTAINER-HIDDEN"]
    assert finding.severity is Severity.ERROR
    assert "an ELF program" in finding.message
    found = look_at(tmp_path, "notes.txt.x", data + b"more")
    (finding,) = [item for item in found.facts.findings if item.rule == "AIV-CONTAINER-HIDDEN"]
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("packing", PACKERS)
def test_a_second_stream_is_found_and_looked_into(tmp_path: Path, packing: str) -> None:
    pack = PACKERS[packing]
    found = look_at(tmp_path, "notes.txt.x", pack(TEXT) + pack(b"\xf1\xf2"))
    assert found.facts.values["streams"] == 2
    assert found.facts.values["unpacked"] == 602
    assert "AIV-CONTAINER-HIDDEN" in rules(found)
    assert found.state is State.UNREAD


@pytest.mark.parametrize("packing", PACKERS)
def test_zeros_between_two_streams_do_not_hide_the_second(tmp_path: Path, packing: str) -> None:
    pack = PACKERS[packing]
    found = look_at(tmp_path, "notes.txt.x", pack(TEXT) + bytes(100_000) + pack(TEXT))
    assert (found.facts.values["streams"], found.facts.values["unpacked"]) == (2, 1200)


@pytest.mark.parametrize("packing", PACKERS)
def test_what_unpacks_to_more_than_the_limit_is_unread(
    tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed, "MAX_UNPACKED", 600)
    assert look_at(tmp_path, "notes.txt.x", PACKERS[packing](TEXT)).state is State.CLEAN
    found = look_at(tmp_path, "notes.txt.x", PACKERS[packing](TEXT + b"a"))
    assert found.state is State.UNREAD
    assert "unpacked" not in found.facts.values
    assert rules(found) == []


def test_what_unpacks_to_more_than_the_limit_out_of_nothing_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed, "MAX_UNPACKED", 1 << 16)
    found = look_at(tmp_path, "notes.txt.gz", gz(b"a" * (1 << 17)))
    assert (rules(found), found.state) == (["AIV-CONTAINER-BOMB"], State.UNREAD)


def test_more_streams_than_are_unpacked_are_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed, "MAX_STREAMS", 3)
    assert rules(look_at(tmp_path, "a.txt.gz", gz(b"a") * 4)) == ["AIV-FORMAT-MALFORMED"]
