"""tar archives: every header is held to what all programs read alike."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, State
from aiverify.formats.tarring import walk
from tests.support.archive_files import (
    BLOCK,
    PICKLE,
    pax,
    pax_records,
    tar_file,
    tar_header,
    tar_member,
)
from tests.support.looking import look_at


def look_at_tar(folder: Path, *members: bytes, end: bytes = bytes(2 * BLOCK)) -> FileFacts:
    return look_at(folder, "all.tar", tar_file(*members, end=end))


def rules(found: FileFacts) -> list[str]:
    return [finding.rule for finding in found.facts.findings]


def test_an_archive_states_its_members_their_bytes_and_kinds(tmp_path: Path) -> None:
    found = look_at_tar(
        tmp_path,
        tar_member("./", kind=b"5"),
        tar_member("./a.txt", b"a\n"),
        tar_member("b/c.json", b"{}"),
    )
    assert (found.facts.format, found.state) == ("tar", State.CLEAN)
    assert found.facts.values == {"members": 2, "unpacked": 4, "kinds": {"json": 1, "txt": 1}}


@pytest.mark.parametrize("format_", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_what_python_writes_is_read_in_all_its_formats(tmp_path: Path, format_: int) -> None:
    buffer = io.BytesIO()
    names = ["a.txt", "d" * 90 + "/" + "n" * 90 + ".txt"]
    if format_ != tarfile.USTAR_FORMAT:
        names += ["l" * 300 + ".txt", "ü/ä.txt"]
    with tarfile.open(fileobj=buffer, mode="w", format=format_) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 6
            archive.addfile(info, io.BytesIO(b"hello\n"))
    found = look_at(tmp_path, "all.tar", buffer.getvalue())
    assert found.state is State.CLEAN
    assert found.facts.values["members"] == len(names)


def test_an_archive_from_before_posix_is_recognised_by_its_checksum(tmp_path: Path) -> None:
    data = tar_file(tar_member("a.txt", b"a\n", b"\0", magic=b""), tar_member("d/", b"", b"\0"))
    found = look_at(tmp_path, "data", data)
    assert (found.facts.format, found.facts.values["members"]) == ("tar", 1)


def test_a_size_in_base_256_is_read(tmp_path: Path) -> None:
    header = tar_header("a.txt", size_field=b"\x80" + bytes(10) + b"\2")
    found = look_at_tar(tmp_path, header + b"a\n".ljust(BLOCK, b"\0"))
    assert (found.state, found.facts.values["unpacked"]) == (State.CLEAN, 2)


@pytest.mark.parametrize(
    "name", ["../a", "a/../../b", "/a", "a\\b", "C:a", "..", "./../a", "/../a"]
)
def test_a_name_that_leads_out_is_found(tmp_path: Path, name: str) -> None:
    assert "AIV-CONTAINER-NAME" in rules(look_at_tar(tmp_path, tar_member(name, b"a\n")))


@pytest.mark.parametrize("name", ["a", "./a", "a..b", "..a/b", "a/./b", "ab:c/d", "./a b"])
def test_a_plain_name_is_clean(tmp_path: Path, name: str) -> None:
    assert look_at_tar(tmp_path, tar_member(name, b"a\n")).state is State.CLEAN


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"6"])
def test_links_devices_and_pipes_are_found(tmp_path: Path, kind: bytes) -> None:
    found = look_at_tar(tmp_path, tar_member("a", kind=kind, link="b"))
    assert rules(found) == ["AIV-CONTAINER-LINK"]


@pytest.mark.parametrize("names", [("a", "a"), ("a", "./a"), ("a", "A"), ("ß", "SS")])
def test_names_that_are_one_file_are_found(tmp_path: Path, names: tuple[str, str]) -> None:
    found = look_at_tar(tmp_path, *(tar_member(name, b"a\n") for name in names))
    assert rules(found) == ["AIV-CONTAINER-DUPLICATE"]


def test_a_folder_may_be_named_twice(tmp_path: Path) -> None:
    found = look_at_tar(tmp_path, tar_member("a/", kind=b"5"), tar_member("a/", kind=b"5"))
    assert found.state is State.CLEAN


def test_a_long_name_and_a_pax_name_stand_for_the_next_member_alone(tmp_path: Path) -> None:
    found = look_at_tar(
        tmp_path,
        tar_member("././@LongLink", b"long.pkl\0", b"L"),
        tar_member("short", PICKLE),
        pax(path="pax.pkl"),
        tar_member("other", PICKLE),
        tar_member("third", PICKLE),
    )
    places = {use.place.partition(",")[0] for use in found.facts.globals}
    assert places == {"long.pkl", "pax.pkl", "third"}


@pytest.mark.parametrize(("size", "told"), [(2, 4), (4, 2), (0, 2)])
def test_two_sizes_of_one_member_are_found(tmp_path: Path, size: int, told: int) -> None:
    found = look_at_tar(
        tmp_path, pax(size=str(told)), tar_header("a", size) + b"a\na\n".ljust(BLOCK, b"\0")
    )
    assert "AIV-CONTAINER-MISMATCH" in rules(found)


def test_the_same_size_twice_is_clean(tmp_path: Path) -> None:
    assert look_at_tar(tmp_path, pax(size="2"), tar_member("a", b"a\n")).state is State.CLEAN


def test_a_global_comment_is_clean_and_a_global_name_is_not(tmp_path: Path) -> None:
    comment = tar_member("g", pax_records({"comment": "x"}), b"g")
    assert look_at_tar(tmp_path, comment, tar_member("a", b"a\n")).state is State.CLEAN
    named = tar_member("g", pax_records({"path": "x"}), b"g")
    assert "AIV-CONTAINER-MISMATCH" in rules(look_at_tar(tmp_path, named, tar_member("a", b"a\n")))


def test_bytes_behind_the_end_are_found(tmp_path: Path) -> None:
    one = bytes(BLOCK)
    behind = look_at_tar(tmp_path, tar_member("a", b"a\n"), end=one + tar_member("b", b"b\n"))
    assert rules(behind) == ["AIV-CONTAINER-HIDDEN"]
    padded = look_at_tar(tmp_path, tar_member("a", b"a\n"), end=bytes(20 * BLOCK))
    assert padded.state is State.CLEAN


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ((tar_member("a", b"a")[:BLOCK],), "ends before them"),
        ((tar_member("a", b"a") + b"x" * BLOCK,), "wrong checksum"),
        ((tar_member("a", b"a") + tar_member("b").replace(b"644", b"777"),), "wrong checksum"),
        ((tar_header("a", size_field=b"8" * 11 + b"\0"),), "no plain size"),
        ((tar_header("a", size_field=b"\xff" * 12),), "no plain size"),
        ((tar_header("a", size_field=b"\x80" + b"\xff" * 11),), "no plain size"),
        ((tar_member("a", b"a", b"5"),), "is no file and has 1 bytes"),
        ((tar_member("a", b"a", b"2"),), "is no file and has 1 bytes"),
        ((tar_member("p", b"x path=a\n", b"x"),), "no length"),
        ((tar_member("p", b"9 path=abc", b"x"),), "does not end"),
        ((tar_member("p", b"99999999 path=abc\n", b"x"),), "no length"),
        ((tar_member("p", b"4 a\n", b"x"),), "does not end"),
        ((tar_member("p", b"6 a=b\n6 a=c\n", b"x"),), "twice"),
        ((pax(size="-1"), tar_member("a")), "no number"),
        ((pax(size="9" * 30), tar_member("a")), "no number"),
        ((tar_header("p", 2 << 20, b"x") + bytes(2 << 20),), "extended header has"),
    ],
)
def test_a_broken_archive_is_malformed(
    tmp_path: Path, members: tuple[bytes, ...], why: str
) -> None:
    end = b"" if why == "ends before them" else bytes(2 * BLOCK)
    found = look_at_tar(tmp_path, *members, end=end)
    assert rules(found) == ["AIV-FORMAT-MALFORMED"]
    assert why in found.facts.findings[0].message


def test_an_archive_without_its_end_is_malformed(tmp_path: Path) -> None:
    assert rules(look_at_tar(tmp_path, tar_member("a", b"a\n"), end=b"")) == [
        "AIV-FORMAT-MALFORMED"
    ]


def test_an_archive_of_more_headers_than_are_read_is_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_HEADERS", 3)
    members = [tar_member(f"{number}", b"a\n") for number in range(3)]
    assert "more than 3 headers" in look_at_tar(tmp_path, *members).facts.findings[0].message


@pytest.mark.parametrize("kind", [b"S", b"V", b"M", b"Z"])
def test_a_member_of_an_unknown_kind_is_unread(tmp_path: Path, kind: bytes) -> None:
    assert look_at_tar(tmp_path, tar_member("a", b"a\n", kind)).state is State.UNREAD


def test_an_archive_that_is_a_pickle_as_well_is_found(tmp_path: Path) -> None:
    name = b"cos\nsystem\n(S'touch /nonexistent/pwned'\ntR."
    assert "AIV-CONTAINER-DISGUISE" in rules(look_at_tar(tmp_path, tar_member(name, b"a\n")))
