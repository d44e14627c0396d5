"""What an archive may hold, and what an attacker would put into one."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from aiverify.core.layers import Compression
from aiverify.errors import InputError, MalformedError, UnsafeNameError
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.extract import UnpackedLayer, unpack_layer
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.files.tar import BLOCK, END, MAX_PADDING

BUDGET = 1 << 30
SIZE, CHECKSUM = slice(124, 136), slice(148, 156)


def block(name: str = "a", size: int = 0, kind: bytes = b"0", **fields: object) -> bytes:
    """A header as Python's tarfile writes it in plain POSIX form."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    for key, value in fields.items():
        setattr(info, key, value)
    return info.tobuf(tarfile.USTAR_FORMAT, errors="surrogateescape")


def altered(header: bytes, where: slice, value: bytes) -> bytes:
    """A header with other bytes in a field, and a checksum that is right all the same."""
    changed = bytearray(header)
    changed[where] = value.ljust(where.stop - where.start, b"\0")
    changed[CHECKSUM] = b" " * 8
    changed[CHECKSUM] = b"%06o\0 " % sum(changed)
    return bytes(changed)


def filled(content: bytes) -> bytes:
    return content + bytes(-len(content) % BLOCK)


def file(name: str = "a", content: bytes = b"", **fields: object) -> bytes:
    return block(name, len(content), **fields) + filled(content)


def record(key: bytes, value: bytes) -> bytes:
    size = len(key) + len(value) + 3
    while len(str(size)) + len(key) + len(value) + 3 != size:
        size = len(str(size)) + len(key) + len(value) + 3
    return b"%d %s=%s\n" % (size, key, value)


def extended(body: bytes, kind: bytes = b"x") -> bytes:
    return block("extension", len(body), kind) + filled(body)


def pax(**records: bytes) -> bytes:
    return extended(b"".join(record(key.encode(), value) for key, value in records.items()))


def long_name(name: bytes) -> bytes:
    return extended(name + b"\0", b"L")


def unpacked(folder: Path, data: bytes, total: int = BUDGET, **limits: int) -> UnpackedLayer:
    """Unpack an archive into a new directory beside it."""
    blob = folder / "blob"
    blob.write_bytes(data)
    (folder / "out").mkdir(exist_ok=True)
    return unpack_layer(
        Extent.of_file(blob),
        Compression.NONE,
        folder / "out",
        budget=Budget(total, **limits),
        progress=Silent(),
    )


def refused(
    folder: Path, *parts: bytes, error: type[InputError] = MalformedError, end: bytes = END
) -> str:
    """The message with which an archive is refused, held to what every message must be."""
    with pytest.raises(error) as caught:
        unpacked(folder, b"".join(parts) + end)
    assert type(caught.value) is error
    assert str(folder / "blob") in caught.value.message
    assert caught.value.message.isprintable()
    return caught.value.message


def names(folder: Path, *parts: bytes, end: bytes = END) -> list[str]:
    return [item.name for item in unpacked(folder, b"".join(parts) + end).files]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (b"1", "is a hard link"),
        (b"2", "is a symbolic link"),
        (b"3", "is a character device"),
        (b"4", "is a block device"),
        (b"6", "is a named pipe"),
        (b"S", "is a sparse file"),
        (b"K", "is a link"),
        (b"7", "of an unknown kind"),
        (b"V", "of an unknown kind"),
        (b"\xff", "of an unknown kind"),
    ],
)
def test_only_plain_files_and_directories_are_taken(
    tmp_path: Path, kind: bytes, words: str
) -> None:
    assert words in refused(tmp_path, file("a"), block("b", kind=kind, linkname="a"))


def test_a_link_is_not_written_before_it_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, block("out", kind=b"2", linkname="/"), file("out/etc", b"x"))
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a/..",
        "a\\b",
        "..\\up",
        "C:/x",
        "c:x",
        "a//b",
        "a/./b",
    ],
)
@pytest.mark.parametrize("how", ["header", "pax", "long"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str, how: str) -> None:
    before = {"header": b"", "pax": pax(path=name.encode()), "long": long_name(name.encode())}[how]
    header = file(name if how == "header" else "plain", b"x")
    refused(tmp_path, before, header, error=UnsafeNameError)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["blob", "out"]


@pytest.mark.parametrize("name", ["/", "//", "..", "../", "a/../b/", "/a/", "a//"])
def test_a_directory_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    refused(tmp_path, pax(path=name.encode()), block("d", kind=b"5"), error=UnsafeNameError)


@pytest.mark.parametrize("raw", [b"caf\xe9", b"\xff", b"a\xc0\xafb", b"\xed\xa0\x80"])
def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path, raw: bytes) -> None:
    for before, header in (
        (b"", altered(block(), slice(0, 100), raw)),
        (pax(path=raw), block()),
        (long_name(raw), block()),
    ):
        assert "is not UTF-8" in refused(tmp_path, before, header, error=UnsafeNameError)


