"""Brackets that would keep the parser busy for hours."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.policy import nesting
from aiverify.policy.nesting import MAX_DEPTH
from tests.support.rego import module


def nested(opening: str, closing: str, depth: int) -> str:
    return f"package p\n\nx := {opening * depth}{closing * depth}\n"


@pytest.mark.parametrize("pair", ["()", "[]", "{}"])
def test_brackets_may_nest_up_to_the_limit_and_no_deeper(pair: str) -> None:
    nesting.check(module(nested(*pair, MAX_DEPTH)))
    with pytest.raises(MalformedError, match=r"^p\.rego:3: brackets are nested deeper"):
        nesting.check(module(nested(*pair, MAX_DEPTH + 1)))


@pytest.mark.parametrize(
    "text",
    [
        f'x := "{"[" * 99}"',
        f'x := "\\"{"[" * 99}"',
        f"x := `{'[' * 99}`",
        f"x := `\n{'[' * 99}\n`",
        f"# {'[' * 99}",
        "x := [1]\n" * 99,
    ],
)
def test_brackets_in_strings_and_comments_and_side_by_side_do_not_nest(text: str) -> None:
    nesting.check(module(text))


@pytest.mark.parametrize("hidden", ['"\n', '"a\\\\" ', "`a` ", '"a" # "\n'])
def test_what_looks_like_a_string_hides_nothing(hidden: str) -> None:
    with pytest.raises(MalformedError):
        nesting.check(module(hidden + "[" * (MAX_DEPTH + 1)))


def test_the_line_counts_those_inside_strings() -> None:
    with pytest.raises(MalformedError, match=r"^p\.rego:4:"):
        nesting.check(module("x := `\n\n`\n" + "[" * (MAX_DEPTH + 1)))
