"""NumPy's dtypes, as pickles build them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from aiverify.errors import MalformedError
from aiverify.formats.pickling.values import Call, Dict, Ref, Tuple, Value, integers

DTYPE = "numpy.dtype"

STRING = "numpy._core._internal._convert_to_stringdtype_kwargs"
"""What makes the dtype of strings of any length, whose arrays are pickled."""
STRING_SIZE = 16

RECORD = "numpy.record"
"""What stands for a structured dtype's code when its elements are records."""

HOLDS_OBJECTS, PICKLED_AS_LIST = 0x01, 0x02
"""Flags of a dtype (NumPy, `NPY_ITEM_HASOBJECT` and `NPY_LIST_PICKLE`)."""

SUBARRAY, FIELDS, SIZE, FLAGS = 2, 4, 5, 7
"""Places in the tuple that a dtype's state is."""

EXTENDED = {"S": 1, "U": 4, "V": 1}
"""Kinds of elements whose size the state says, with the bytes of one character."""

MAX_DIMENSIONS = 64

NAMES = {"O": "object", "S": "bytes", "U": "str", "V": "record"}
"""What a kind is called. A kind of number is called by its bits too: `f32`."""

_CODE = re.compile(r"([biufcmMOSUV])([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Part:
    """A dtype that a structured one is made of: where it begins, and how often it stands there."""

    dtype: Value
    begin: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Dtype:
    """One: its name, the bytes of an element, and whether that is a reference to an object."""

    name: str
    size: int
    objects: bool


def read(value: Value | None) -> Dtype:
    """A dtype that a pickle built.

    Raises:
        MalformedError: it is none, or contradicts itself: NumPy would take the bytes of
            numbers for references to objects.
    """
    if isinstance(value, Call) and value.made == STRING:
        return Dtype("str", STRING_SIZE, objects=True)
    if not isinstance(value, Call) or value.made != DTYPE:
        raise MalformedError("an array's dtype is none of NumPy's")
    kind, digits = _code(value)
    state = _state(value.state)
    parts = _parts(state)
    if parts and kind != "V":
        raise MalformedError(f"a dtype of kind {kind} has parts")
    objects = kind == "O" or any(_holds_objects(part.dtype) for part in parts)
    _check_flags(state, kind, objects=objects)
    size = _size(state, kind, digits)
    _check_places(parts, size, objects=objects)
    bits = f"{kind}{8 * digits}".replace("b8", "bool")
    return Dtype(NAMES.get(kind, bits), size, objects)


def _code(value: Call) -> tuple[str, int]:
    """A dtype's kind, and the digits behind it."""
    code = value.argument(0)
    if isinstance(code, Ref) and code.name == RECORD:
        return "V", 0
    found = _CODE.fullmatch(code) if isinstance(code, str) else None
    if found is None:
        raise MalformedError("an array's dtype is none that is known")
    kind, digits = found[1], int(found[2])
    if not digits and value.state is not None and not value.argument(2):
        raise MalformedError("a dtype is changed that is no copy, but shared: NumPy does not")
    return kind, digits


def _state(state: Value) -> list[Value]:
    """The state's items; none where it was never set."""
    if state is None:
        return []
    if not isinstance(state, Tuple) or not 6 <= len(state.items) <= 9:
        raise MalformedError("a dtype's state is not what NumPy writes")
    return state.items


def _parts(state: list[Value]) -> list[Part]:
    """The dtypes that a structured one is made of; a field that has a title stands there twice."""
    subarray, fields = (state[SUBARRAY], state[FIELDS]) if state else (None, None)
    if not isinstance(fields, Dict | None) or (subarray is not None and fields is not None):
        raise MalformedError("a dtype's state is not what NumPy writes")
    if subarray is not None:
        return [_row(subarray)]
    found: dict[tuple[int, int], Part] = {}
    for _, field in fields.pairs if fields else ():
        made, begin = _pair(field)
        if type(begin) is not int or begin < 0:
            raise MalformedError("a dtype's state is not what NumPy writes")
        found[begin, id(made)] = Part(made, begin)
    return list(found.values())


def _row(subarray: Value) -> Part:
    """A dtype that is an array of another one."""
    made, shape = _pair(subarray)
    sizes = (shape,) if type(shape) is int else integers(shape)
    if sizes is None or len(sizes) > MAX_DIMENSIONS or any(size < 0 for size in sizes):
        raise MalformedError("a dtype's state is not what NumPy writes")
    return Part(made, 0, prod(sizes))


def _pair(holder: Value) -> tuple[Value, Value]:
    """What a field or a row is of, and where it begins or how long it is."""
    if not isinstance(holder, Tuple) or len(holder.items) < 2:
        raise MalformedError("a dtype's state is not what NumPy writes")
    return holder.items[0], holder.items[1]


def _check_places(parts: list[Part], size: int, *, objects: bool) -> None:
    """Parts lie within the element. Where some refer to objects, no two share bytes."""
    behind = 0
    for part in sorted(parts, key=lambda part: part.begin):
        end = part.begin + part.count * _part_size(part.dtype)
        if end > size or (objects and part.begin < behind):
            raise MalformedError("a dtype has a part that lies beyond it, or over another")
        behind = max(behind, end)


def _part_size(part: Value) -> int:
    if not isinstance(part, Call):
        raise MalformedError("a dtype has a part that is none")
    return _size(_state(part.state), *_code(part))


def _holds_objects(part: Value) -> bool:
    """By what the part says of itself, which was checked when it was built."""
    if not isinstance(part, Call) or part.made != DTYPE:
        raise MalformedError("a dtype has a part that is none")
    state = _state(part.state)
    flags = state[FLAGS] if len(state) > FLAGS else 0
    return str(part.argument(0)).startswith("O") or bool(isinstance(flags, int) and flags & 1)


def _check_flags(state: list[Value], kind: str, *, objects: bool) -> None:
    """The flags must say what the elements are: NumPy goes by the flags alone."""
    if len(state) <= FLAGS:
        return
    flags = state[FLAGS]
    needed = HOLDS_OBJECTS | PICKLED_AS_LIST
    if not isinstance(flags, int) or flags & needed != (needed if objects else 0):
        raise MalformedError(f"a dtype of kind {kind} has flags that contradict it")


def _size(state: list[Value], kind: str, digits: int) -> int:
    """Bytes of an element."""
    width = EXTENDED.get(kind)
    if width and state:
        size = state[SIZE]
        if not isinstance(size, int) or size < 0:
            raise MalformedError("a dtype's elements have no size")
        return size
    return digits * (width or 1)
