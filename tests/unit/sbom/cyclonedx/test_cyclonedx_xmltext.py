"""Text that XML 1.0 can hold."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from aiverify.sbom.cyclonedx.xmltext import escaped


def test_every_character_that_a_parser_refuses_is_escaped_and_no_other():
    for code in (*range(0x300), 0xD7FF, 0xE000, 0xFDD0, 0xFFFD, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF):
        char = chr(code)
        assert (escaped(char) == char) == is_character(code)


def test_a_surrogate_is_escaped():
    for code in (0xD800, 0xDBFF, 0xDC00, 0xDFFF):
        assert escaped(chr(code)) == f"\\u{code:04x}"


@pytest.mark.parametrize("text", ["", "plain", "a\tb\nc\r", "é \U0001f600", "\\u0000"])
def test_other_text_is_left_alone(text):
    assert escaped(text) == text


def is_character(code: int) -> bool:
    """Whether a parser takes a reference to it."""
    try:
        ElementTree.fromstring(f"<a>&#{code};</a>")
    except ElementTree.ParseError:
        return False
    return True