@pytest.mark.parametrize("name", [b"", b"a\0b", b"./", b"x/"])
def test_a_file_needs_a_whole_name(tmp_path: Path, name: bytes) -> None:
    refused(tmp_path, pax(path=name), block(), error=UnsafeNameError)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Model", "model"), ("stra\u00dfe", "STRASSE"), ("\u00e9", "e\u0301"), ("d/A", "D/b")],
)
def test_names_that_are_one_on_other_systems_are_refused(
    tmp_path: Path, first: str, second: str
) -> None:
    parts = [pax(path=name.encode()) + file("x", b"1") for name in (first, second)]
    message = refused(tmp_path, *parts, error=UnsafeNameError)
    assert "the same name on a system that ignores case" in message
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(written) == 1


@pytest.mark.parametrize(
    "parts",
    [
        (file("a"), file("a/b")),
        (file("a/b"), file("a")),
        (block("a/", kind=b"5"), file("a")),
        (file("a"), block("a/", kind=b"5")),
        (file("A/b"), block("A/b/c/", kind=b"5")),
    ],
)
def test_a_file_that_is_a_directory_too_is_refused(
    tmp_path: Path, parts: tuple[bytes, ...]
) -> None:
    assert "both a file and a directory" in refused(tmp_path, *parts, error=UnsafeNameError)


def test_a_directory_and_a_file_that_differ_in_case_are_refused(tmp_path: Path) -> None:
    refused(tmp_path, block("A/", kind=b"5"), file("a"), error=UnsafeNameError)


@pytest.mark.parametrize("again", ["a", "./a"])
def test_the_same_name_twice_is_refused(tmp_path: Path, again: str) -> None:
    assert "holds a twice" in refused(tmp_path, file("a", b"1"), file(again, b"2"))
    assert (tmp_path / "out/a").read_bytes() == b"1"


@pytest.mark.parametrize("name", [".wh.model.bin", "a/.wh..wh..opq", ".wh.d/x"])
def test_a_whiteout_is_told_to_be_an_images(tmp_path: Path, name: str) -> None:
    message = refused(tmp_path, file("a"), file(name))
    assert "container image, not of a model" in message


@pytest.mark.parametrize("name", [".git/config", ".GIT/hooks/x", ".git", "./.git/config"])
def test_what_git_would_run_is_refused(tmp_path: Path, name: str) -> None:
    assert "git runs" in refused(tmp_path, file(name, b"x"), error=UnsafeNameError)


@pytest.mark.parametrize("size", [1, BLOCK, 3 * BLOCK, 1 << 29])
def test_a_size_that_reaches_outside_is_refused(tmp_path: Path, size: int) -> None:
    whole = block("a", size)
    message = refused(tmp_path, whole, b"x" * min(size - 1, 700), end=b"")
    assert f"the member a says it has {size} bytes, and the archive ends before them" in message


def test_a_size_beyond_the_budget_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    message = refused(tmp_path, block("a", (1 << 33) - 1), b"x" * 4096)
    assert f"would unpack to more than {BUDGET} bytes" in message
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    "field", [b"1_0", b"0o17", b"-1", b"12 34", b"\xff" * 12, b"\x80\xff" + b"\xff" * 10, b"9"]
)
def test_a_size_that_is_no_plain_number_is_refused(tmp_path: Path, field: bytes) -> None:
    header = altered(block(), SIZE, field)
    assert "that other programs read differently" in refused(tmp_path, header)


def test_a_size_in_base_256_is_read(tmp_path: Path) -> None:
    header = altered(block(), SIZE, b"\x80" + (5).to_bytes(11, "big"))
    assert names(tmp_path, header, filled(b"hello")) == ["a"]
    assert (tmp_path / "out/a").read_bytes() == b"hello"


@pytest.mark.parametrize("place", [0, 100, 124, 148, 155, 156, 257, 345, 511])
def test_a_header_with_a_wrong_checksum_is_refused(tmp_path: Path, place: int) -> None:
    header = bytearray(block("name", 0))
    header[place] ^= 1
    assert "has a broken tar header at byte 512" in refused(tmp_path, file(), bytes(header)[:512])


@pytest.mark.parametrize("field", [b"", b"\0" * 8, b"zzzzzz\0 ", b"-000001\0"])
def test_a_checksum_that_is_no_number_is_refused(tmp_path: Path, field: bytes) -> None:
    header = block()
    refused(tmp_path, header[:148] + field.ljust(8, b"\0") + header[156:])


def test_old_headers_without_a_magic_are_read(tmp_path: Path) -> None:
    header = altered(block("a", 2), slice(257, 265), b"")
    assert names(tmp_path, header, filled(b"hi")) == ["a"]


