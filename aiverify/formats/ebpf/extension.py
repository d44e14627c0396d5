"""`.BTF.ext`: what BTF says of instructions, and which a loader must fit to its kernel."""

from __future__ import annotations

import struct

from aiverify.errors import MalformedError
from aiverify.formats.ebpf.btf import MAGIC, VERSION

HEADER, WITH_RELOCATIONS = 24, 32
"""Bytes of the header, in objects that have no part for relocations, and in those that do."""

RECORD_SIZE = 4
"""Bytes that every part begins with, even one without records."""


def has_core_relocations(data: bytes, sign: str) -> bool:
    """Whether an object is compiled once for every kernel (CO-RE).

    Raises:
        MalformedError: the header is none, or places a part outside.
    """
    if len(data) < HEADER:
        raise MalformedError(f"BTF.ext of {len(data)} bytes is shorter than its header")
    magic, version, _, header = struct.unpack_from(sign + "HBBI", data)
    if magic != MAGIC or version != VERSION or not HEADER <= header <= len(data):
        raise MalformedError("BTF.ext has no valid header")
    parts = struct.unpack_from(sign + ("6I" if header >= WITH_RELOCATIONS else "4I"), data, 8)
    for offset, length in zip(parts[::2], parts[1::2], strict=True):
        if offset + length > len(data) - header:
            raise MalformedError("BTF.ext places a part outside itself")
    return len(parts) == 6 and parts[5] > RECORD_SIZE
