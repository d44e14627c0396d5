"""NumPy's dtypes, as a header describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.found import shown

SIMPLE = re.compile(r"[<>|=]?(?:([biufcmMOSUVaT?])([0-9]{0,9}))(?:\[[0-9]{0,9}\w{1,9}(?:/\w+)?\])?")
"""A byte order, a kind, a size, and for times a unit."""

WIDTH = {"U": 4}
"""Bytes of a character, where they are more than one."""

PLAIN = {"b": "i", "?": "bool"}
NAMES = {"O": "object", "S": "bytes", "a": "bytes", "U": "str", "V": "void"}
TIMES = {"m": "timedelta", "M": "datetime"}
SIZES = {"?": 1, "O": 8}
OBJECTS = "OT"

MAX_SIZE = 1 << 40


@dataclass(frozen=True, slots=True)
class Dtype:
    """A dtype: its name as tensors have it, bytes of an element, and whether it holds objects."""

    name: str
    size: int
    objects: bool


def read(description: object) -> Dtype:
    """The dtype that a header's `descr` describes: a string, fields, or a dtype with a shape.

    Raises:
        MalformedError: it describes none.
    """
    if isinstance(description, str):
        return _simple(description)
    if isinstance(description, list):
        fields = [_field(item) for item in description]
        size = sum(field.size for field in fields)
        return _sized(Dtype("struct", size, any(field.objects for field in fields)))
    if isinstance(description, tuple) and len(description) == 2:
        return _repeated(read(description[0]), description[1])
    raise MalformedError("descr is no dtype")


def _simple(text: str) -> Dtype:
    found = SIMPLE.fullmatch(text)
    if found is None:
        raise MalformedError(f"descr {shown(text)} is no dtype")
    kind, digits = found[1], found[2]
    size = SIZES.get(kind, int(digits or 0)) * WIDTH.get(kind, 1)
    if kind in "iufcbmM" and size not in (1, 2, 4, 8, 10, 12, 16, 24, 32):
        raise MalformedError(f"descr {shown(text)} is no dtype")
    return _sized(Dtype(_name(kind, size), size, kind in OBJECTS))


def _name(kind: str, size: int) -> str:
    if kind in TIMES:
        return f"{TIMES[kind]}{8 * size}"
    if kind == "b" and size == 1:
        return "bool"
    return NAMES.get(kind) or PLAIN.get(kind) or f"{kind}{8 * size}"


def _field(item: object) -> Dtype:
    """A field: a name or a title with a name, a dtype, and perhaps a shape."""
    if not isinstance(item, tuple) or len(item) not in (2, 3):
        raise MalformedError("descr has a field that is none")
    name = item[0]
    if not isinstance(name, str) and not (isinstance(name, tuple) and len(name) == 2):
        raise MalformedError("descr has a field without a name")
    made = read(item[1])
    return _repeated(made, item[2]) if len(item) == 3 else made


def _repeated(made: Dtype, shape: object) -> Dtype:
    size = made.size
    for length in shape if isinstance(shape, tuple) else (shape,):
        if type(length) is not int or length < 0:
            raise MalformedError("descr has a shape that is none")
        size *= length
        _sized(Dtype("", size, made.objects))
    return Dtype("struct", size, made.objects)


def _sized(made: Dtype) -> Dtype:
    if made.size > MAX_SIZE:
        raise MalformedError("descr has elements that are larger than any")
    return made
