"""Whatever an archive says, reading it gives members or our own error, and loses no byte."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.errors import MalformedError
from aiverify.formats.interface import TooLarge
from aiverify.formats.sources import Memory
from aiverify.formats.zip import is_archive, read
from tests.support.zip_files import DEFLATED, STORED, Member, zip_bytes

LIMIT = 1 << 16

NAMES = st.text(st.characters(codec="utf-8"), max_size=8)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.binary(max_size=6),
        "flags": st.integers(0, 0xFFFF),
        "method": st.integers(0, 0xFFFF),
        "crc": st.integers(0, 0xFFFFFFFF),
        "packed": st.integers(0, 0xFFFFFFFF),
        "size": st.integers(0, 0xFFFFFFFF),
        "extra": st.binary(max_size=30),
    },
)
HEADER = st.fixed_dictionaries(
    {},
    optional={"header": st.integers(0, 0xFFFFFFFF), "attributes": st.integers(0, 0xFFFFFFFF)},
)

HONEST = st.builds(
    Member,
    st.text("abc/.", min_size=1, max_size=6),
    st.binary(max_size=40),
    st.sampled_from([STORED, DEFLATED]),
    late=st.booleans(),
    large=st.booleans(),
    padding=st.integers(0, 40),
)
LYING = st.builds(
    Member,
    NAMES,
    st.binary(max_size=40),
    st.sampled_from([STORED, DEFLATED]),
    before=st.binary(max_size=4),
    late=st.booleans(),
    large=st.booleans(),
    behind=st.none() | st.binary(max_size=30),
    own=FIELDS,
    listed=st.builds(lambda one, two: {**one, **two}, FIELDS, HEADER),
)
ENDS = st.fixed_dictionaries(
    {},
    optional={
        "count": st.integers(0, 0xFFFF),
        "size": st.integers(0, 0xFFFFFFFF),
        "offset": st.integers(0, 0xFFFFFFFF),
        "comment": st.integers(0, 0xFFFF),
    },
)

modest = settings(deadline=None, max_examples=150, derandomize=True)


def looked_at(data: bytes) -> None:
    """All that can be done with an archive."""
    is_archive(Memory(data))
    try:
        opened = read(Memory(data))
    except MalformedError:
        return
    for entry in opened.entries:
        try:
            opened.head(entry, 10)
            source = opened.open(entry, LIMIT)
        except (MalformedError, TooLarge):
            continue
        assert source.size in (entry.size, entry.packed)
        assert len(source.read_at(0, source.size)) == source.size


@modest
@given(
    st.lists(LYING, max_size=4),
    st.binary(max_size=10),
    st.binary(max_size=10),
    st.booleans(),
    ENDS,
)
def test_an_archive_that_lies_raises_nothing_else(
    members: list[Member], prefix: bytes, after: bytes, large: bool, end: dict[str, int]
) -> None:
    looked_at(zip_bytes(members, prefix=prefix, after=after, large=large, end=end))


@modest
@given(st.binary(max_size=60).map(lambda data: b"PK\3\4" + data + b"PK\5\6" + data))
def test_random_bytes_raise_nothing_else(data: bytes) -> None:
    looked_at(data)


@modest
@given(st.lists(HONEST, max_size=3), st.booleans(), st.data())
def test_a_damaged_archive_raises_nothing_else(
    members: list[Member], large: bool, data: st.DataObject
) -> None:
    damaged = bytearray(zip_bytes(members, large=large))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    looked_at(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@modest
@given(
    st.lists(HONEST, max_size=4, unique_by=lambda member: member.name),
    st.booleans(),
    st.integers(0, 1 << 16),
    st.binary(min_size=1, max_size=9),
)
def test_bytes_that_are_put_into_an_archive_are_always_found(
    members: list[Member], large: bool, at: int, more: bytes
) -> None:
    data = zip_bytes(members, large=large)
    at %= len(data) + 1
    try:
        opened = read(Memory(data[:at] + more + data[at:]))
        kept = [opened.open(entry, LIMIT) for entry in opened.entries]
    except MalformedError:
        return
    honest = zip_bytes(members, large=large)
    same = [source.read_at(0, source.size) for source in kept] == [m.data for m in members]
    assert opened.findings or not same or honest == data[:at] + more + data[at:]


@modest
@given(
    st.dictionaries(st.text("abcä/", min_size=1, max_size=5), st.binary(max_size=60), max_size=5)
)
def test_what_python_writes_is_what_is_read(members: dict[str, bytes]) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name), data)
    opened = read(Memory(target.getvalue()))
    sources = [opened.open(entry, LIMIT) for entry in opened.entries]
    assert [source.read_at(0, source.size) for source in sources] == list(members.values())
    assert {finding.rule for finding in opened.findings} <= {
        "AIV-CONTAINER-NAME",
        "AIV-CONTAINER-DUPLICATE",
    }
