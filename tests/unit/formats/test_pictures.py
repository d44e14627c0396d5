"""Pictures, sounds, pages and tables: walked to their end, so that nothing hides behind it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from aiverify.core.facts import FileFacts, Role, State
from aiverify.core.finding import Severity
from tests.support.archive_files import (
    ELF,
    PICKLE,
    arrow,
    gif,
    jpeg,
    parquet,
    png,
    png_chunk,
    riff,
)
from tests.support.looking import look_at


def rules(found: FileFacts) -> list[str]:
    return [finding.rule for finding in found.facts.findings]


@pytest.mark.parametrize(
    ("data", "format_", "values"),
    [
        (png(), "png", {"width": 3, "height": 2, "chunks": 3}),
        (png(png_chunk(b"tEXt", b"a\0b")), "png", {"width": 3, "height": 2, "chunks": 4}),
        (jpeg(), "jpeg", {"width": 3, "height": 2}),
        (gif(), "gif", {"width": 1, "height": 1, "frames": 1}),
        (riff(), "riff", {"form": "WebP picture", "chunks": 1}),
        (riff(b"WAVE"), "riff", {"form": "WAV sound", "chunks": 1}),
    ],
)
def test_a_picture_is_clean_and_states_its_size(
    tmp_path: Path, data: bytes, format_: str, values: object
) -> None:
    for behind in (b"", b"\n", bytes(100)):
        found = look_at(tmp_path, "file", data + behind)
        assert (found.facts.format, found.state) == (format_, State.CLEAN)
        assert (found.facts.role, found.facts.values) == (Role.DOC, values)


@pytest.mark.parametrize("data", [png(), jpeg(), gif(), riff()])
@pytest.mark.parametrize(
    ("behind", "severity"),
    [(ELF, Severity.ERROR), (PICKLE, Severity.ERROR), (b"maker's note", Severity.WARNING)],
)
def test_bytes_behind_a_picture_are_found(
    tmp_path: Path, data: bytes, behind: bytes, severity: Severity
) -> None:
    (finding,) = look_at(tmp_path, "file", data + behind).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-CONTAINER-HIDDEN", severity)
    assert finding.place == f"byte {len(data)}"


@pytest.mark.parametrize("data", [png(), jpeg(), gif(), riff()])
def test_a_picture_that_is_cut_is_malformed(tmp_path: Path, data: bytes) -> None:
    last = len(data) - (data.startswith(b"GIF"))
    for size in range(13, last):
        assert rules(look_at(tmp_path, "file", data[:size])) == ["AIV-FORMAT-MALFORMED"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png().replace(b"IHDR", b"IHDX"), "header chunk"),
        (png(png_chunk(b"IHDR", bytes(13))), "header chunk"),
        (png().replace(b"\0\0\0\x03", b"\0\0\0\x04"), "wrong checksum"),
        (png().replace(b"\0\0\0\rIHDR", b"\x7f\0\0\rIHDR"), "header chunk"),
        (png(b"\x7f\xff\xff\xffaBcD"), "reaches beyond"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xee"), "no frame"),
        (jpeg().replace(b"\xff\xc0\0", b"\x12\xc0\0"), "no marker"),
        (jpeg().replace(b"\xff\xe0\0\x10", b"\xff\xe0\0\x01"), "shorter"),
        (jpeg().replace(b"\xff\xe0\0\x10", b"\xff\xe0\xff\xff"), "announced"),
        (gif(b"\x02\xff"), "announced"),
        (gif(end=b"\0"), "no kind"),
        (riff(size=100), "100"),
        (riff(body=b"VP8L\xff\xff\xff\xff"), "announced"),
    ],
)
def test_a_picture_that_lies_is_malformed(tmp_path: Path, data: bytes, why: str) -> None:
    found = look_at(tmp_path, "file", data)
    assert rules(found)[:1] == ["AIV-FORMAT-MALFORMED"]
    if why != "100":
        assert why in found.facts.findings[0].message


def test_a_picture_that_only_lacks_its_trailer_is_clean(tmp_path: Path) -> None:
    assert look_at(tmp_path, "file", gif(end=b"")).state is State.CLEAN


def test_a_sound_that_counts_itself_short_is_a_warning(tmp_path: Path) -> None:
    (finding,) = look_at(tmp_path, "file", riff(b"WAVE", size=12)).facts.findings
    assert (finding.rule, finding.severity) == ("AIV-FORMAT-MALFORMED", Severity.WARNING)


def test_a_marker_at_the_border_of_two_pieces_is_seen(tmp_path: Path) -> None:
    for size in ((1 << 18) - 2, (1 << 18) - 1, 1 << 18):
        found = look_at(tmp_path, "file", jpeg(scan=b"\x11" * size))
        assert found.state is State.CLEAN


def test_a_second_picture_behind_the_first_is_unread(tmp_path: Path) -> None:
    found = look_at(tmp_path, "file", jpeg() + jpeg())
    assert (rules(found), found.state) == ([], State.UNREAD)


@pytest.mark.parametrize(
    "text",
    [
        b"<svg><script>x()</script></svg>",
        b"<svg onload='x()'/>",
        b'<svg><a href="javascript:x()"/></svg>',
        b"<svg><foreignObject><embed src='a'/></foreignObject></svg>",
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///a">]><svg/>',
        b"<html><iframe src='a'></html>",
    ],
)
def test_a_document_that_a_browser_acts_on_is_a_warning(tmp_path: Path, text: bytes) -> None:
    for name in ("logo.svg", "page.html"):
        found = look_at(tmp_path, name, text)
        assert "AIV-CONTAINER-ACTIVE" in rules(found)
        assert {item.severity for item in found.facts.findings} == {Severity.WARNING}


@pytest.mark.parametrize(
    "text", [b"<svg><path d='M0 0'/></svg>", b"<html><p>one online = two</p></html>", b"none"]
)
def test_a_document_that_only_shows_is_clean(tmp_path: Path, text: bytes) -> None:
    found = look_at(tmp_path, "logo.svg", text)
    assert (found.facts.format, found.state) == ("markup", State.CLEAN)
    assert found.facts.values == {"active": False}


def test_few_of_many_scripts_are_named(tmp_path: Path) -> None:
    assert len(look_at(tmp_path, "a.html", b"<script>" * 1000).facts.findings) == 10


def test_a_document_that_goes_on_as_another_is_unread(tmp_path: Path) -> None:
    assert look_at(tmp_path, "a.svg", b"<svg/>" + b" " * 5000 + b"\0").state is State.UNREAD


@pytest.mark.parametrize(("data", "format_"), [(parquet(), "parquet"), (arrow(), "arrow")])
def test_a_table_is_clean(tmp_path: Path, data: bytes, format_: str) -> None:
    found = look_at(tmp_path, "data", data)
    assert (found.facts.format, found.state) == (format_, State.CLEAN)
    assert found.facts.role is Role.DATASET


@pytest.mark.parametrize(
    "data",
    [parquet()[:-1], parquet(told=5), parquet(told=2**32 - 1), b"PAR1PAR1", arrow()[:-1],
     b"ARROW1", b"PAR1"],
)  # fmt: skip
def test_a_table_whose_footer_lies_is_malformed(tmp_path: Path, data: bytes) -> None:
    assert rules(look_at(tmp_path, "data", data)) == ["AIV-FORMAT-MALFORMED"]


@pytest.mark.parametrize("shift", range(3))
def test_a_column_type_that_is_unpickled_is_an_error(tmp_path: Path, shift: int) -> None:
    word = b"arrow.py_extension_type"
    coded = base64.b64encode(bytes(shift) + word + b"more")
    assert word not in coded
    found = look_at(tmp_path, "data.parquet", parquet(b"ARROW:schema" + coded))
    assert rules(found) == ["AIV-CONTAINER-SCHEMA"]
    assert rules(look_at(tmp_path, "data.arrow", arrow(word))) == ["AIV-CONTAINER-SCHEMA"]


def test_an_encrypted_table_and_a_stream_are_unread(tmp_path: Path) -> None:
    sealed = parquet().replace(b"PAR1", b"PARE")
    assert look_at(tmp_path, "data", sealed).state is State.UNREAD
    stream = b"\xff\xff\xff\xff\x10\0\0\0" + bytes(16)
    assert look_at(tmp_path, "data.arrow", stream).state is State.UNREAD


def test_a_pdf_is_unread(tmp_path: Path) -> None:
    found = look_at(tmp_path, "paper.pdf", b"%PDF-1.7\n")
    assert (found.facts.format, found.facts.role, found.state) == ("pdf", Role.DOC, State.UNREAD)


def test_a_container_that_nobody_reads_is_unread_and_a_warning(tmp_path: Path) -> None:
    found = look_at(tmp_path, "m.dat", b"7z\xbc\xaf\x27\x1c\0\4".ljust(40, b"\1"))
    assert (rules(found), found.state) == (["AIV-CONTAINER-OPAQUE"], State.UNREAD)
    assert found.facts.values == {"kind": "7z archive"}
    named = look_at(tmp_path, "m.rar", b"\xf1\xf2")
    assert (rules(named), named.state) == (["AIV-CONTAINER-OPAQUE"], State.UNREAD)


@pytest.mark.parametrize(("name", "data"), [("jpeg", jpeg()), ("png", png())])
def test_a_picture_beyond_all_sizes_is_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes
) -> None:
    monkeypatch.setattr(f"aiverify.formats.{name}.MAX_BYTES", len(data) - 1)
    assert look_at(tmp_path, f"a.{name}", data).state is State.UNREAD


@pytest.mark.parametrize("size", [0, 511, 512, 513, 1500])
def test_a_scan_may_be_of_any_length(tmp_path: Path, size: int) -> None:
    for last in (b"\x11", b"\xff\x00", b"\xff\xff"):
        data = jpeg(b"\x12" * size + last) + b"more"
        found = look_at(tmp_path, "a.jpg", data)
        assert found.facts.findings[0].place == f"byte {len(data) - 4}"
