"""The wire format of protocol buffers: what is passed over, and what is refused."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.formats.interface import TooLarge
from aiverify.formats.protobuf import walk as protobuf
from aiverify.formats.protobuf.head import fields_of, first_of
from aiverify.formats.protobuf.walk import Field, Message, Wire
from aiverify.formats.sources import Memory
from tests.support.protobuf_files import blob, number, varint


def fields(data: bytes) -> list[Field]:
    return list(Message.of(Memory(data)).fields())


class Counting(Memory):
    """Bytes that count how many of them are read."""

    read = 0

    def read_at(self, offset: int, size: int) -> bytes:
        Counting.read += size
        return super().read_at(offset, size)


def test_a_message_is_its_fields_in_their_order() -> None:
    data = number(1, 300) + blob(2, "text") + b"\x1d" + bytes(4) + b"\x21" + bytes(8)
    found = fields(data)
    assert [(item.number, item.wire, item.size) for item in found] == [
        (1, Wire.VARINT, 2),
        (2, Wire.BYTES, 4),
        (3, Wire.FIXED32, 4),
        (4, Wire.FIXED64, 8),
    ]
    assert (found[0].unsigned(), found[1].text()) == (300, "text")


def test_numbers_are_signed_where_the_format_says_so() -> None:
    [field] = fields(number(1, -5))
    assert field.signed() == -5
    assert field.unsigned() == (1 << 64) - 5


def test_repeated_numbers_are_read_one_a_field_or_packed() -> None:
    loose, packed = fields(number(1, 7) + blob(1, varint(8) + varint(-1)))
    assert [*loose.integers(), *packed.integers()] == [7, 8, -1]
    assert packed.message().packed() == 2


def test_a_message_within_a_message_has_fields_of_its_own() -> None:
    [outer] = fields(blob(1, blob(2, "in")))
    [inner] = outer.message().fields()
    assert inner.text() == "in"


def test_a_large_payload_is_passed_over_and_not_read() -> None:
    Counting.read = 0
    data = number(1, 1) + blob(2, bytes(10 << 20)) + number(3, 4)
    found = list(Message.of(Counting(data)).fields())
    assert found[2].unsigned() == 4
    assert Counting.read < 100_000


def test_a_text_that_is_not_utf_8_is_shown_all_the_same() -> None:
    [field] = fields(blob(1, b"a\xff"))
    assert field.text() == "a\ufffd"


def test_an_excerpt_ends_before_a_character_that_is_cut() -> None:
    [field] = fields(blob(1, "a\u00e4\u00e4"))
    assert field.excerpt(2) == "a"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x80", "does not end"),
        (b"\xff" * 11, "does not end"),
        (b"\x08" + b"\xff" * 9 + b"\x02", "exceeds 64 bits"),
        (b"\x08", "cut off"),
        (b"\x12\x05abc", "claims 5 bytes"),
        (b"\x12" + varint(1 << 63), "claims"),
        (b"\x0d\0\0\0", "claims 4 bytes"),
        (b"\x09\0\0\0\0", "claims 8 bytes"),
        (b"\x0b\x0c", "wire type 3"),
        (b"\x0e", "wire type 6"),
        (b"\0\0", "number 0"),
        (varint(1 << 32), "has the number 536870912"),
    ],
)
def test_what_is_no_field_is_malformed(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        fields(data)


def test_a_field_of_another_wire_type_is_malformed_because_libraries_skip_it() -> None:
    text, value = fields(blob(1, "x") + number(2, 1))
    with pytest.raises(MalformedError, match="not as VARINT"):
        text.unsigned()
    with pytest.raises(MalformedError, match="not as BYTES"):
        value.message()


def test_a_field_that_may_stand_there_once_does_not_stand_there_twice() -> None:
    message = Message.of(Memory(blob(7, "") + blob(7, "")))
    with pytest.raises(MalformedError, match="a second time"):
        list(message.fields(frozenset({7})))


def test_a_text_of_more_than_its_limit_is_malformed() -> None:
    [field] = fields(blob(1, bytes(11)))
    with pytest.raises(MalformedError, match="more than the 10"):
        field.data(10)


def innermost(message: Message) -> Message:
    """The message that holds no other."""
    while message.size:
        message = next(message.fields()).message()
    return message


def test_messages_are_followed_no_deeper_than_libraries_do() -> None:
    data = b""
    for _ in range(200):
        data = blob(1, data)
    with pytest.raises(MalformedError, match="nested more than 100"):
        innermost(Message.of(Memory(data)))


def test_more_fields_than_are_walked_through_are_left_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protobuf, "MAX_FIELDS", 5)
    with pytest.raises(TooLarge):
        fields(number(1, 1) * 6)


SCHEMA = {1: Wire.VARINT, 2: Wire.BYTES}


def test_a_head_is_told_by_fields_that_may_reach_beyond_it() -> None:
    data = number(1, 3) + blob(2, bytes(100))
    found = fields_of(data[:50], len(data), SCHEMA)
    assert [(item.number, item.size) for item in found] == [(1, 1), (2, 100)]


@pytest.mark.parametrize(
    "data",
    [number(2, 3), blob(1, ""), number(3, 3), number(1, 3) + b"\x12\x7f", b"\x08"],
)
def test_a_head_with_another_field_is_of_another_kind(data: bytes) -> None:
    assert fields_of(data, len(data), SCHEMA) == ()


def test_the_first_field_is_told_whatever_follows() -> None:
    first = first_of(blob(1, "name") + b"\xff", 99)
    assert first is not None
    assert first.data == b"name"
    assert first_of(b"\xff", 1) is None
