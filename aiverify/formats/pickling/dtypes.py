"""NumPy's dtypes, as pickles build them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiverify.errors import MalformedError
from aiverify.formats.pickling.values import Call, Dict, Tuple, Value

DTYPE = "numpy.dtype"

HOLDS_OBJECTS, PICKLED_AS_LIST = 0x01, 0x02
"""Flags of a dtype (NumPy, `NPY_ITEM_HASOBJECT` and `NPY_LIST_PICKLE`)."""

SUBARRAY, FIELDS, SIZE, FLAGS = 2, 4, 5, 7
"""Places in the tuple that a dtype's state is."""

EXTENDED = {"S": 1, "U": 4, "V": 1}
"""Kinds of elements whose size the state says, with the bytes of one character."""

NAMES = {"O": "object", "S": "bytes", "U": "str", "V": "record"}
"""What a kind is called. A kind of number is called by its bits too: `f32`."""

_CODE = re.compile(r"([biufcmMOSUV])([0-9]{1,9})")


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
    if not isinstance(value, Call) or value.made != DTYPE:
        raise MalformedError("an array's dtype is none of NumPy's")
    code = value.argument(0)
    found = _CODE.fullmatch(code) if isinstance(code, str) else None
    if found is None:
        raise MalformedError("an array's dtype is none that is known")
    kind, digits = found[1], int(found[2])
    state = _state(value.state)
    objects = kind == "O" or any(_holds_objects(part) for part in _parts(state))
    _check_flags(state, kind, objects=objects)
    bits = f"{kind}{8 * digits}".replace("b8", "bool")
    return Dtype(NAMES.get(kind, bits), _size(state, kind, digits), objects)


def _state(state: Value) -> list[Value]:
    """The state's items; none where it was never set."""
    if state is None:
        return []
    if not isinstance(state, Tuple) or not 6 <= len(state.items) <= 9:
        raise MalformedError("a dtype's state is not what NumPy writes")
    return state.items


def _parts(state: list[Value]) -> list[Value]:
    """The dtypes that a structured one is made of."""
    subarray, fields = (state[SUBARRAY], state[FIELDS]) if state else (None, None)
    holders: list[Value] = [] if subarray is None else [subarray]
    if isinstance(fields, Dict):
        holders += [field for _, field in fields.pairs]
    elif fields is not None:
        raise MalformedError("a dtype's state is not what NumPy writes")
    found: list[Value] = []
    for holder in holders:
        if not isinstance(holder, Tuple) or not holder.items:
            raise MalformedError("a dtype's state is not what NumPy writes")
        found.append(holder.items[0])
    return found


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
