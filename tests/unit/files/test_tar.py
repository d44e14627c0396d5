"""Archives: plain members are found where they lie, and everything else is refused."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from aiverify.errors import ChangedError, InputError, MalformedError, UnsafeNameError
from aiverify.files import tar
from aiverify.files.extent import Extent
from aiverify.files.tar import BLOCK, END, Archive, is_tar, list_archive, padding

CHECKSUM = slice(148, 156)
SIZE = slice(124, 136)


def header(name: str = "a", size: int = 0, **fields: object) -> bytes:
    """A header as Python's own tarfile writes it, in GNU form."""
    info = tarfile.TarInfo(name)
    info.size = size
    for field, value in fields.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.GNU_FORMAT)


def altered(block: bytes, where: slice, value: bytes) -> bytes:
    """A header with other bytes in a field, and a checksum that is right all the same."""
    changed = bytearray(block)
    changed[where] = value.ljust(where.stop - where.start, b"\0")
    changed[CHECKSUM] = b" " * 8
    changed[CHECKSUM] = b"%06o\0 " % sum(changed)
    return bytes(changed)


def member(name: str, content: bytes = b"") -> bytes:
    return header(name, len(content)) + content + padding(len(content))


def archive(folder: Path, *parts: bytes, end: bytes = END) -> Path:
    path = folder / "bundle.tar"
    path.write_bytes(b"".join(parts) + end)
    return path


def contents(listed: Archive) -> dict[str, bytes]:
    return {name: extent.read(1 << 20) for name, extent in listed.members.items()}


FILES = {
    "oci-layout": b"{}",
    "blobs/sha256/0": bytes(range(256)) * 5,
    "empty": b"",
    "512": b"x" * 512,
}


def test_members_are_found_where_their_bytes_lie(tmp_path: Path) -> None:
    parts = [member(name, content) for name, content in FILES.items()]
    listed = list_archive(archive(tmp_path, *parts))
    assert contents(listed) == FILES
    assert list(listed.members) == list(FILES)
    assert listed.end == len(b"".join(parts))


def test_what_we_write_we_list(tmp_path: Path) -> None:
    written = io.BytesIO()
    for name, content in FILES.items():
        tar.add(written, name, content)
    assert contents(list_archive(archive(tmp_path, written.getvalue()))) == FILES


def test_what_we_write_other_tools_list(tmp_path: Path) -> None:
    written = io.BytesIO()
    for name, content in FILES.items():
        tar.add(written, name, content)
    with tarfile.open(archive(tmp_path, written.getvalue())) as theirs:
        infos = theirs.getmembers()
        assert {info.name: theirs.extractfile(info).read() for info in infos} == FILES
    assert {(info.mode, info.uid, info.gid, info.mtime, info.uname) for info in infos} == {
        (0o644, 0, 0, 0, "")
    }


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("prefix", ["", "./"])
def test_what_python_writes_for_plain_files_we_list(tmp_path: Path, form: int, prefix: str) -> None:
    path = tmp_path / "theirs.tar"
    with tarfile.open(path, "w", format=form) as theirs:
        add_directory(theirs, prefix + "blobs")
        for name, content in FILES.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(content)
            theirs.addfile(info, io.BytesIO(content))
    assert contents(list_archive(path)) == FILES


def add_directory(archive: tarfile.TarFile, name: str) -> None:
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE
    archive.addfile(info)


@pytest.mark.parametrize("name", ["./", ".", "blobs/", "./blobs/sha256/"])
def test_directories_are_passed_over(tmp_path: Path, name: str) -> None:
    parts = header(name, type=tarfile.DIRTYPE), member("a", b"x")
    assert contents(list_archive(archive(tmp_path, *parts))) == {"a": b"x"}


def test_a_long_name_in_the_prefix_field_is_read_whole(tmp_path: Path) -> None:
    name = "d" * 100 + "/" + "f" * 90
    info = tarfile.TarInfo(name)
    path = archive(tmp_path, info.tobuf(tarfile.USTAR_FORMAT))
    assert list(list_archive(path).members) == [name]


def test_an_archive_of_nothing_holds_nothing(tmp_path: Path) -> None:
    assert list_archive(archive(tmp_path)) == Archive({}, 0)


def test_zeros_behind_the_end_mark_are_padding(tmp_path: Path) -> None:
    path = archive(tmp_path, member("a"), end=bytes(20 * BLOCK))
    assert list_archive(path).end == BLOCK


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1 << 20, 8 << 30, 1 << 40])
def test_a_header_of_ours_is_one_block_whatever_the_size(size: int) -> None:
    block = tar.header("blobs/sha256/" + "0" * 64, size)
    assert len(block) == BLOCK
    assert tarfile.TarInfo.frombuf(block, "utf-8", "strict").size == size


