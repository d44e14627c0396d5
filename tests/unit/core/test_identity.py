"""A name is matched whole, and no pattern lets strangers in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiverify.core.identity import NamePattern
from aiverify.errors import UsageError

ALICE = "alice@acme.example"
REPOSITORY = "https://github.com/acme/model"
WORKFLOW = f"{REPOSITORY}/.github/workflows/release.yml@refs/tags/v1.2"


@pytest.mark.parametrize("name", [ALICE, WORKFLOW, "spiffe://acme.example/ns/prod", "*", "a*b@c"])
def test_an_exact_name_is_itself_and_nothing_else(name: str):
    pattern = NamePattern(name)
    assert pattern.matches(name)
    for other in (f"{name} ", f" {name}", f"{name}x", f"x{name}", name[:-1], f"{name}\n", ""):
        assert not pattern.matches(other)


def test_a_star_in_an_exact_name_stands_for_itself():
    assert not NamePattern("a*@acme.example").matches(ALICE)


GOOD = [
    ("*@acme.example", ALICE),
    ("a*@acme.example", ALICE),
    ("*e@acme.example", ALICE),
    ("**@acme.example", ALICE),
    (ALICE, ALICE),
    ("https://github.com/acme/**", WORKFLOW),
    ("https://github.com/acme/*/.github/workflows/*@**", WORKFLOW),
    (f"{REPOSITORY}/.github/workflows/release.yml@refs/tags/*", WORKFLOW),
    (f"{REPOSITORY}/**@refs/tags/v*", WORKFLOW),
    (f"{REPOSITORY}/**/*@**", WORKFLOW),
    ("https://github.com/acme/*", "https://github.com/acme/"),
    ("https://github.com/acme/***", WORKFLOW),
]
BAD = [
    ("*@acme.example", "alice@acme.example.evil.org"),
    ("*@acme.example", "alice@evil-acme.example"),
    ("*@acme.example", "alice@evil@acme.example"),
    ("*@acme.example", "alice/x@acme.example"),
    ("*@acme.example", "alice@ACME.example"),
    ("a*@acme.example", "bob@acme.example"),
    ("https://github.com/acme/*", WORKFLOW),
    ("https://github.com/acme/**", "https://github.com/acme-evil/model"),
    ("https://github.com/acme/**", "https://github.com/acme"),
    ("https://github.com/acme/**", "http://github.com/acme/model"),
    ("https://github.com/acme/**", "https://github.com.evil.org/acme/model"),
    ("https://github.com/acme/**", "https://evil.org/https://github.com/acme/model"),
    (f"{REPOSITORY}/**@refs/tags/v*", f"{REPOSITORY}/x@refs/heads/v1"),
    (f"{REPOSITORY}/*@refs/tags/v1", f"{REPOSITORY}/a/b@refs/tags/v1"),
    (f"{REPOSITORY}/x@refs/tags/*", f"{REPOSITORY}/x@refs/tags/v1/evil"),
]


@pytest.mark.parametrize(("pattern", "name"), GOOD)
def test_a_pattern_matches_the_whole_name(pattern: str, name: str):
    assert NamePattern(pattern, wildcards=True).matches(name)


@pytest.mark.parametrize(("pattern", "name"), BAD)
def test_a_pattern_matches_nothing_else(pattern: str, name: str):
    assert not NamePattern(pattern, wildcards=True).matches(name)


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "**",
        "a*",
        "*a",
        "*@*",
        "alice@*",
        "alice@*.example",
        "*@acme.*",
        "*@**",
        "https://*",
        "https://**",
        "https://*/acme/model",
        "https://*.com/acme/model",
        "https://github.com*/acme/model",
        "https://github.com/*",
        "https://github.com/**",
        "https://github.com/acme*",
        "https://github.com/acme*/model",
        "https://github.com/*/model",
        "*://github.com/acme/model",
        "**github.com/acme/model",
        "spiffe://*/x/y",
    ],
)
def test_a_wildcard_where_an_owner_stands_is_refused(pattern: str):
    with pytest.raises(UsageError, match="wildcard where its owner stands") as caught:
        NamePattern(pattern, wildcards=True)
    assert caught.value.hint


@pytest.mark.parametrize("wildcards", [True, False])
@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_nobody_is_nobody(text: str, wildcards: bool):
    with pytest.raises(UsageError, match="an identity is empty"):
        NamePattern(text, wildcards)


def test_a_name_that_is_endless_is_nobodys():
    assert not NamePattern("**@acme.example", wildcards=True).matches(f"{'a' * 1100}@acme.example")


def test_a_pattern_that_would_be_slow_to_try_in_turn_is_answered():
    """All ways are followed at once: their number does not grow with the stars."""
    stars = "*a" * 200
    pattern = NamePattern(f"{stars}b@acme.example", wildcards=True)
    assert not pattern.matches(f"{'a' * 900}@acme.example")


def as_expression(pattern: str) -> re.Pattern[str]:
    """The same as a regular expression, by another way."""
    parts = re.split(r"(\*\*|\*)", pattern)
    meaning = {"**": r"[\s\S]*", "*": r"[^/@]*"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))


@given(
    st.text("ab*/@", max_size=8).map(lambda text: f"https://h/o/{text}"),
    st.text("ab/@", max_size=8).map(lambda text: f"https://h/o/{text}"),
)
def test_a_pattern_means_what_its_expression_means(pattern: str, name: str):
    expected = as_expression(pattern).fullmatch(name) is not None
    assert NamePattern(pattern, wildcards=True).matches(name) is expected
