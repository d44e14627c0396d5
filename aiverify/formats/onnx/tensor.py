"""ONNX tensors: a type, a shape, and data in one of many fields or in another file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiverify.core.facts import Tensor
from aiverify.errors import MalformedError
from aiverify.formats.found import shown
from aiverify.formats.protobuf.walk import Field, Message, Wire

BITS: Mapping[int, tuple[str, int]] = {
    1: ("f32", 32),
    2: ("u8", 8),
    3: ("i8", 8),
    4: ("u16", 16),
    5: ("i16", 16),
    6: ("i32", 32),
    7: ("i64", 64),
    8: ("string", 0),
    9: ("bool", 8),
    10: ("f16", 16),
    11: ("f64", 64),
    12: ("u32", 32),
    13: ("u64", 64),
    14: ("c64", 64),
    15: ("c128", 128),
    16: ("bf16", 16),
    17: ("f8_e4m3", 8),
    18: ("f8_e4m3fnuz", 8),
    19: ("f8_e5m2", 8),
    20: ("f8_e5m2fnuz", 8),
    21: ("u4", 4),
    22: ("i4", 4),
    23: ("f4", 4),
    24: ("f8_e8m0", 8),
    25: ("u2", 2),
    26: ("i2", 2),
    27: ("f6_e2m3", 6),
    28: ("f6_e3m2", 6),
}
"""Name and bits of one element, by the number of its type (`TensorProto.DataType`)."""

STRING = 8
PARTS = {14: 2, 15: 2}
"""Numbers that one element takes: complex ones have two."""

FLOATS, INT32S, STRINGS, INT64S, RAW, DOUBLES, UINT64S = 4, 5, 6, 7, 9, 10, 11
HOLDS: Mapping[int, frozenset[int]] = {
    FLOATS: frozenset({1, 14}),
    INT32S: frozenset({2, 3, 4, 5, 6, 9, 10, *range(16, 29)}),
    STRINGS: frozenset({STRING}),
    INT64S: frozenset({7}),
    DOUBLES: frozenset({11, 15}),
    UINT64S: frozenset({12, 13}),
}
"""The types that each field of data is for."""

WIDTHS = {FLOATS: 4, DOUBLES: 8}
ONCE = frozenset({2, 3, 8, RAW, 12, 14})
MAX_DIMENSIONS = 64
MAX_ENTRIES = 100
"""Keys and values that describe a tensor's external data. The format has four."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor as the model's file states it. `code` is the number of its type.

    `held` counts what each field of data holds: bytes of raw data, or else values.
    `entries` describe data in another file, and `external` says whether they are in force.
    """

    name: str
    code: int
    shape: tuple[int, ...]
    held: Mapping[int, int]
    entries: tuple[tuple[str, str], ...]
    external: bool

    @property
    def tensor(self) -> Tensor:
        """What facts say of it."""
        return Tensor(self.name, self.dtype, self.shape)

    @property
    def dtype(self) -> str:
        """The type's name, or its number where no version of the format has a name."""
        return BITS[self.code][0] if self.code in BITS else str(self.code)

    @property
    def size(self) -> int | None:
        """Bytes that the elements need, or nothing where a type has no size of its own."""
        bits = BITS.get(self.code, ("", 0))[1]
        return (max(self.tensor.elements, 0) * bits + 7) // 8 if bits else None


def read_tensor(message: Message) -> Stored:
    """A tensor's header; its data is passed over.

    Raises:
        MalformedError: a field is not what the format has, or the shape overflows.
    """
    name, code, location, shape = "", 0, 0, list[int]()
    entries: list[tuple[str, str]] = []
    held: dict[int, int] = {}
    for field in message.fields(ONCE):
        if field.number == 1:
            _extend(shape, field)
        elif field.number == 2:
            code = field.unsigned()
        elif field.number == 8:
            name = field.text()
        elif field.number == 13:
            _refuse_many(entries, MAX_ENTRIES, "entries for its external data")
            entries.append(read_entry(field.message()))
        elif field.number == 14:
            location = field.unsigned()
        elif field.number == RAW or field.number in HOLDS:
            held[field.number] = held.get(field.number, 0) + _count(field)
    _refuse_overflow(shape)
    return Stored(name, code, tuple(shape), held, tuple(entries), location == 1)


def read_entry(message: Message) -> tuple[str, str]:
    """A key and its value (`StringStringEntryProto`)."""
    key = value = ""
    for field in message.fields(frozenset({1, 2})):
        if field.number == 1:
            key = field.text()
        elif field.number == 2:
            value = field.text()
    return key, value


def faults(stored: Stored) -> Iterator[str]:
    """What is wrong with the data that the model's own file holds for a tensor."""
    if stored.code not in BITS:
        yield f"has the type {stored.code}, which no version of the format has"
        return
    if any(dimension < 0 for dimension in stored.shape):
        yield f"has a negative dimension in {list(stored.shape)}"
        return
    filled = [field for field, count in stored.held.items() if count]
    if stored.external:
        if filled:
            yield "has data here and in another file"
        if stored.code == STRING:
            yield "has text in another file, which the format does not have"
    elif len(filled) > 1:
        yield f"has data in {len(filled)} fields"
    elif filled:
        yield from _misfits(stored, filled[0])
    elif stored.tensor.elements:
        yield f"has {stored.tensor.elements} elements and no data"


def _misfits(stored: Stored, field: int) -> Iterator[str]:
    count, elements = stored.held[field], stored.tensor.elements
    if field == RAW:
        if stored.size is None:
            yield "has text as raw data, which the format does not have"
        elif count != stored.size:
            yield f"has {count} bytes; its type {stored.dtype} and shape need {stored.size}"
        return
    if stored.code not in HOLDS[field]:
        yield f"has its data in field {field}, which is not for the type {stored.dtype}"
        return
    bits = BITS[stored.code][1]
    needed = (elements * bits + 7) // 8 if bits in (2, 4) else elements * PARTS.get(stored.code, 1)
    if count != needed:
        yield f"has {count} values; its type {stored.dtype} and shape need {needed}"


def _count(field: Field) -> int:
    """Values in a field of data, or bytes if it is raw."""
    if field.number == RAW:
        return field.message().size
    if field.number == STRINGS:
        field.message()
        return 1
    if field.wire is not Wire.BYTES:
        return 1
    width = WIDTHS.get(field.number)
    return field.size // width if width else field.message().packed()


def _extend(shape: list[int], field: Field) -> None:
    for dimension in field.integers():
        _refuse_many(shape, MAX_DIMENSIONS, "dimensions")
        shape.append(dimension)


def _refuse_many(items: list[int] | list[tuple[str, str]], limit: int, what: str) -> None:
    if len(items) >= limit:
        raise MalformedError(f"a tensor has more than {limit} {what}")


def _refuse_overflow(shape: list[int]) -> None:
    """Refuse a product that overflows in another language, where 0 hides nothing."""
    product = 16
    for dimension in shape:
        product *= max(abs(dimension), 1)
        if product >= 1 << 63:
            raise MalformedError(f"a tensor's shape {shown(str(shape))} overflows")
