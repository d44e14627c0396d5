"""Texts that are cut."""

from __future__ import annotations

from aiverify.formats.cutting import cut


def test_a_text_is_cut_only_where_it_is_too_long_and_says_so() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "abc [...]"
    assert cut("", 0) == ""
