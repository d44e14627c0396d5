"""ZIP archives: what real writers make is accepted, and every contradiction is found."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

import pytest

from aiverify.core.finding import Severity
from aiverify.errors import MalformedError
from aiverify.formats import zip as archive
from aiverify.formats.interface import TooLarge
from aiverify.formats.sources import Memory
from aiverify.formats.zip import Zip
from tests.support.zip_files import DEFLATED, Member, Members, extra, zip_bytes

LIMIT = 1 << 20
TWO = (Member("a", b"first"), Member("b", b"second"))


def read(data: bytes) -> Zip:
    return archive.read(Memory(data))


def rules_of(data: bytes) -> set[str]:
    return {finding.rule.removeprefix("AIV-CONTAINER-") for finding in read(data).findings}


def contents(data: bytes) -> dict[str, bytes]:
    opened = read(data)
    sources = {entry.name: opened.open(entry, LIMIT) for entry in opened.entries}
    return {name: source.read_at(0, source.size) for name, source in sources.items()}


class Unseekable(io.RawIOBase):
    """A pipe: what is written stays as it is."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("large", [False, True])
def test_what_python_writes_is_read_and_gives_no_findings(
    method: int, streamed: bool, large: bool
) -> None:
    target = Unseekable() if streamed else io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, data in (("a.txt", b"hello" * 100), ("empty", b""), ("é/b", b"x")):
            with made.open(name, "w", force_zip64=large) as member:
                member.write(data)
        made.writestr("folder/", b"")
    data = target.data if isinstance(target, Unseekable) else target.getvalue()
    assert read(data).findings == ()
    assert contents(data) == {"a.txt": b"hello" * 100, "empty": b"", "é/b": b"x", "folder/": b""}


@pytest.mark.parametrize(
    "members",
    [
        (),
        TWO,
        (Member("a", b"x", late=True), Member("b", b"y", DEFLATED, late=True)),
        (Member("a", b"x", padding=40), Member("b", b"y")),
        (Member("a", b"x", large=True), Member("b", b"y", large=True, late=True)),
        (Member("a", b"x", late=True, behind=struct.pack("<III", zlib.crc32(b"x"), 1, 1)),),
        (Member("a", b"x", late=True, behind=struct.pack("<IQQ", zlib.crc32(b"x"), 1, 1)),),
    ],
)
@pytest.mark.parametrize("large", [False, True])
def test_honest_archives_give_no_findings(members: Sequence[Member], large: bool) -> None:
    data = zip_bytes(members, large=large, comment=b"a comment")
    assert read(data).findings == ()
    assert contents(data) == {member.name: member.data for member in members}


def test_folders_are_told_from_files() -> None:
    opened = read(zip_bytes([Member("a/"), Member("b")]))
    assert [entry.is_folder for entry in opened.entries] == [True, False]


def crossed(**own: object) -> bytes:
    return zip_bytes([Member("a", b"data", own=own)])


def told(**listed: object) -> bytes:
    return zip_bytes([Member("a", b"data", listed=listed)])


RENAMED = extra(0x7075, b"\1" + struct.pack("<I", zlib.crc32(b"a")) + b"other")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (crossed(name=b"b"), "MISMATCH"),
        (crossed(flags=0x1), "MISMATCH"),
        (crossed(flags=0x20), "MISMATCH"),
        (crossed(method=8), "MISMATCH"),
        (crossed(crc=1), "MISMATCH"),
        (crossed(packed=1), "MISMATCH"),
        (crossed(size=1), "MISMATCH"),
        (crossed(extra=RENAMED), "MISMATCH"),
        (told(name=b"b"), "MISMATCH"),
        (told(extra=RENAMED), "MISMATCH"),
        (told(crc=1), "MISMATCH"),
        (told(size=3), "MISMATCH"),
        (told(attributes=0o120777 << 16), "LINK"),
        (told(attributes=0o010644 << 16), "LINK"),
        (zip_bytes([Member("a", b"1", late=True, behind=b"PK\7\x08" + bytes(12))]), "MISMATCH"),
        (zip_bytes([Member("a", b"1", late=True, behind=b"")]), "MISMATCH"),
        (zip_bytes([Member("a", b"1", late=True, behind=bytes(40))]), "HIDDEN"),
        (zip_bytes([Member("a", b"1", behind=bytes(16))]), "HIDDEN"),
        (zip_bytes([Member("a"), Member("a")]), "DUPLICATE"),
        (zip_bytes([Member("a/b"), Member("A/B")]), "DUPLICATE"),
        (zip_bytes([Member("a/b"), Member("a//b")]), "DUPLICATE"),
        (zip_bytes([Member("a/b"), Member("a/./b")]), "DUPLICATE"),
        (zip_bytes([Member("a"), Member("a\0.txt")]), "DUPLICATE"),
        (zip_bytes([Member("\u00e9"), Member("e\u0301")]), "DUPLICATE"),
        (zip_bytes([Member("../a")]), "NAME"),
        (zip_bytes([Member("a/../../b")]), "NAME"),
        (zip_bytes([Member("/a")]), "NAME"),
        (zip_bytes([Member("a\\b")]), "NAME"),
        (zip_bytes([Member("C:/a")]), "NAME"),
        (zip_bytes([Member("a\0b")]), "NAME"),
        (zip_bytes([Member("")]), "NAME"),
        (zip_bytes(TWO, prefix=b"junk"), "HIDDEN"),
        (zip_bytes(TWO, prefix=b"junk", shift=4), "HIDDEN"),
        (zip_bytes(TWO, prefix=b"junk", shift=4, large=True), "HIDDEN"),
        (zip_bytes(TWO, gap=b"junk"), "HIDDEN"),
        (zip_bytes([Member("a"), Member("b", before=b"junk")]), "HIDDEN"),
        (zip_bytes(TWO, after=b"junk"), "HIDDEN"),
        (zip_bytes(TWO) + zip_bytes(TWO), "HIDDEN"),
        (zip_bytes(TWO, comment=b"PK\5\6" + bytes(18)), "HIDDEN"),
        (zip_bytes(TWO, comment=b"PK\5\6" + b"\1" * 18), "MISMATCH"),
        (zip_bytes(TWO, large=True, end={"count": 1}), "MISMATCH"),
        (zip_bytes(TWO, large=True, end={"offset": 1}), "MISMATCH"),
        (zip_bytes([Member("a", b"x", listed={"size": 1 << 31})]), "BOMB"),
    ],
)
def test_each_contradiction_is_found(data: bytes, rule: str) -> None:
    assert rule in rules_of(data)
    assert all(found.severity is Severity.ERROR for found in read(data).findings)


