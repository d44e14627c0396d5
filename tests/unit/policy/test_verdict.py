"""What one rule's value is read as: only what says allow is one."""

from __future__ import annotations

import pytest

from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.report import Verdict
from aiverify.errors import UndecidedError
from aiverify.policy.verdict import read_query

QUERY = "data.policy.verify"


def test_true_allows() -> None:
    assert read_query(QUERY, True) == (Verdict.ALLOW, ())


def test_false_denies_and_says_what_was_false() -> None:
    finding = Finding("policy.verify", Severity.ERROR, "data.policy.verify is false")
    assert read_query(QUERY, False) == (Verdict.DENY, (finding,))


@pytest.mark.parametrize("rule", ["deny", "deny_late", "violation", "violation_late", "warn"])
@pytest.mark.parametrize("value", [[], {}])
def test_no_results_allow(rule: str, value: Json) -> None:
    assert read_query(f"data.policy.{rule}", value) == (Verdict.ALLOW, ())


@pytest.mark.parametrize(
    ("rule", "verdict"), [("deny", "deny"), ("violation_x", "deny"), ("warn", "allow")]
)
@pytest.mark.parametrize("value", [["no"], [{"msg": "no"}], {"a": "no"}, {"a": {"msg": "no"}}])
def test_results_decide_by_their_weight(rule: str, verdict: str, value: Json) -> None:
    decided, (finding,) = read_query(f"data.policy.{rule}", value)
    assert decided is Verdict(verdict)
    assert (finding.rule, finding.message) == (f"policy.{rule}", "no")


@pytest.mark.parametrize(
    ("value", "verdict", "messages"),
    [
        ({"allow": True}, "allow", []),
        ({"allow": True, "reasons": ["fine"], "deny": []}, "allow", ["fine"]),
        ({"allow": True, "warn": ["hm"]}, "allow", ["hm"]),
        ({"allow": False}, "deny", ["data.policy.verify.allow is false"]),
        ({"allow": False, "reasons": ["late"]}, "deny", ["late"]),
        ({"allow": False, "reasons": [{"msg": "late"}], "deny": ["no"]}, "deny", ["late", "no"]),
        ({"allow": False, "warn": ["hm"]}, "deny", ["hm", "data.policy.verify.allow is false"]),
        ({"allow": True, "deny": ["no"]}, "deny", ["no"]),
        ({"allow": True, "violation_x": ["no"]}, "deny", ["no"]),
    ],
)
def test_an_object_decides_by_allow_and_by_its_results(
    value: Json, verdict: str, messages: list[str]
) -> None:
    decided, findings = read_query(QUERY, value)
    assert decided is Verdict(verdict)
    assert [finding.message for finding in findings] == messages


def test_a_reason_to_allow_does_not_deny() -> None:
    _, (finding,) = read_query(QUERY, {"allow": True, "reasons": ["fine"]})
    assert finding.severity is Severity.NOTE


@pytest.mark.parametrize(
    "value",
    [
        None,
        0,
        1,
        1.5,
        "",
        "true",
        "allow",
        [],
        [True],
        ["allow"],
        {},
        {"allow": None},
        {"allow": 1},
        {"allow": "true"},
        {"allowed": True},
        {"deny": []},
    ],
)
def test_anything_else_is_no_verdict(value: Json) -> None:
    with pytest.raises(UndecidedError, match="cannot be read as a verdict"):
        read_query(QUERY, value)


@pytest.mark.parametrize("value", [None, 1, "no", "", True])
@pytest.mark.parametrize("key", ["reasons", "deny", "warn_x"])
def test_an_object_whose_results_are_none_is_no_verdict(key: str, value: Json) -> None:
    with pytest.raises(UndecidedError, match="not a set of results"):
        read_query(QUERY, {"allow": True, key: value})


@pytest.mark.parametrize("value", [[1], [None], {"msg": True}, {"a": {}}, "no", 0, None])
def test_results_that_are_none_are_no_verdict(value: Json) -> None:
    with pytest.raises(UndecidedError):
        read_query("data.policy.deny", value)


def test_a_whole_package_is_read_by_its_allow() -> None:
    decided, (finding,) = read_query("data.policy", {"allow": False, "helper": 5})
    assert (decided, finding.rule) == (Verdict.DENY, "policy.allow")
