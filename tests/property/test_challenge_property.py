"""However a challenge is written, it is read as it was meant; and anything else is refused."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.errors import DeniedError, MalformedError
from aiverify.registry.challenge import MAX_HEADER, Challenge, choose, parse

HOST = "registry.example"
WORDS = st.text("abcXYZ019-._~!#$%&'*+^`|", min_size=1, max_size=8)
VALUES = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=12)
GAPS = st.sampled_from(["", " ", "\t", "  "])
COMMAS = st.sampled_from([",", ", ", " ,", ",,", " , ,\t"])
PIECES = st.sampled_from(
    ("Bearer", "Basic", "realm", "scope", "=", '"', "\\", ",", " ", "\t", "\r\n", "https://a/t")
)


@st.composite
def written(draw):
    """Challenges, and one of the ways in which a registry may write them."""
    challenges, texts = [], []
    for _ in range(draw(st.integers(1, 4))):
        scheme = draw(WORDS)
        parameters = draw(st.dictionaries(WORDS.map(str.lower), VALUES, max_size=4))
        pairs = [
            f"{anycase(draw, name)}{draw(GAPS)}={draw(GAPS)}{a_value(draw, value)}"
            for name, value in parameters.items()
        ]
        texts.append(" ".join([scheme, draw(COMMAS).join(pairs)]) if pairs else scheme)
        challenges.append(Challenge(scheme.lower(), parameters))
    return tuple(challenges), draw(COMMAS).join(texts) + draw(GAPS)


def anycase(draw, name):
    return "".join(draw(st.sampled_from([char, char.upper()])) for char in name)


def a_value(draw, value):
    """A value as a word if it can be one, or in quotes, with backslashes where they are needed."""
    if value and value.isascii() and value.isalnum() and draw(st.booleans()):
        return value
    escaped = (f"\\{c}" if c in '"\\' or draw(st.integers(0, 9)) == 0 else c for c in value)
    return f'"{"".join(escaped)}"'


@given(written())
def test_challenges_are_read_as_they_were_meant(case):
    challenges, header = case

    assert parse(header, HOST) == challenges


@given(st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join))
def test_any_header_is_read_or_refused(header):
    try:
        found = choose(header, HOST)
    except (MalformedError, DeniedError) as error:
        refusal = error.message
    else:
        assert found.scheme in ("bearer", "basic")
        assert found.scheme in header.lower()
        for name, value in found.parameters.items():
            assert name in header.lower()
            assert not set(value) & set("\r\n\0")
        return
    assert "\n" not in refusal
    assert HOST in refusal


@settings(deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=4).map("".join))
def test_what_is_repeated_over_a_whole_header_is_read_or_refused(piece):
    header = f"Bearer {piece * MAX_HEADER}"[:MAX_HEADER]
    with suppress(MalformedError):
        assert parse(header, HOST)[0].scheme == "bearer"