def overlapping() -> bytes:
    """Two entries for one member."""
    return zip_bytes([Member("a", b"x"), Member("b", b"y", listed={"header": 0})])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no directory"),
        (b"PK\3\4" + bytes(60), "no directory"),
        (zip_bytes(TWO)[:-1], "no directory"),
        (zip_bytes(TWO, end={"count": 3}), "fewer entries"),
        (zip_bytes(TWO, end={"count": 1}), "more entries"),
        (zip_bytes(TWO, end={"comment": 5}), "comment is 5 bytes"),
        (zip_bytes([Member("a", listed={"header": 7})]), "no header stands"),
        (zip_bytes([Member("a", listed={"header": 1 << 31})]), "no header stands"),
        (zip_bytes([Member("a", listed={"packed": 1 << 20})]), "reaches into its directory"),
        (overlapping(), "overlaps"),
        (zip_bytes([Member("a", own={"name": b"\xff"}, listed={"name": b"\xff"})]), "not UTF-8"),
        (told(extra=extra(1, bytes(8)) * 2), "twice"),
        (zip_bytes(TWO, large=True).replace(b"PK\6\6", b"PK\6\0"), "no ZIP64 record"),
    ],
)
def test_an_archive_that_cannot_be_followed_is_malformed(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        read(data)


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Member("a", b"data", own={"crc": 1}, listed={"crc": 1}), "checksum"),
        (Member("a", b"data", DEFLATED, own={"crc": 1}, listed={"crc": 1}), "checksum"),
        (Member("a", b"data" * 9, DEFLATED, own={"size": 4}, listed={"size": 4}), "does not"),
        (Member("a", b"data" * 9, DEFLATED, own={"size": 99}, listed={"size": 99}), "does not"),
        (Member("a", b"\xff" * 9, own={"method": 8}, listed={"method": 8}), "cannot be unpacked"),
    ],
)
def test_a_member_that_is_not_what_the_archive_says_is_malformed(member: Member, why: str) -> None:
    opened = read(zip_bytes([member]))
    with pytest.raises(MalformedError, match=why):
        opened.open(opened.entries[0], LIMIT)


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Member("a", b"data", flags=0x1), "encrypted"),
        (Member("a", b"data", flags=0x41), "encrypted"),
        (Member("a", b"data", own={"method": 12}, listed={"method": 12}), "method 12"),
        (Member("a", bytes(LIMIT + 1), DEFLATED), "are looked into"),
    ],
)
def test_a_member_that_is_not_read_is_refused_with_a_reason(member: Member, why: str) -> None:
    opened = read(zip_bytes([member]))
    with pytest.raises(TooLarge, match=why):
        opened.open(opened.entries[0], LIMIT)


def test_a_members_first_bytes_are_read_without_the_rest() -> None:
    data = bytes(range(256)) * 400
    for method in (0, DEFLATED):
        opened = read(zip_bytes([Member("a", data, method)]))
        assert opened.head(opened.entries[0], 100) == data[:100]


def test_findings_of_a_hostile_archive_are_counted_and_not_all_kept() -> None:
    members: Members = [Member("a") for _ in range(500)]
    findings = read(zip_bytes(members)).findings
    assert len(findings) < 50
    assert any("more" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (zip_bytes(TWO), True),
        (zip_bytes(()), True),
        (b"pickle" + zip_bytes(TWO), True),
        (zip_bytes(TWO) + b"trailing", True),
        (b"PK\5\6", False),
        (b"PK\5\6" + bytes(18) + b"x", True),
        (bytes(100) + b"PK\5\6" + b"\1" * 40, False),
        (b"", False),
    ],
)
def test_an_archive_is_known_by_its_end(data: bytes, is_one: bool) -> None:
    assert archive.is_archive(Memory(data)) is is_one


class Counting(Memory):
    """Bytes at hand, of which no more than some may be read at once."""

    def read_at(self, offset: int, size: int) -> bytes:
        assert size < 100_000
        return super().read_at(offset, size)


def test_a_large_gap_is_found_and_not_read() -> None:
    late = Member("a", b"x", late=True, behind=bytes(1 << 20))
    findings = archive.read(Counting(zip_bytes([late]))).findings
    assert {finding.rule for finding in findings} == {
        "AIV-CONTAINER-HIDDEN",
        "AIV-CONTAINER-MISMATCH",
    }
