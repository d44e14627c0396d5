"""Opcodes that put a value on the stack which stands in the pickle itself.

A value that is long is stepped over and not kept: no name is that long.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping

from aiverify.errors import MalformedError
from aiverify.formats.cursor import Cursor
from aiverify.formats.pickling.values import Dict, List, Opaque, Set, Tuple, Value

KEPT = 1024
"""Bytes of a string or number that is kept."""

PIECE = 4096
"""Bytes in which the end of a long line is looked for, at first."""

_ESCAPE = re.compile(r"\\([\n\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|x)")
_ESCAPED: dict[str, str] = dict(zip("\n\\'\"abfnrtv", ("", *"\\'\"\a\b\f\n\r\t\v"), strict=True))

Literal = Callable[[Cursor], Value]


def text_line(cursor: Cursor) -> bytes | None:
    """A line without its end; nothing when it is too long to keep.

    Raises:
        MalformedError: it does not end.
    """
    try:
        return cursor.line(KEPT)
    except MalformedError:
        _skip_line(cursor)
        return None


def name_line(cursor: Cursor) -> str:
    """A line that holds a part of a name.

    Raises:
        MalformedError: it is too long, does not end, or is not UTF-8.
    """
    return _utf8(cursor.line(KEPT))


def number_line(cursor: Cursor) -> int:
    """A line that holds a number of the memo.

    Raises:
        MalformedError: it does not.
    """
    return _number(cursor.line(KEPT), 10)


def _skip_line(cursor: Cursor) -> None:
    size = PIECE
    while cursor.left:
        begin = cursor.position
        found = cursor.take(min(size, cursor.left)).find(b"\n")
        if found >= 0:
            cursor.seek(begin + found + 1)
            return
        size = min(2 * size, 1 << 20)
    raise MalformedError("a line does not end")


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise MalformedError("a string is not UTF-8") from error


def _number(line: bytes, base: int) -> int:
    try:
        return int(line, base)
    except ValueError as error:
        raise MalformedError("a line is not the number that it should be") from error


def _int(cursor: Cursor) -> Value:
    """`I`: a number, or `00` and `01` for the two truth values."""
    line = text_line(cursor)
    if line is None:
        return Opaque("int")
    if line in (b"00", b"01"):
        return line == b"01"
    digits = line.lstrip(b"-0 ")
    return _number(line, 10 if digits[:1].isdigit() or not digits else 0)


def _long(cursor: Cursor) -> Value:
    line = text_line(cursor)
    return Opaque("int") if line is None else _number(line.removesuffix(b"L"), 10)


def _float(cursor: Cursor) -> Value:
    line = text_line(cursor)
    try:
        return Opaque("float") if line is None else float(line)
    except ValueError as error:
        raise MalformedError("a line is not the number that it should be") from error


def _string(cursor: Cursor) -> Value:
    """`S`: a string of an old Python in quotes, with escapes."""
    line = text_line(cursor)
    if line is None:
        return Opaque("str")
    line = line.rstrip()
    if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
        raise MalformedError("a string is not in quotes")
    return _ESCAPE.sub(_unescaped, line[1:-1].decode("latin-1"))


def _unescaped(found: re.Match[str]) -> str:
    code = str(found[1])
    if code in _ESCAPED:
        return _ESCAPED[code]
    if code == "x":
        raise MalformedError("a string holds an escape that is none")
    return chr(int(code[1:], 16) if code[0] == "x" else int(code, 8) & 0xFF)


def _unicode(cursor: Cursor) -> Value:
    line = text_line(cursor)
    try:
        return Opaque("str") if line is None else line.decode("raw-unicode-escape")
    except UnicodeDecodeError as error:
        raise MalformedError("a string holds an escape that is none") from error


def _sized(kind: str, width: int, decode: Callable[[bytes], Value], *, signed: bool) -> Literal:
    """A value behind its length."""

    def literal(cursor: Cursor) -> Value:
        size = cursor.integer(width, signed=signed)
        if size <= KEPT:
            return decode(cursor.take(size))
        cursor.skip(size)
        return Opaque(kind, size)

    return literal


def _latin(data: bytes) -> str:
    return data.decode("latin-1")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=True)


def _always(value: Value) -> Literal:
    return lambda _cursor: value


def _integer(size: int, *, signed: bool = False) -> Literal:
    return lambda cursor: cursor.integer(size, signed=signed)


def _real(cursor: Cursor) -> Value:
    value: float = struct.unpack(">d", cursor.take(8))[0]
    return value


_BY_OPCODE: Mapping[bytes, Literal] = {
    b"N": _always(None),
    b"\x88": _always(True),
    b"\x89": _always(False),
    b"I": _int,
    b"L": _long,
    b"F": _float,
    b"S": _string,
    b"V": _unicode,
    b"J": _integer(4, signed=True),
    b"K": _integer(1),
    b"M": _integer(2),
    b"G": _real,
    b"\x8a": _sized("int", 1, _little, signed=False),
    b"\x8b": _sized("int", 4, _little, signed=True),
    b"T": _sized("str", 4, _latin, signed=True),
    b"U": _sized("str", 1, _latin, signed=False),
    b"B": _sized("bytes", 4, bytes, signed=False),
    b"C": _sized("bytes", 1, bytes, signed=False),
    b"\x8e": _sized("bytes", 8, bytes, signed=False),
    b"\x96": _sized("bytearray", 8, bytearray, signed=False),
    b"X": _sized("str", 4, _utf8, signed=False),
    b"\x8c": _sized("str", 1, _utf8, signed=False),
    b"\x8d": _sized("str", 8, _utf8, signed=False),
    b")": lambda _cursor: Tuple([]),
    b"]": lambda _cursor: List(),
    b"}": lambda _cursor: Dict(),
    b"\x8f": lambda _cursor: Set(),
}

LITERALS: Mapping[int, Literal] = {code[0]: literal for code, literal in _BY_OPCODE.items()}
"""How each such opcode's value is read."""