@pytest.mark.parametrize("magic", [b"ustar  \0", b""])
def test_a_prefix_that_only_some_programs_read_is_refused(tmp_path: Path, magic: bytes) -> None:
    header = altered(altered(block(), slice(257, 265), magic), slice(345, 500), b"hidden")
    assert "that other programs read differently" in refused(tmp_path, header)


def test_a_mark_of_stars_own_format_is_refused(tmp_path: Path) -> None:
    header = altered(block(), slice(508, 512), b"tar\0")
    assert "that other programs read differently" in refused(tmp_path, header)


def test_a_posix_prefix_is_part_of_the_name(tmp_path: Path) -> None:
    header = altered(block("base"), slice(345, 500), b"deep/er")
    assert names(tmp_path, header) == ["deep/er/base"]


def test_a_directory_with_bytes_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, block("d/", 3, b"5"), filled(b"abc"))
    assert "is a directory and has 3 bytes" in message


@pytest.mark.parametrize(
    "end",
    [
        END + file("hidden", b"x"),
        bytes(BLOCK) + file("hidden", b"x") + END,
        bytes(MAX_PADDING + BLOCK + 1),
        END + b"x",
        END + bytes(9000) + b"x",
    ],
)
def test_data_after_the_end_mark_is_refused(tmp_path: Path, end: bytes) -> None:
    assert "has data after the end of its archive" in refused(tmp_path, file(), end=end)


@pytest.mark.parametrize("zeros", [BLOCK, 2 * BLOCK, 2 * BLOCK + 7, 10240, MAX_PADDING + BLOCK])
def test_zeros_after_the_end_are_padding(tmp_path: Path, zeros: int) -> None:
    assert names(tmp_path, file(), end=bytes(zeros)) == ["a"]


@pytest.mark.parametrize("kept", [0, 1, 511, 513])
def test_an_archive_without_its_end_mark_is_refused(tmp_path: Path, kept: int) -> None:
    whole = file() + bytes(1)
    assert "ends without a tar end mark" in refused(tmp_path, whole[:kept], end=b"")


def test_an_archive_may_hold_nothing(tmp_path: Path) -> None:
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b"11 path=ab",
        b"10 path=abc\n",
        b"13 path=abc\n",
        b"0 path=abc\n",
        b"5 path=abc\n",
        b"-3 path=abc\n",
        b"+11 path=ab\n",
        b" 11 path=ab\n",
        b"99999999 path=ab\n",
        b"6 path\n",
        b"11 path=abc\n\0",
        record(b"path", b"abc") + b"\0\0\0",
    ],
)
def test_a_pax_record_with_a_wrong_length_is_refused(tmp_path: Path, body: bytes) -> None:
    assert "PAX record" in refused(tmp_path, extended(body), file())


def test_a_pax_record_that_comes_twice_is_refused(tmp_path: Path) -> None:
    body = record(b"path", b"good") + record(b"path", b"bad")
    assert "given twice" in refused(tmp_path, extended(body), file())


def test_thousands_of_pax_records_are_refused(tmp_path: Path) -> None:
    body = b"".join(record(b"k%d" % at, b"") for at in range(1001))
    assert "more than 1000 PAX records" in refused(tmp_path, extended(body), file())


@pytest.mark.parametrize("kind", [b"x", b"g", b"L"])
def test_a_huge_extended_header_is_refused_unread(tmp_path: Path, kind: bytes) -> None:
    header = block("extension", (1 << 20) + 1, kind)
    assert "an extended header of 1048577 bytes" in refused(tmp_path, header, end=b"")


@pytest.mark.parametrize("kind", [b"x", b"g", b"L"])
def test_an_extended_header_that_is_cut_off_is_refused(tmp_path: Path, kind: bytes) -> None:
    message = refused(tmp_path, block("extension", 4096, kind), b"x" * 100, end=b"")
    assert "ends in the middle of an extended header" in message


@pytest.mark.parametrize("before", [pax(comment=b"x"), long_name(b"name")])
def test_an_extended_header_without_a_member_is_refused(tmp_path: Path, before: bytes) -> None:
    assert "speaks of a next member" in refused(tmp_path, file(), before)


@pytest.mark.parametrize(
    ("twice", "words"),
    [
        (pax(path=b"a") + pax(path=b"b"), "two PAX headers"),
        (long_name(b"a") + long_name(b"b"), "two long names"),
        (pax(path=b"a") + long_name(b"b"), "a long name and a PAX path"),
        (long_name(b"b") + pax(path=b"a"), "a long name and a PAX path"),
    ],
)
def test_a_member_has_one_name(tmp_path: Path, twice: bytes, words: str) -> None:
    assert words in refused(tmp_path, twice, file())


