"""Sources: a read gives exactly what was asked for, or nothing."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.formats.interface import Source
from aiverify.formats.sources import Memory, Window, refuse_outside

DATA = b"0123456789"


def test_memory_gives_what_was_asked_for() -> None:
    source = Memory(DATA)
    assert source.size == 10
    assert source.read_at(0, 10) == DATA
    assert source.read_at(3, 4) == b"3456"
    assert source.read_at(10, 0) == b""


def test_a_window_counts_from_its_own_start() -> None:
    source = Window(Memory(DATA), 2, 5)
    assert source.read_at(0, 5) == b"23456"
    assert Window(source, 1, 2).read_at(1, 1) == b"4"


@pytest.mark.parametrize("source", [Memory(DATA), Window(Memory(DATA * 3), 10, 10)])
@pytest.mark.parametrize(("offset", "size"), [(-1, 1), (0, -1), (0, 11), (10, 1), (11, 0), (1, 10)])
def test_a_read_outside_is_malformed(source: Source, offset: int, size: int) -> None:
    with pytest.raises(MalformedError, match="outside"):
        source.read_at(offset, size)


def test_a_window_that_is_larger_than_what_it_is_in_gives_nothing_beyond() -> None:
    with pytest.raises(MalformedError):
        Window(Memory(DATA), 8, 5).read_at(0, 5)


def test_a_read_of_all_is_inside() -> None:
    refuse_outside(Memory(DATA), 0, 10)
