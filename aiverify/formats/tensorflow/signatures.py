"""What a SavedModel may be called with: its signatures' inputs and outputs."""

from __future__ import annotations

from aiverify.core.jsonvalue import Json
from aiverify.formats.protobuf.walk import Field, Message
from aiverify.formats.tensorflow.types import dtype_name, map_entry, read_shape, shape_json

SIDES = {1: "inputs", 2: "outputs"}
MAX_LISTED = 1000


def read_signature(message: Message) -> dict[str, Json]:
    """`inputs` and `outputs` by name, each with `dtype` and `shape` (`SignatureDef`)."""
    sides: dict[str, dict[str, Json]] = {"inputs": {}, "outputs": {}}
    for field in message.fields():
        if field.number in SIDES:
            side = sides[SIDES[field.number]]
            if len(side) < MAX_LISTED:
                key, value = map_entry(field)
                side[key] = _tensor(value) if value else None
    return {**sides}


def tensor_name(message: Message) -> str:
    """The node and output that a tensor is (`TensorInfo`)."""
    names = [field.text() for field in message.fields() if field.number == 1]
    return names[-1] if names else ""


def _tensor(message: Message) -> dict[str, Json]:
    stated: dict[str, Json] = {"dtype": None, "shape": None}
    for field in message.fields():
        if field.number == 2:
            stated["dtype"] = dtype_name(field.unsigned())
        elif field.number == 3:
            stated["shape"] = _shape(field)
    return stated


def _shape(field: Field) -> Json:
    return shape_json(read_shape(field.message()))
