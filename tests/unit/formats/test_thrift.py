"""Thrift's compact protocol, read by whoever trusts nothing in it."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.formats.thrift import BINARY, DOUBLE, I32, LIST, MAP, MAX_STEPS, STRUCT, TRUE, Compact
from tests.support import thrift_files as made


@pytest.mark.parametrize("value", [0, 1, -1, 63, -64, 300, 2**31 - 1, -(2**63)])
def test_numbers_keep_their_sign(value: int) -> None:
    assert Compact(made.integer(value)).integer() == value


def test_fields_are_numbered_by_their_distance_or_in_full() -> None:
    document = Compact(b"\x15\x02\x35\x04\x05\x90\x03\x06\x00")
    found = []
    for number, kind in document.fields():
        found.append((number, kind, document.integer()))
    assert found == [(1, I32, 1), (4, I32, 2), (200, I32, 3)]


def test_a_value_of_every_type_is_passed_over() -> None:
    inner = made.struct((1, TRUE, b""), (2, 2, b""), (3, 3, b"\x05"), (4, 4, made.integer(7)))
    data = made.struct(
        (1, LIST, made.items(TRUE, [b"\1", b"\2"])),
        (2, STRUCT, inner),
        (3, DOUBLE, bytes(8)),
        (4, BINARY, made.binary(b"abc")),
        (5, LIST, made.items(STRUCT, [inner] * 20)),
    )
    document = Compact(data + made.integer(9))
    for _, kind in document.fields():
        document.skip(kind)
    assert document.integer() == 9


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (b"", I32, "does not end"),
        (b"\xff" * 11, I32, "more than ten bytes"),
        (b"\x05abc", BINARY, "goes beyond"),
        (b"\xff\xff\xff\xff\x7f", BINARY, "goes beyond"),
        (bytes([0x19]) * 40, LIST, "nested too deep"),
        (bytes([0x1C]) * 40, STRUCT, "nested too deep"),
        (b"\0", MAP, "no known type"),
        (b"\0", 13, "no known type"),
        (b"\xf8" + made.varint(2**60) + bytes(100), LIST, "goes beyond|does not end"),
        (b"\xfc" + made.varint(2**60) + bytes(MAX_STEPS), LIST, "more than 200000 values"),
    ],
)
def test_a_document_that_lies_is_malformed(data: bytes, kind: int, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        Compact(data).skip(kind)


def test_a_structure_that_does_not_end_is_malformed() -> None:
    with pytest.raises(MalformedError, match="does not end"):
        list(Compact(b"").fields())
