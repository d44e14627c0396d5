"""Small weights for tests: structurally real, and zero wherever nobody looks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod

from aiverify.formats.safetensors import BITS

Tensors = Mapping[str, tuple[str, tuple[int, ...]]]


def safetensors_bytes(tensors: Tensors, metadata: Mapping[str, str] | None = None) -> bytes:
    """A file with these tensors (dtype and shape by name), their data zero."""
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    position = 0
    for name, (dtype, shape) in tensors.items():
        end = position + prod(shape) * BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [position, end]}
        position = end
    return with_header(json.dumps(header).encode(), position)


def with_header(header: bytes, data_size: int = 0) -> bytes:
    """A file with this header, whatever it says, and zeros behind it."""
    return len(header).to_bytes(8, "little") + header + bytes(data_size)
