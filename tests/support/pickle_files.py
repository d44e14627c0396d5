"""Pickles put together opcode by opcode, so that they can say anything."""

from __future__ import annotations

import struct

COMMAND = "touch /nonexistent/pwned"
"""What a payload would do; nothing here is ever loaded."""

PROTO_3 = b"\x80\x03"
PROTO_4 = b"\x80\x04"


def text(value: str) -> bytes:
    """A string of any length (`BINUNICODE`)."""
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def short(value: str) -> bytes:
    """A short string of protocol 4 (`SHORT_BINUNICODE`)."""
    data = value.encode()
    return b"\x8c" + bytes([len(data)]) + data


def blob(value: bytes) -> bytes:
    """Bytes (`BINBYTES`)."""
    return b"B" + struct.pack("<I", len(value)) + value


def number(value: int) -> bytes:
    """A whole number (`BININT`)."""
    return b"J" + struct.pack("<i", value)


def sequence(*items: bytes) -> bytes:
    """A tuple."""
    return b"(" + b"".join(items) + b"t"


def mapping(pairs: dict[str, bytes]) -> bytes:
    """A dictionary."""
    return b"}(" + b"".join(text(key) + value for key, value in pairs.items()) + b"u"


def named(full: str) -> bytes:
    """A global, by its last dot (`GLOBAL`)."""
    module, _, name = full.rpartition(".")
    return f"c{module}\n{name}\n".encode()


def stacked(module: str, name: str) -> bytes:
    """A global, by two strings (`STACK_GLOBAL`)."""
    return short(module) + short(name) + b"\x93"


def called(function: str, *args: bytes) -> bytes:
    """The call of a global (`REDUCE`)."""
    return named(function) + sequence(*args) + b"R"


def made(cls: str, state: bytes) -> bytes:
    """An object of a class, and its state (`NEWOBJ`, `BUILD`)."""
    return named(cls) + b")\x81" + state + b"b"


def pickled(*body: bytes) -> bytes:
    """A pickle of protocol 3."""
    return PROTO_3 + b"".join(body) + b"."


def attack(function: str, *args: bytes) -> bytes:
    """A pickle of one call; of a shell command, if nothing else is said."""
    return pickled(called(function, *(args or (text(COMMAND),))))


def framed(body: bytes, *, lie: int = 0) -> bytes:
    """A pickle of protocol 4 in one frame, whose length may lie by some bytes."""
    inner = body + b"."
    return PROTO_4 + b"\x95" + struct.pack("<Q", len(inner) + lie) + inner


def dtype(code: str, *, flags: int = 0, order: str = "<") -> bytes:
    """A dtype of NumPy's, as it pickles itself."""
    none, minus = b"N", number(-1)
    state = sequence(
        number(3), text(order), none, none, none, minus, minus, number(flags)
    )  # fmt: skip
    return called("numpy.dtype", text(code), b"\x89", b"\x88") + state + b"b"


OBJECTS = dtype("O8", flags=63, order="|")
"""The dtype of an array whose elements are pickled."""


def wrapper(kind: bytes, *shape: int, aligned: bool = True, **more: bytes) -> bytes:
    """What joblib writes before an array's bytes."""
    said = {
        "subclass": named("numpy.ndarray"),
        "shape": sequence(*map(number, shape)),
        "order": text("C"),
        "dtype": kind,
        "allow_mmap": b"\x88",
    }
    if aligned:
        said["numpy_array_alignment_bytes"] = number(16)
    return made("joblib.numpy_pickle.NumpyArrayWrapper", mapping(said | more))


def array(position: int, data: bytes, kind: bytes, *shape: int) -> bytes:
    """An array as it stands in a joblib file, at a position, with its bytes behind padding."""
    before = wrapper(kind, *shape)
    padding = 16 - (position + len(before) + 1) % 16
    return before + bytes([padding]) + b"\xff" * padding + data


def joblib(*body: bytes) -> bytes:
    """A joblib file: a list of 2 by 3 numbers, and whatever comes then."""
    start = PROTO_3 + b"]"
    numbers = struct.pack("<6d", *range(6))
    return start + array(len(start), numbers, dtype("f8"), 2, 3) + b"a" + b"".join(body) + b"."
