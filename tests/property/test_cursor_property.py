"""A cursor says of any bytes what a plain slice says of them."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.errors import MalformedError
from aiverify.formats import cursor as module
from aiverify.formats.cursor import Cursor
from aiverify.formats.sources import Memory, Window

modest = settings(deadline=None, max_examples=200, derandomize=True)

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "skip", "seek", "line", "integer"]),
        st.integers(-2, 40) | st.sampled_from([2**31, 2**63]),
    ),
    max_size=25,
)


class Plain:
    """The same by slices of all the bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def take(self, size: int) -> bytes | None:
        if not 0 <= size <= len(self.data) - self.position:
            return None
        self.position += size
        return self.data[self.position - size : self.position]

    def skip(self, size: int) -> bytes | None:
        return None if self.take(size) is None else b""

    def seek(self, position: int) -> bytes | None:
        if not 0 <= position <= len(self.data):
            return None
        self.position = position
        return b""

    def line(self, limit: int) -> bytes | None:
        rest = self.data[self.position :]
        found = rest.find(b"\n")
        if not 0 <= found <= limit:
            return None
        self.position += found + 1
        return rest[:found]

    def integer(self, size: int) -> int | None:
        taken = self.take(size)
        return None if taken is None else int.from_bytes(taken, "little")


def step(cursor: Cursor, name: str, number: int) -> bytes | int | None:
    """What one step gives; None when it is refused, and no bytes where it gives nothing."""
    try:
        given = getattr(cursor, name)(number)
    except MalformedError:
        return None
    return b"" if given is None else given


@modest
@given(st.binary(max_size=60), STEPS, st.integers(1, 16), st.binary(max_size=5))
def test_a_cursor_agrees_with_slices(
    data: bytes, steps: list[tuple[str, int]], buffer: int, around: bytes
) -> None:
    window = Window(Memory(around + data + around), len(around), len(data))
    cursor, plain = Cursor(window), Plain(data)
    with patch.object(module, "BUFFER", buffer):
        for name, number in steps:
            assert step(cursor, name, number) == getattr(plain, name)(number)
            assert cursor.position == plain.position
            assert cursor.left == len(data) - plain.position


@modest
@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b""))))
def test_lines_come_out_as_they_went_in(lines: list[bytes]) -> None:
    cursor = Cursor(Memory(b"".join(line + b"\n" for line in lines)))
    with patch.object(module, "BUFFER", 7):
        assert [cursor.line(30) for _ in lines] == lines
        assert cursor.left == 0
