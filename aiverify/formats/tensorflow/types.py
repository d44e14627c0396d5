"""TensorFlow's types, shapes and attributes, as its protocol buffers write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core.jsonvalue import Json
from aiverify.formats.protobuf.walk import Field, Message

DTYPES: Mapping[int, str] = {
    1: "f32",
    2: "f64",
    3: "i32",
    4: "u8",
    5: "i16",
    6: "i8",
    7: "string",
    8: "c64",
    9: "i64",
    10: "bool",
    11: "qint8",
    12: "quint8",
    13: "qint32",
    14: "bf16",
    15: "qint16",
    16: "quint16",
    17: "u16",
    18: "c128",
    19: "f16",
    20: "resource",
    21: "variant",
    22: "u32",
    23: "u64",
    24: "f8_e5m2",
    25: "f8_e4m3",
    26: "f8_e4m3fnuz",
    27: "f8_e4m3b11fnuz",
    28: "f8_e5m2fnuz",
    29: "i4",
    30: "u4",
    31: "i2",
    32: "u2",
}
"""Names by number (`DataType`)."""

SIZES: Mapping[str, int] = {
    "f32": 4,
    "f64": 8,
    "i32": 4,
    "u8": 1,
    "i16": 2,
    "i8": 1,
    "c64": 8,
    "i64": 8,
    "bool": 1,
    "qint8": 1,
    "quint8": 1,
    "qint32": 4,
    "bf16": 2,
    "qint16": 2,
    "quint16": 2,
    "u16": 2,
    "c128": 16,
    "f16": 2,
    "u32": 4,
    "u64": 8,
    "f8_e5m2": 1,
    "f8_e4m3": 1,
}
"""Bytes of one element, where it has a size of its own."""

MAX_TEXT = 5000
"""Bytes of a text in a graph that are looked at. A path has at most 4096."""

MAX_DIMENSIONS = 254
"""Dimensions that TensorFlow's shapes may have."""

OVERFLOW = 1 << 63


def dtype_name(code: int) -> str:
    """A type's name, or its number where no version has a name. References are 100 above."""
    return DTYPES.get(code - 100 if code > 100 else code, str(code))


def read_shape(message: Message) -> tuple[int | None, ...] | None:
    """A shape (`TensorShapeProto`) with its unknown dimensions, or nothing of unknown rank."""
    shape: list[int | None] = []
    for field in message.fields(frozenset({3})):
        if field.number == 3 and field.unsigned():
            return None
        if field.number == 2 and len(shape) < MAX_DIMENSIONS:
            sizes = [item.signed() for item in field.message().fields() if item.number == 1]
            # A size of 0 is not written.
            size = sizes[-1] if sizes else 0
            shape.append(size if 0 <= size < OVERFLOW else None)
    return tuple(shape)


def whole_shape(shape: tuple[int | None, ...] | None) -> tuple[int, ...] | None:
    """A shape that is known in all dimensions, and whose product no language overflows."""
    if shape is None:
        return None
    known = tuple(size for size in shape if size is not None)
    product = 1
    for size in known:
        product *= max(size, 1)
        if product >= OVERFLOW:
            return None
    return known if len(known) == len(shape) else None


def shape_json(shape: tuple[int | None, ...] | None) -> Json:
    """A shape as facts state it."""
    return None if shape is None else list(shape)


def map_entry(field: Field) -> tuple[str, Message | None]:
    """The key and the value of an entry of a map of messages."""
    key, value = "", None
    for item in field.message().fields(frozenset({1, 2})):
        if item.number == 1:
            key = item.text()
        elif item.number == 2:
            value = item.message()
    return key, value


def texts(value: Message) -> Iterator[str]:
    """The texts of an attribute (`AttrValue`), be it one or a list."""
    for field in value.fields():
        if field.number == 2:
            yield field.excerpt(MAX_TEXT)
        elif field.number == 1:
            for item in field.message().fields():
                if item.number == 2:
                    yield item.excerpt(MAX_TEXT)
