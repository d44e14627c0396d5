"""Safetensors files with made-up weights: the same bytes on every run and every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

ELEMENT_BYTES = {"BF16": 2, "F32": 4}
"""The dtypes that the demonstration uses, and the bytes of one element."""

# The top byte of a float holds its sign and most of its exponent. This keeps the sign and
# sets the exponent so that every weight lies between 2**-7 and 2**-5: never NaN or infinite.
_SMALL_FLOAT = bytes(0x3C | (byte & 0x80) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Weight:
    """One tensor: `dtype` as the safetensors header spells it, and its little-endian bytes."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    @classmethod
    def seeded(cls, seed: str, dtype: str, shape: tuple[int, ...]) -> Weight:
        """Small finite numbers that follow from the seed alone."""
        width = ELEMENT_BYTES[dtype]
        data = bytearray(hashlib.shake_256(seed.encode()).digest(prod(shape) * width))
        top = slice(width - 1, None, width)
        data[top] = data[top].translate(_SMALL_FLOAT)
        return cls(dtype, shape, bytes(data))


def write_safetensors(
    path: Path, tensors: Mapping[str, Weight], metadata: Mapping[str, str] | None = None
) -> None:
    """Write a file as the safetensors library lays it out.

    Eight bytes of header length, a JSON header padded with spaces to a multiple of eight,
    then the data. Wider dtypes come first so that all data is aligned; names break the tie.
    """
    ordered = sorted(tensors.items(), key=lambda item: (-ELEMENT_BYTES[item[1].dtype], item[0]))
    header = _header(ordered, metadata or {})
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little"))
        file.write(header)
        for _, tensor in ordered:
            file.write(tensor.data)


def _header(tensors: Iterable[tuple[str, Weight]], metadata: Mapping[str, str]) -> bytes:
    fields: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, tensor in tensors:
        start, end = end, end + len(tensor.data)
        fields[name] = {
            "dtype": tensor.dtype,
            "shape": tensor.shape,
            "data_offsets": (start, end),
        }
    text = json.dumps(fields, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % 8)