@pytest.mark.parametrize(("size", "zeros"), [(0, 0), (1, 511), (511, 1), (512, 0), (513, 511)])
def test_padding_fills_the_last_block(size: int, zeros: int) -> None:
    assert padding(size) == bytes(zeros)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.SYMTYPE, "linkname": "b"},
        {"type": tarfile.LNKTYPE, "linkname": "b"},
        {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3},
        {"type": tarfile.BLKTYPE},
        {"type": tarfile.FIFOTYPE},
        {"type": tarfile.CONTTYPE},
        {"type": tarfile.GNUTYPE_SPARSE},
        {"type": tarfile.GNUTYPE_LONGNAME},
        {"type": tarfile.GNUTYPE_LONGLINK},
        {"type": tarfile.XHDTYPE},
        {"type": tarfile.XGLTYPE},
        {"type": tarfile.SOLARIS_XHDTYPE},
        {"type": b"V"},
        {"type": b"Z"},
    ],
    ids=lambda fields: fields["type"].decode(),
)
def test_a_member_that_is_no_plain_file_is_refused(
    tmp_path: Path, fields: dict[str, object]
) -> None:
    path = archive(tmp_path, member("b"), header("odd\x1b", **fields))
    with pytest.raises(MalformedError, match="plain files only") as caught:
        list_archive(path)
    assert r"odd\x1b" in caught.value.message


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_name_too_long_for_a_header_is_refused(tmp_path: Path, form: int) -> None:
    """Another header would say what the next one means, and readers differ on which wins."""
    info = tarfile.TarInfo("n" * 300)
    with pytest.raises(MalformedError, match="plain files only"):
        list_archive(archive(tmp_path, info.tobuf(form)))


@pytest.mark.parametrize(("first", "second"), [("a", "a"), ("a", "./a"), ("./a", "a")])
def test_a_member_twice_is_refused(tmp_path: Path, first: str, second: str) -> None:
    path = archive(tmp_path, member(first, b"good"), member("b"), member(second, b"evil"))
    with pytest.raises(MalformedError, match="holds a twice"):
        list_archive(path)


@pytest.mark.parametrize(
    ("first", "second"),
    [("index.json", "INDEX.json"), ("A/x", "a/y"), ("caf\u00e9", "cafe\u0301"), ("a", "a/b")],
)
def test_members_that_would_be_written_over_each_other_are_refused(
    tmp_path: Path, first: str, second: str
) -> None:
    with pytest.raises(UnsafeNameError):
        list_archive(archive(tmp_path, member(first, b"good"), member(second, b"evil")))


UNSAFE = ["../a", "a/../../b", "/etc/passwd", "..", "a\\b", "C:x", "a//b", "././a", ".//a"]


@pytest.mark.parametrize("name", [*UNSAFE, "./", "a/"])
def test_a_file_that_would_be_written_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeNameError):
        list_archive(archive(tmp_path, member(name)))


@pytest.mark.parametrize("name", ["../a", "/etc", "a\\b"])
def test_a_directory_that_would_be_made_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeNameError):
        list_archive(archive(tmp_path, header(name, type=tarfile.DIRTYPE)))


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeNameError):
        list_archive(archive(tmp_path, altered(header(), slice(0, 1), b"")))


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    block = altered(header("abc"), slice(0, 3), b"\xff\xfe!")
    with pytest.raises(MalformedError, match="broken tar header at byte 512"):
        list_archive(archive(tmp_path, member("ok"), block))


@pytest.mark.parametrize("size", [513, 1024, 1025, 1536, 1537, 8**11 - 1, 1 << 62, 1 << 80])
def test_a_size_that_reaches_outside_the_file_is_refused(tmp_path: Path, size: int) -> None:
    """Nothing but the end mark is there."""
    path = archive(tmp_path, member("b", b"x"), header("liar", size))
    with pytest.raises(MalformedError, match=r"bundle\.tar"):
        list_archive(path)


@pytest.mark.parametrize("value", [-1, -512, -1024, -(1 << 40)])
def test_a_negative_size_in_base_256_is_refused(tmp_path: Path, value: int) -> None:
    field = b"\xff" + value.to_bytes(11, "big", signed=True)
    path = archive(tmp_path, member("b", b"x" * 2000), altered(header("liar"), SIZE, field))
    with pytest.raises(MalformedError, match=f"the member liar says it has {value} bytes"):
        list_archive(path)


@pytest.mark.parametrize("field", [b"99999999999", b"zzzzzzzzzzz", b"-0000000512", b"\x81" * 12])
def test_a_size_that_is_no_octal_number_is_refused(tmp_path: Path, field: bytes) -> None:
    path = archive(tmp_path, altered(header("liar"), SIZE, field))
    with pytest.raises(MalformedError):
        list_archive(path)


