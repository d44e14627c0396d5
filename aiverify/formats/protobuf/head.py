"""What kind of message a file is, by its first fields: protocol buffers bear no magic number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aiverify.errors import MalformedError
from aiverify.formats.interface import Probe
from aiverify.formats.protobuf.walk import MAX_VARINT, Blocks, Field, Message, Wire
from aiverify.formats.sources import Memory

MARGIN = 2 * MAX_VARINT
"""Bytes that a field takes before its payload: one that begins so near the end is cut off."""


class HeadField(NamedTuple):
    """A field at the beginning of a message. `data` is what of its bytes is at hand."""

    number: int
    value: int
    size: int
    data: bytes


def head_fields(probe: Probe, schema: Mapping[int, Wire]) -> tuple[HeadField, ...]:
    """The fields that a file begins with, or none if one of them is not in the schema."""
    return fields_of(probe.head, probe.size, schema)


def fields_of(data: bytes, size: int, schema: Mapping[int, Wire]) -> tuple[HeadField, ...]:
    """The same for a message of `size` bytes, of which the first are at hand."""
    fields: list[HeadField] = []
    known = len(data) - (MARGIN if len(data) < size else 0)
    try:
        for field in Message(Blocks(Memory(data)), 0, size).fields():
            if schema.get(field.number) is not field.wire:
                return ()
            fields.append(_at_hand(field, data))
            if field.start + field.size >= known:
                break
    except MalformedError:
        return ()
    return tuple(fields)


def first_of(data: bytes, size: int) -> HeadField | None:
    """The first field of such a message, whatever the schema."""
    try:
        first = next(Message(Blocks(Memory(data)), 0, size).fields(), None)
    except MalformedError:
        return None
    return _at_hand(first, data) if first else None


def _at_hand(field: Field, data: bytes) -> HeadField:
    held = data[field.start : field.start + field.size] if field.wire is Wire.BYTES else b""
    return HeadField(field.number, field.value, field.size, held)
