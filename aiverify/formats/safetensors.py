"""safetensors: an 8-byte length, a JSON header, and the tensors' bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiverify.core import jsonvalue
from aiverify.core.facts import Facts, Role, Tensor
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.interface import Probe, Source
from aiverify.formats.tally import summary, tally

EXTENSION = ".safetensors"

MAX_HEADER = 100_000_000
"""Bytes that a header may have (safetensors, `MAX_HEADER_SIZE`)."""

PREFIX = 8
"""Bytes of the header's length, a little-endian unsigned integer."""

BITS = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "U8": 8,
    "I8": 8,
    "F8_E5M2": 8,
    "F8_E4M3": 8,
    "F8_E8M0": 8,
    "I16": 16,
    "U16": 16,
    "F16": 16,
    "BF16": 16,
    "I32": 32,
    "U32": 32,
    "F32": 32,
    "C64": 64,
    "F64": 64,
    "I64": 64,
    "U64": 64,
}
"""Bits of one element, by dtype."""


class Safetensors:
    """Weights that cannot run anything.

    States `metadata` (the header's own, strings by string), `tensors` (how many),
    `parameters` (their elements), `dtypes` (elements by dtype) and `bytes` (of all tensors).
    Only the header is read, so a file's size costs nothing.
    """

    name = "safetensors"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By content; under its own extension also a file that was cut off."""
        named = probe.base.endswith(EXTENSION)
        if probe.size <= PREFIX:
            return named
        length = int.from_bytes(probe.head[:PREFIX], "little")
        room = MAX_HEADER if named else _room(probe.size)
        return probe.head[PREFIX : PREFIX + 1] == b"{" and length <= room

    def read(self, _probe: Probe, source: Source) -> Facts:
        """The header's statements, once they agree with each other and with the file's size.

        Raises:
            MalformedError: a structural rule of the format is broken.
        """
        length = _header_length(source)
        header = _header(source.read_at(PREFIX, length))
        metadata = _metadata(header.pop("__metadata__", {}))
        data_size = source.size - PREFIX - length
        spans = sorted(
            (_placed(name, entry) for name, entry in header.items()),
            key=lambda span: (span.begin, span.end),
        )
        _check_layout(spans, data_size)
        return self._facts(metadata, tuple(span.tensor for span in spans), data_size)

    def _facts(self, metadata: Json, tensors: tuple[Tensor, ...], data_size: int) -> Facts:
        values: dict[str, Json] = {"metadata": metadata, **tally(tensors), "bytes": data_size}
        return Facts(self.name, self.role, summary(tensors), values, tensors)


class NamedSafetensors(Safetensors):
    """A file that is called safetensors and is like no other format, so that it is malformed."""

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(EXTENSION)


@dataclass(frozen=True, slots=True)
class _Span:
    """A tensor, and its bytes as the header places them in the data."""

    tensor: Tensor
    begin: int
    end: int


def _room(size: int) -> int:
    """The longest header that a file of this size can have."""
    return min(MAX_HEADER, size - PREFIX)


def _header_length(source: Source) -> int:
    if source.size < PREFIX:
        raise MalformedError(f"the file is {source.size} bytes, too short for a header's length")
    length = int.from_bytes(source.read_at(0, PREFIX), "little")
    if length > MAX_HEADER:
        raise MalformedError(f"the header claims {length} bytes; the format allows {MAX_HEADER}")
    if length > _room(source.size):
        raise MalformedError(f"the header claims {length} bytes, and the file is {source.size}")
    return length


def _header(data: bytes) -> dict[str, Json]:
    # Padding is allowed behind the object, and nothing before it.
    if data[:1] != b"{":
        raise MalformedError("the header does not start with '{'")
    return jsonvalue.load_object(data, "the header")


def _metadata(value: Json) -> Json:
    if not isinstance(value, dict):
        raise MalformedError(f"__metadata__ is {jsonvalue.kind(value)}, not an object")
    for key, text in value.items():
        if not isinstance(text, str):
            raise MalformedError(f"__metadata__ gives {printable(key)} {jsonvalue.kind(text)}")
    return value


def _placed(name: str, entry: Json) -> _Span:
    try:
        return _span(name, entry)
    except MalformedError as error:
        raise MalformedError(f"tensor {printable(name)} {error.message}") from error


def _span(name: str, entry: Json) -> _Span:
    """One tensor's entry; its offsets must hold exactly what its dtype and shape need."""
    if not isinstance(entry, dict):
        raise MalformedError(f"is {jsonvalue.kind(entry)}, not an object")
    dtype = entry.get("dtype")
    if not isinstance(dtype, str) or dtype not in BITS:
        raise MalformedError("has no dtype of the format")
    shape = _naturals(entry, "shape")
    offsets = _naturals(entry, "data_offsets")
    if len(offsets) != 2 or offsets[0] > offsets[1]:
        raise MalformedError("has data_offsets that are not a begin and an end")
    begin, end = offsets
    needed = _size(shape, BITS[dtype])
    if end - begin != needed:
        raise MalformedError(f"needs {needed} bytes, and its offsets give {end - begin}")
    return _Span(Tensor(name, dtype.lower(), shape), begin, end)


def _naturals(entry: Mapping[str, Json], key: str) -> tuple[int, ...]:
    value = entry.get(key)
    # `type` and not `isinstance`: JSON's booleans are integers to Python alone.
    if not isinstance(value, list) or any(type(item) is not int or item < 0 for item in value):
        raise MalformedError(f"has a {key} that is not a list of whole numbers")
    return tuple(value)


def _size(shape: Sequence[int], bits: int) -> int:
    """Bytes of a tensor, refusing every product that overflows in another language."""
    product = bits
    for dimension in shape:
        product *= max(dimension, 1)
        if product >= 1 << 63:
            raise MalformedError("has a shape whose product overflows")
    if 0 in shape:
        return 0
    if product % 8:
        raise MalformedError("does not end on a byte")
    return product // 8


def _check_layout(spans: Sequence[_Span], data_size: int) -> None:
    """Tensors follow one another from 0 to the end of the file, without hole or overlap."""
    position = 0
    for span in spans:
        if span.begin != position:
            problem = "overlaps the one before" if span.begin < position else "follows a hole"
            raise MalformedError(
                f"tensor {printable(span.tensor.name)} {problem}: "
                f"it begins at {span.begin}, not at {position}"
            )
        position = span.end
    if position != data_size:
        raise MalformedError(f"the tensors are {position} bytes, and the file has {data_size}")