@pytest.mark.parametrize(
    "field",
    [b"1_0", b"0o10", b"+10", b" 10", b"10 1", b"10\0001", b"10\n", b"000000000010", b""],
)
def test_a_size_that_only_some_programs_take_is_refused(tmp_path: Path, field: bytes) -> None:
    """Python would take most of them for 8, and others for 1 or nothing: one archive, two trees."""
    path = archive(tmp_path, altered(header("liar"), SIZE, field), bytes(BLOCK))
    with pytest.raises(MalformedError, match="header at byte 0"):
        list_archive(path)


@pytest.mark.parametrize(
    "field",
    [b"00000000010\0", b"00000000010 ", b"10\0", b"10 \0", b"\x80" + bytes(10) + b"\x08"],
)
def test_a_size_in_octal_or_base_256_is_read(tmp_path: Path, field: bytes) -> None:
    path = archive(tmp_path, altered(header("a"), SIZE, field), b"8 bytes!" + padding(8))
    assert contents(list_archive(path)) == {"a": b"8 bytes!"}


@pytest.mark.parametrize("magic", [b"ustar  \0", b"ustar 00", b"ustarx00", b"\0" * 8])
@pytest.mark.parametrize("prefix", [b"evil", b"\0evil"])
def test_a_prefix_that_only_some_programs_read_is_refused(
    tmp_path: Path, magic: bytes, prefix: bytes
) -> None:
    block = altered(altered(header("a"), slice(345, 500), prefix), slice(257, 265), magic)
    with pytest.raises(MalformedError, match="byte 0 that other programs read differently"):
        list_archive(archive(tmp_path, block))


def test_a_directory_with_bytes_of_its_own_is_refused(tmp_path: Path) -> None:
    """Some readers skip them and some read them as the next header: one archive, two trees."""
    inner = member("evil", b"x")
    path = archive(tmp_path, header("d", len(inner), type=tarfile.DIRTYPE), inner)
    with pytest.raises(MalformedError):
        list_archive(path)


@pytest.mark.parametrize("position", [0, 100, 124, 148, 156, 257, 400])
def test_a_header_with_a_flipped_bit_is_refused(tmp_path: Path, position: int) -> None:
    block = bytearray(member("a"))
    block[position] ^= 1
    with pytest.raises(MalformedError, match="broken tar header at byte 0"):
        list_archive(archive(tmp_path, bytes(block)))


def test_bytes_in_place_of_a_header_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match="broken tar header at byte 512"):
        list_archive(archive(tmp_path, member("a"), b"\xff" * BLOCK))


def cuts(whole: bytes) -> Iterable[int]:
    """Lengths at which an archive of two members is not whole, block borders included."""
    return sorted({0, 1, 511, 512, 513, 1023, 1024, 1536, 2047, len(whole) - len(END)})


TWO = member("a", b"x" * 10) + member("b", b"y" * 600) + END


@pytest.mark.parametrize("length", cuts(TWO))
def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    with pytest.raises(MalformedError, match=r"ends (without a tar end mark|before)|archive ends"):
        list_archive(archive(tmp_path, TWO[:length], end=b""))


@pytest.mark.parametrize("kind", ["directory", "missing", "pipe", "link"])
def test_what_is_no_file_is_no_archive(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.tar"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(archive(tmp_path, member("a")))
    with pytest.raises(InputError, match=r"x\.tar"):
        list_archive(path)


def test_a_member_of_an_archive_that_changed_is_not_read(tmp_path: Path) -> None:
    path = archive(tmp_path, member("a", b"good"))
    [extent] = list_archive(path).members.values()
    with path.open("r+b") as file:
        file.seek(BLOCK)
        file.write(b"evil")
    os.utime(path, ns=(0, 0))
    with pytest.raises(ChangedError):
        extent.read(4)


def test_more_members_than_a_bundle_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tar, "_MAX_MEMBERS", 2)
    assert len(list_archive(archive(tmp_path, member("a"), member("b"))).members) == 2
    with pytest.raises(MalformedError, match="too many members"):
        list_archive(archive(tmp_path, member("a"), member("b"), member("c")))


def test_directories_are_members_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar, "_MAX_MEMBERS", 2)
    folders = [header(f"{number}/", type=tarfile.DIRTYPE) for number in range(3)]
    assert list_archive(archive(tmp_path, *folders[:2])).members == {}
    with pytest.raises(MalformedError, match="too many members"):
        list_archive(archive(tmp_path, *folders))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (member("a") + END, True),
        (tarfile.TarInfo("a").tobuf(tarfile.USTAR_FORMAT), True),
        (member("a")[:511], False),
        (b"", False),
        (END, False),
        (b"\x80\x02ustar" * 100, False),
        (b"ustar" * 200, False),
    ],
    ids=["gnu", "ustar", "short", "nothing", "zeros", "other", "elsewhere"],
)
def test_a_tar_is_known_by_its_magic(tmp_path: Path, content: bytes, said: bool) -> None:
    assert is_tar(Extent.of_file(archive(tmp_path, content, end=b""))) is said
