"""Results: what a set may hold, what it weighs, and what is refused."""

from __future__ import annotations

import pytest

from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.errors import UndecidedError
from aiverify.policy.results import PolicyResult, read_results

ESCAPE = "\x1b[31mred\x1b[0m\n"


def test_a_string_is_a_message() -> None:
    (result,) = read_results("p", "deny", ["no"])
    assert result.to_finding() == Finding("p.deny", Severity.ERROR, "no")


def test_an_object_gives_every_part_of_a_finding() -> None:
    item = {"code": "late", "msg": "too late", "fix": "Hurry.", "path": "/now_ns"}
    (result,) = read_results("a.b", "deny", [item])
    assert result.to_finding() == Finding(
        "a.b.late", Severity.ERROR, "too late", place="/now_ns", fix="Hurry."
    )


def test_an_object_needs_nothing_but_its_message() -> None:
    (result,) = read_results("p", "violation", [{"msg": "no", "details": {"any": 1}}])
    assert result == PolicyResult("p", "violation", "", "", "no")


@pytest.mark.parametrize("day", ["2027-01-01", "2027-01-01T12:00:00.5+01:00"])
def test_a_result_may_say_from_when_on_it_denies(day: str) -> None:
    (result,) = read_results("p", "deny", [{"msg": "no", "effective_on": day}])
    assert result.effective_on == day


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("deny", Severity.ERROR),
        ("deny_late", Severity.ERROR),
        ("violation", Severity.ERROR),
        ("violation_late", Severity.ERROR),
        ("warn", Severity.WARNING),
        ("warn_late", Severity.WARNING),
    ],
)
def test_the_name_of_the_rule_is_its_weight(rule: str, severity: Severity) -> None:
    (result,) = read_results("p", rule, ["x"])
    assert result.severity is severity


def test_results_are_sorted_whatever_order_the_engine_has() -> None:
    items = ["b", {"code": "z", "msg": "a"}, "a"]
    assert read_results("p", "deny", items) == read_results("p", "deny", items[::-1])


@pytest.mark.parametrize(
    "item",
    [
        1,
        None,
        True,
        ["no"],
        {},
        {"message": "no"},
        {"msg": None},
        {"msg": 5},
        {"msg": "no", "code": 5},
        {"msg": "no", "fix": ["x"]},
        {"msg": "no", "path": None},
        {"msg": "no", "effective_on": None},
        {"msg": "no", "effective_on": ""},
        {"msg": "no", "effective_on": 2027},
        {"msg": "no", "effective_on": "2027"},
        {"msg": "no", "effective_on": "2027-01-01T00:00:00"},
        {"msg": "no", "effective_on": "2027-02-30"},
    ],
)
def test_what_is_no_result_is_not_left_out(item: Json) -> None:
    with pytest.raises(UndecidedError, match=r"^p\.deny gave "):
        read_results("p", "deny", ["fine", item])


def test_escapes_in_a_message_stay_data() -> None:
    (result,) = read_results("p", "deny", [{"msg": ESCAPE, "code": "c", "path": ESCAPE}])
    finding = result.to_finding()
    assert (finding.message, finding.place) == (ESCAPE, ESCAPE)
