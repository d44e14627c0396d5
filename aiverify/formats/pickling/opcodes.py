"""Pickle opcodes, stepped over and never obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from aiverify.formats.text import is_text

UP_TO_NEWLINE = -1
"""`pickletools`' code for an argument that a line feed ends."""

PREPARES = frozenset(
    {"MARK", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "GET", "BINGET", "LONG_BINGET"}
)
"""Opcodes that put a call's arguments on the stack."""

IMPORTS = frozenset({"GLOBAL", "STACK_GLOBAL", "INST", "EXT1", "EXT2", "EXT4"})
CALLS = frozenset({"REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "INST"})

MANY = 50
"""Opcodes in a row that no text comes to."""

_LONG = re.compile(rb"V|S['\"]|[FIL][-0-9]")
"""How a line starts that may be long in a pickle, and that no text starts with."""

LENGTHS = {-2: (1, False), -3: (4, True), -4: (4, False), -5: (8, False)}
"""How an argument states its length, by `pickletools`' code: bytes, and whether signed."""


def is_opcode(code: int) -> bool:
    """Whether a byte is an opcode at all."""
    return code in _opcodes()


def begins(data: bytes) -> bool:
    """Whether some bytes start with an opcode and its argument."""
    return next(steps(data), None) is not None


def goes_on(data: bytes) -> bool:
    """Whether bytes are opcodes up to where they are cut off, so that more must follow.

    No text comes as far, but one that starts as a string of a pickle.
    """
    count = position = 0
    for name, end in _spans(data):
        if name == "STOP":
            return False
        count, position = count + 1, end
    rest = data[position:]
    if rest and (rest[0] not in _opcodes() or _opcodes()[rest[0]][0] in IMPORTS):
        return False
    return count >= MANY or bool(_LONG.match(data))


def reaches_on(data: bytes, size: int) -> bool:
    """Whether binary opcodes fill the beginning of a file, the last with what lies behind it.

    One opcode may hold more than is at hand, and what is dangerous may follow it.
    """
    position = 0
    for name, end in _spans(data):
        if name == "STOP":
            return False
        position = end
    rest = data[position:]
    if is_text(data) or (rest and rest[0] not in _opcodes()):
        return False
    code = _opcodes()[rest[0]][2] if rest else 0
    if code == UP_TO_NEWLINE:
        return bool(_LONG.match(rest))
    if code >= 0:
        return position > 0
    width, _ = LENGTHS[code]
    return len(rest) > width and len(data) < _after_argument(data, position + 1, code) < size


def imports_and_calls(data: bytes) -> bool:
    """Whether the opcodes at the start of some bytes import something and call it.

    Old protocols have no magic bytes and may be plain text. A text that merely looks like
    opcodes for a few lines does not come as far as a call with its arguments.
    """
    prepared = imported = False
    for step in steps(data):
        imported = imported or step in IMPORTS
        if step in CALLS and prepared and imported:
            return True
        prepared = prepared or step in PREPARES
    return False


def steps(data: bytes) -> Iterator[str]:
    """Names of the opcodes from the start, up to the first that is none or is cut off."""
    return (name for name, _ in _spans(data))


def _spans(data: bytes) -> Iterator[tuple[str, int]]:
    """The same, each with the position behind it."""
    position = 0
    while position < len(data):
        name, argument, size = _opcodes().get(data[position], ("", "", 0))
        position += 1
        if argument == "stringnl_noescape_pair":
            position = _after_global(data, position)
        elif argument:
            position = _after_argument(data, position, size)
        if not name or not 0 < position <= len(data):
            return
        yield name, position


@cache
def _opcodes() -> dict[int, tuple[str, str, int]]:
    """Each opcode's name, its argument's kind (or nothing) and size, by its byte."""
    from pickletools import opcodes

    return {
        ord(opcode.code): (
            opcode.name,
            opcode.arg.name if opcode.arg else "",
            opcode.arg.n if opcode.arg else 0,
        )
        for opcode in opcodes
    }


def _after_argument(data: bytes, position: int, size: int) -> int:
    """Where an argument of this size or kind of size ends; 0 when it does not."""
    if size >= 0:
        return position + size
    if size == UP_TO_NEWLINE:
        return data.find(b"\n", position) + 1
    width, signed = LENGTHS[size]
    length = int.from_bytes(data[position : position + width], "little", signed=signed)
    return position + width + length if length >= 0 else 0


def _after_global(data: bytes, position: int) -> int:
    """Where a module's line and a name's line end; 0 when they are no dotted names."""
    for _ in range(2):
        end = data.find(b"\n", position)
        line = data[position : max(end, position)].decode("utf-8", "replace")
        if not all(part.isidentifier() for part in line.split(".")):
            return 0
        position = end + 1
    return position
