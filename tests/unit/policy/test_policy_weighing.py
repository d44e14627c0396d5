"""What results weigh: from when on, and where warnings deny."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiverify.core.finding import Severity
from aiverify.core.moments import EPOCH
from aiverify.core.terms import Terms
from aiverify.policy.chosen import Chosen, Names, Picked
from aiverify.policy.results import PolicyResult
from aiverify.policy.weighing import Scale

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WARNING, ERROR = Severity.WARNING, Severity.ERROR


def result(rule: str = "deny", **given: Any) -> PolicyResult:
    return PolicyResult("p", rule, "c", "/x", "no", "mend it", **given)


def weigh(item: PolicyResult, since: str = "", **terms: Any) -> tuple[Severity, str]:
    days = {"p": datetime.fromisoformat(since).replace(tzinfo=UTC)} if since else {}
    (finding,) = Scale(Terms(**terms), since=days).weigh([item], NOW)
    assert (finding.rule, finding.place, finding.fix) == ("p.c", "/x", "mend it")
    return finding.severity, finding.message


def test_without_terms_a_result_weighs_what_its_rule_is_called() -> None:
    assert weigh(result()) == (ERROR, "no")
    assert weigh(result("violation_x")) == (ERROR, "no")
    assert weigh(result("warn")) == (WARNING, "no")


@pytest.mark.parametrize(
    ("since", "effective_on", "severity", "from_"),
    [
        ("2026-06-01", "", ERROR, ""),
        ("2026-06-02", "", WARNING, "2026-06-02"),
        ("", "2026-06-01", ERROR, ""),
        ("", "2026-06-01T00:00:00.000001Z", WARNING, "2026-06-01"),
        ("", "2026-06-01T01:00:00+01:00", ERROR, ""),
        ("", "2026-06-01T00:00:00-01:00", WARNING, "2026-06-01T01:00:00Z"),
        ("2026-07-01", "2026-05-01", WARNING, "2026-07-01"),
        ("2026-05-01", "2026-07-01", WARNING, "2026-07-01"),
        ("2026-07-01", "2026-08-01", WARNING, "2026-08-01"),
    ],
)
def test_before_its_day_a_denial_is_a_warning_that_says_from_when_on_it_denies(
    since: str, effective_on: str, severity: Severity, from_: str
) -> None:
    told = f"no (from {from_} on this denies)" if from_ else "no"
    assert weigh(result(effective_on=effective_on), since) == (severity, told)


def test_what_only_warns_has_no_day_on_which_it_denies() -> None:
    assert weigh(result("warn", effective_on="2027-01-01"), "2027-01-01") == (WARNING, "no")


def test_another_package_has_days_of_its_own() -> None:
    scale = Scale(since={"p.q": NOW + DAY, "": NOW + DAY})
    assert [item.severity for item in scale.weigh([result()], NOW)] == [ERROR]


@pytest.mark.parametrize(
    ("at", "severity"), [(NOW - DAY, WARNING), (NOW, ERROR), (NOW + DAY, ERROR)]
)
def test_a_look_ahead_or_back_takes_another_time_for_the_present(
    at: datetime, severity: Severity
) -> None:
    assert weigh(result(), "2026-06-01", at=at)[0] is severity


@pytest.mark.parametrize(
    ("rule", "since"), [("deny", ""), ("warn", ""), ("deny", "2027-01-01"), ("warn", "2027-01-01")]
)
def test_where_warnings_deny_all_of_them_do(rule: str, since: str) -> None:
    assert weigh(result(rule), since, fail_on_warn=True)[0] is ERROR


def test_what_is_not_chosen_is_left_out() -> None:
    chosen = Chosen(later=Picked(None, Names(results=frozenset({("p", "p.c")}))))
    assert Scale(chosen=chosen).weigh([result()], NOW) == ()


def test_exceptions_learn_from_when_on_a_result_denies() -> None:
    def begins(item: PolicyResult, **terms: Any) -> datetime | None:
        scale = Scale(Terms(**terms), since={"p": NOW + DAY})
        (found,) = scale.found([item], NOW)
        return found.denies_from

    assert begins(result()) == NOW + DAY
    assert begins(result("warn")) is None
    assert begins(result("warn"), fail_on_warn=True) == EPOCH
    assert begins(result(), fail_on_warn=True) == EPOCH


def test_a_judgement_as_of_another_time_says_so() -> None:
    assert Scale().remarks == ()
    (remark,) = Scale(Terms(at=NOW)).remarks
    assert (remark.rule, remark.severity) == ("AIV-POLICY-AS-OF", Severity.NOTE)
    assert "as of 2026-06-01T00:00:00Z" in remark.message
