"""The terms on which policies judge: what is said of them, and how two come together."""

from __future__ import annotations

from datetime import UTC, datetime

from aiverify.core.terms import Terms

AT = datetime(2027, 1, 1, tzinfo=UTC)


def test_no_terms_say_nothing():
    assert not Terms()
    assert str(Terms()) == ""
    assert Terms().to_json() == {"include": [], "exclude": [], "fail_on_warn": False, "at": ""}


def test_all_terms_are_told():
    terms = Terms(("@a", "b"), ("c.d",), fail_on_warn=True, at=AT)
    assert terms
    assert terms.chooses
    assert str(terms) == "as of 2027-01-01, only @a b, without c.d, warnings deny"
    assert terms.to_json() == {
        "include": ["@a", "b"],
        "exclude": ["c.d"],
        "fail_on_warn": True,
        "at": "2027-01-01T00:00:00Z",
    }


def test_terms_come_together_and_neither_takes_away_what_the_other_says():
    first, second = Terms(("a",), ("b",)), Terms((), ("c",), fail_on_warn=True, at=AT)
    assert first.and_those(second) == Terms(("a",), ("b", "c"), fail_on_warn=True, at=AT)
    assert second.and_those(first) == Terms(("a",), ("c", "b"), fail_on_warn=True, at=AT)


def test_a_hostile_name_is_told_escaped():
    assert "\x1b" not in str(Terms(("\x1b[2J",)))
    assert Terms((), ("\x1b",)).to_json()["exclude"] == ["\\x1b"]
