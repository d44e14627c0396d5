"""A writer of NumPy's files, whose headers say whatever they are told to."""

from __future__ import annotations

import struct

PLAIN = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
OBJECTS = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"


def npy(
    header: str = PLAIN,
    data: bytes = bytes(24),
    *,
    version: tuple[int, int] = (1, 0),
    length: int | None = None,
    magic: bytes = b"\x93NUMPY",
) -> bytes:
    """An array's file; `length` is what the header says of its own length."""
    text = header.encode("utf-8" if version[0] > 2 else "latin-1") + b"\n"
    form = "<H" if version[0] == 1 else "<I"
    said = len(text) if length is None else length
    return magic + bytes(version) + struct.pack(form, said) + text + data


def described(descr: str, shape: str = "(1,)") -> str:
    """A header for a dtype and a shape, each as text."""
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
