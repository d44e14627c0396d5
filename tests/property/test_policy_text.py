"""Policies that nobody wrote: whatever their text, they are taken or refused in our words."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.names import printable
from aiverify.errors import AiverifyError
from aiverify.policy import library
from tests.support.rego import engine, module

RULES = [
    (library.root() / name / f"{name}.rego")
    .read_text("utf-8")
    .replace("package aiverify", "package x")
    for name in library.names()
]

WORDS = st.sampled_from(
    (
        *("package", "import", "data", "input", "p", "deny", "warn", "contains", "if", "else"),
        *("default", "some", "every", "in", "not", "with", "as", "null", "true", "x", "y", "_"),
        *(":=", "=", "==", "|", "&", "+", "-", "*", "/", ",", ";", ":", ".", "\n"),
        *("[", "]", "{", "}", "(", ")", "x[", "{x|", "[x|", "f(", "walk(", "print(", "count("),
        *("http.send", '"s"', "`r`", "1"),
    )
)


def judge(text: str) -> None:
    """Load a policy and judge nothing by it; an error of ours is a fine end."""
    try:
        engine(module(text)).evaluate({})
    except AiverifyError as error:
        message = error.message
    else:
        return
    assert printable(message) == message


@given(st.lists(WORDS, max_size=40))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_words_of_rego_in_any_order_end_in_an_answer_or_in_our_words(words: list[str]) -> None:
    judge("package p\n" + " ".join(words))


@given(st.sampled_from(RULES), st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_policy_ends_in_an_answer_or_in_our_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    judge(text[:start] + data.draw(st.text(max_size=3)) + text[end:])
