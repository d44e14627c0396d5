"""ONNX's values: a name, a type of element, and a shape that may be known in part."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.formats.onnx.tensor import BITS
from aiverify.formats.protobuf.walk import Field, Message

KINDS = {4: "sequence", 5: "map", 7: "opaque", 8: "sparse", 9: "optional"}
"""What a value may be other than a tensor (`TypeProto`), by the number of the field."""

TENSOR, SPARSE = 1, 8
MAX_NAME = 1000


def read_value(message: Message) -> dict[str, Json]:
    """An input or output (`ValueInfoProto`): `name`, `dtype` and `shape`."""
    value: dict[str, Json] = {"name": "", "dtype": None, "shape": None}
    for field in message.fields(frozenset({1, 2})):
        if field.number == 1:
            value["name"] = field.text()
        elif field.number == 2:
            value.update(_type(field.message()))
    return value


def _type(message: Message) -> dict[str, Json]:
    """A tensor's type and shape; of what holds other values, what it is."""
    stated: dict[str, Json] = {}
    for field in message.fields():
        if field.number in (TENSOR, SPARSE):
            stated.update(_tensor(field.message()))
        elif field.number in KINDS:
            stated["dtype"] = KINDS[field.number]
    return stated


def _tensor(message: Message) -> dict[str, Json]:
    stated: dict[str, Json] = {}
    for field in message.fields():
        if field.number == 1:
            code = field.unsigned()
            stated["dtype"] = BITS[code][0] if code in BITS else str(code)
        elif field.number == 2:
            stated["shape"] = [_dimension(item) for item in field.message().fields()]
    return stated


def _dimension(field: Field) -> Json:
    """A number, the name that stands for one, or nothing where it is unknown."""
    dimension: Json = None
    for item in field.message().fields():
        if item.number == 1:
            dimension = item.signed()
        elif item.number == 2:
            dimension = item.excerpt(MAX_NAME) or None
    return dimension
