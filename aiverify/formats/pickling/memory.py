"""Opcodes that mark, drop, repeat, remember and fetch values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiverify.errors import MalformedError
from aiverify.formats.pickling.literals import number_line
from aiverify.formats.pickling.state import State
from aiverify.formats.pickling.values import UNKNOWN


def _line(state: State) -> int:
    number = number_line(state.cursor)
    if number < 0:
        raise MalformedError("a number of the memo is negative")
    return number


def _drop_to_mark(state: State) -> None:
    state.stack.pop_to_mark()


def _put_line(state: State) -> None:
    state.memo.put(_line(state), state.stack.top)


def _put(size: int) -> Callable[[State], None]:
    return lambda state: state.memo.put(state.cursor.integer(size), state.stack.top)


def _get_line(state: State) -> None:
    state.stack.push(state.memo.get(_line(state)))


def _get(size: int) -> Callable[[State], None]:
    return lambda state: state.stack.push(state.memo.get(state.cursor.integer(size)))


BY_OPCODE: Mapping[bytes, Callable[[State], None]] = {
    b"(": lambda state: state.stack.mark(),
    b"0": lambda state: state.stack.drop(),
    b"1": _drop_to_mark,
    b"2": lambda state: state.stack.push(state.stack.top),
    b"p": _put_line,
    b"q": _put(1),
    b"r": _put(4),
    b"\x94": lambda state: state.memo.append(state.stack.top),
    b"g": _get_line,
    b"h": _get(1),
    b"j": _get(4),
    b"\x97": lambda state: state.stack.push(UNKNOWN),
}
"""What each such opcode does. A buffer that comes from elsewhere is unknown."""