@pytest.mark.parametrize("kind", [b"x", b"g"])
@pytest.mark.parametrize("key", [b"GNU.sparse.major", b"GNU.sparse.map", b"GNU.sparse.name"])
def test_a_sparse_file_is_refused(tmp_path: Path, kind: bytes, key: bytes) -> None:
    assert "sparse" in refused(tmp_path, extended(record(key, b"1"), kind), file())


@pytest.mark.parametrize("key", [b"path", b"size", b"linkpath"])
def test_one_record_for_all_members_is_refused(tmp_path: Path, key: bytes) -> None:
    message = refused(tmp_path, extended(record(key, b"1"), b"g"), file())
    assert "gives all members a name, size or link" in message


@pytest.mark.parametrize("size", [b"7", b"0", b"512"])
def test_a_pax_size_that_another_program_would_not_see_is_refused(
    tmp_path: Path, size: bytes
) -> None:
    assert "by its PAX record" in refused(tmp_path, pax(size=size), file("a", b"hello"))


def test_a_pax_size_for_an_empty_header_is_for_what_no_header_can_hold(tmp_path: Path) -> None:
    assert "by its PAX record" in refused(tmp_path, pax(size=b"512"), file("a"), bytes(BLOCK))
    message = refused(tmp_path, pax(size=b"%d" % (1 << 33)), file("a"))
    assert f"would unpack to more than {BUDGET} bytes" in message


@pytest.mark.parametrize("told", [0, 5])
def test_a_size_that_no_header_can_hold_stands_in_pax(tmp_path: Path, told: int) -> None:
    data = pax(size=b"%d" % (1 << 33)) + block("a", told) + filled(b"start")
    words = "the archive ends before them" if told == 0 else "by its PAX record"
    with pytest.raises(MalformedError, match=words):
        unpacked(tmp_path, data, total=1 << 40)


@pytest.mark.parametrize("size", [b"", b"-1", b"1e3", b"0x10", b"9" * 19, "\u0665".encode()])
def test_a_pax_size_that_is_no_number_is_refused(tmp_path: Path, size: bytes) -> None:
    assert "no number" in refused(tmp_path, pax(size=size), file())


def test_other_pax_records_are_passed_over(tmp_path: Path) -> None:
    body = b"".join(
        record(key, value)
        for key, value in [
            (b"mtime", b"1.5"),
            (b"linkpath", b"/etc/passwd"),
            (b"SCHILY.xattr.user.x", b"\0\xff\n="),
            (b"uname", b"root"),
            (b"size", b"5"),
        ]
    )
    comment = extended(record(b"comment", b"0123abcd"), b"g")
    assert names(tmp_path, comment, extended(body), file("a", b"hello")) == ["a"]
    assert (tmp_path / "out/a").read_bytes() == b"hello"


def test_a_name_stands_in_pax_alone_where_the_header_has_none(tmp_path: Path) -> None:
    header = altered(block("x"), slice(0, 100), b"")
    assert names(tmp_path, pax(path="\u00e9".encode()), header) == ["\u00e9"]


@pytest.mark.parametrize("root", ["./", "."])
def test_the_archives_root_is_nothing(tmp_path: Path, root: str) -> None:
    assert names(tmp_path, block(root, kind=b"5"), file("./a"), file("b")) == ["a", "b"]


def test_a_directory_is_made_where_a_file_needs_it(tmp_path: Path) -> None:
    assert names(tmp_path, block("d/", kind=b"5"), block("e/", kind=b"5"), file("d/f")) == ["d/f"]
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["d", "f"]


def test_an_old_directory_is_known_by_its_slash(tmp_path: Path) -> None:
    assert names(tmp_path, block("d/", kind=b"\0"), file("d/f", kind=b"\0")) == ["d/f"]


@pytest.mark.parametrize("kind", [b"0", b"5"])
def test_too_many_members_are_refused(tmp_path: Path, kind: bytes) -> None:
    parts = [block(f"m{at}", kind=kind) for at in range(6)]
    with pytest.raises(MalformedError, match="too many members; the limit is 5"):
        unpacked(tmp_path, b"".join(parts) + END, members=5)


def test_global_headers_are_counted_as_well(tmp_path: Path) -> None:
    comment = extended(record(b"comment", b"x"), b"g")
    with pytest.raises(MalformedError, match="too many members"):
        unpacked(tmp_path, comment * 6 + file() + END, members=5)


def test_a_hundred_thousand_members_are_the_usual_limit() -> None:
    assert Budget(1).members == 100_000


def test_what_gnu_and_posix_write_for_a_long_name_is_read(tmp_path: Path) -> None:
    name = "d/" * 60 + "\u00e9" * 100
    for at, form in enumerate((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
            info = tarfile.TarInfo(f"{at}/{name}")
            info.size = 5
            archive.addfile(info, io.BytesIO(b"hello"))
        assert names(tmp_path, buffer.getvalue(), end=b"") == [f"{at}/{name}"]
