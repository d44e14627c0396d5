"""A cursor: numbers, lines and bounds."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.formats import cursor as module
from aiverify.formats.cursor import Cursor
from aiverify.formats.sources import Memory


class Counted(Memory):
    """Memory that notes how often, and how much at most, is read from it."""

    reads: list[int] = []  # noqa: RUF012 - one for the class, which a test empties

    def read_at(self, offset: int, size: int) -> bytes:
        self.reads.append(size)
        return Memory.read_at(self, offset, size)


def test_numbers_are_read_in_the_byte_order_that_was_chosen() -> None:
    data = b"\x01\x02\xff\xff\0\0\x80\x3f"
    little = Cursor(Memory(data))
    assert (little.integer(2), little.integer(2, signed=True), little.real(4)) == (513, -1, 1.0)
    big = Cursor(Memory(b"\x01\x02\x3f\xf0" + bytes(6)), order="big")
    assert (big.integer(2), big.real(8)) == (258, 1.0)


def test_a_position_may_be_given_to_start_from() -> None:
    cursor = Cursor(Memory(b"abcdef"), 2)
    assert (cursor.take(2), cursor.position, cursor.left) == (b"cd", 4, 2)


@pytest.mark.parametrize("size", [-1, 7, 2**63])
def test_nothing_is_taken_or_skipped_beyond_the_end(size: int) -> None:
    cursor = Cursor(Memory(b"abcdef"))
    with pytest.raises(MalformedError):
        cursor.take(size)
    with pytest.raises(MalformedError):
        cursor.skip(size)
    assert cursor.position == 0


@pytest.mark.parametrize("position", [-1, 7])
def test_a_position_outside_is_malformed(position: int) -> None:
    with pytest.raises(MalformedError):
        Cursor(Memory(b"abcdef")).seek(position)


@pytest.mark.parametrize("position", [7, 99, -3])
def test_a_cursor_that_starts_outside_takes_nothing(position: int) -> None:
    with pytest.raises(MalformedError):
        Cursor(Memory(b"abcdef"), position).take(1)


def test_lines_end_with_a_line_feed_that_is_passed_over() -> None:
    cursor = Cursor(Memory(b"one\n\ntwo\nrest"))
    assert [cursor.line(10), cursor.line(10), cursor.line(10)] == [b"one", b"", b"two"]
    with pytest.raises(MalformedError, match="does not end"):
        cursor.line(10)


def test_a_line_may_be_as_long_as_its_limit_and_no_longer() -> None:
    assert Cursor(Memory(b"abc\n")).line(3) == b"abc"
    with pytest.raises(MalformedError, match="does not end"):
        Cursor(Memory(b"abcd\n")).line(3)


def test_a_long_line_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUFFER", 8)
    source = Counted(b"x" * 100_000 + b"\n")
    source.reads.clear()
    assert len(Cursor(source).line(200_000)) == 100_000
    assert len(source.reads) < 20


def test_no_more_is_read_for_a_line_than_twice_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUFFER", 8)
    source = Counted(b"x" * 100_000)
    source.reads.clear()
    with pytest.raises(MalformedError):
        Cursor(source).line(100)
    assert max(source.reads) <= 200


def test_small_reads_are_gathered_and_a_long_one_is_not_kept() -> None:
    source = Counted(bytes(200_000))
    source.reads.clear()
    cursor = Cursor(source)
    for _ in range(1000):
        cursor.take(4)
    assert len(source.reads) == 1
    cursor.take(150_000)
    assert source.reads[1:] == [150_000]
