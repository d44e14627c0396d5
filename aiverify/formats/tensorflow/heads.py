"""Which of TensorFlow's messages a file begins as: they are told apart by what is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiverify.formats.interface import Probe
from aiverify.formats.protobuf.head import HeadField, fields_of, first_of, head_fields
from aiverify.formats.protobuf.walk import Wire

SAVED_MODEL = {1: Wire.VARINT, 2: Wire.BYTES}
META_GRAPH = dict.fromkeys(range(1, 8), Wire.BYTES)
META_INFO = {**dict.fromkeys((*range(1, 7), 8), Wire.BYTES), 7: Wire.VARINT}
GRAPH = {**dict.fromkeys((1, 2, 4, 5), Wire.BYTES), 3: Wire.VARINT}
NODE = dict.fromkeys(range(1, 8), Wire.BYTES)
"""The fields of each message and how they are written."""

NAME = re.compile(rb"[A-Za-z0-9_.>/-]{1,1000}")
RELEASE = re.compile(rb"[0-9]+\.[0-9]+")


def is_saved_model(probe: Probe) -> bool:
    """Whether a file begins with the one schema version that there is, and a meta graph."""
    fields = head_fields(probe, SAVED_MODEL)
    graph = next((field for field in fields if field.number == 2), None)
    if not graph or any(field.value != 1 for field in fields if field.number == 1):
        return False
    return _begins_meta_graph(fields_of(graph.data, graph.size, META_GRAPH))


def is_meta_graph(probe: Probe) -> bool:
    """Whether a file begins with what a graph is for, and with TensorFlow's version there."""
    fields = head_fields(probe, META_GRAPH)
    # A graph may come first in both; here something must follow that a bare one has not.
    return _begins_meta_graph(fields) and (fields[0].number == 1 or len(fields) > 1)


def is_graph(probe: Probe) -> bool:
    """Whether a file begins with a node or a function."""
    return _begins_graph(head_fields(probe, GRAPH))


def _begins_meta_graph(fields: Sequence[HeadField]) -> bool:
    if not fields:
        return False
    first = fields[0]
    if first.number == 2:
        return _begins_graph(fields_of(first.data, first.size, GRAPH))
    if first.number != 1:
        return False
    info = fields_of(first.data, first.size, META_INFO)
    return any(
        (field.number == 5 and RELEASE.match(field.data))
        or (field.number == 2 and _begins_with_name(first_of(field.data, field.size)))
        for field in info
    )


def _begins_graph(fields: Sequence[HeadField]) -> bool:
    return any(
        (field.number == 1 and _is_node(field)) or (field.number == 2 and _is_library(field))
        for field in fields[:2]
    )


def _is_node(field: HeadField) -> bool:
    """Whether this has an operator with a name that operators have."""
    node = fields_of(field.data, field.size, NODE)
    return any(item.number == 2 and NAME.fullmatch(item.data) for item in node)


def _is_library(field: HeadField) -> bool:
    """Whether this is functions, each beginning with a signature that begins with a name."""
    function = first_of(field.data, field.size)
    if function is None or function.number != 1:
        return False
    return _begins_with_name(first_of(function.data, function.size))


def _begins_with_name(field: HeadField | None) -> bool:
    """Whether a definition of an operator or function (`OpDef`) begins with its name."""
    name = first_of(field.data, field.size) if field and field.number == 1 else None
    return name is not None and name.number == 1 and NAME.fullmatch(name.data) is not None
