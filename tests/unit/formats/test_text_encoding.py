"""The encodings of texts, by the marks that they begin with."""

from __future__ import annotations

import pytest

from aiverify.formats.encoding import decode, encoding_of


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("utf-8", 0)),
        (b"ab", ("utf-8", 0)),
        (b"\xef\xbb\xbfa", ("utf-8", 3)),
        (b"\xff\xfea\0", ("utf-16-le", 2)),
        (b"\xff\xfe\0\0", ("utf-32-le", 4)),
        (b"\0\0\xfe\xff", ("utf-32-be", 4)),
    ],
)
def test_a_mark_tells_the_encoding(data: bytes, expected: tuple[str, int]) -> None:
    assert encoding_of(data) == expected


def test_a_text_is_without_its_mark_and_has_plain_lines() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n") == "a\nb\nc\n"
    assert decode(b"\xfe\xff\0a\0\r\0\n") == "a\n"


def test_a_part_may_end_within_a_character_and_a_whole_may_not() -> None:
    assert decode(b"a\xc3", whole=False) == "a"
    with pytest.raises(UnicodeDecodeError):
        decode(b"a\xc3")
    with pytest.raises(UnicodeDecodeError):
        decode(b"\xff\xfe\0\xd8", whole=True)
