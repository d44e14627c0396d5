"""Days and packages: what denies goes on denying, and a package is the engine's own."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aiverify.core import moments
from aiverify.core.finding import Severity
from aiverify.core.moments import EPOCH
from aiverify.core.terms import Terms
from aiverify.errors import MalformedError
from aiverify.policy.effective import package_of
from aiverify.policy.outline import outline
from aiverify.policy.results import PolicyResult
from aiverify.policy.weighing import Scale
from tests.support.rego import module

TIMES = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)).map(
    lambda time: time.replace(microsecond=0)
)

GAPS = st.lists(
    st.sampled_from(["\n", " ", "\t", "\r\n", "# package x\n", "#\n", "##a#b\n", "# METADATA\n"]),
    max_size=6,
).map("".join)
NAMES = st.sampled_from(
    ["a", "a.b", "a.b.c_1", 'a["b"]', "a [", "a.", "a\n.b", 'a\n["b"]', "a;", "1"]
)


@given(
    since=TIMES, own=TIMES, now=TIMES, rule=st.sampled_from(["deny", "warn"]), strict=st.booleans()
)
def test_a_result_denies_from_the_later_of_its_days_on(
    since: datetime, own: datetime, now: datetime, rule: str, strict: bool
):
    result = PolicyResult("p", rule, "c", "", "m", effective_on=moments.rfc3339(own))
    scale = Scale(Terms(fail_on_warn=strict), since={"p": since})
    (found,) = scale.found([result], now)
    denies = strict or (rule == "deny" and now >= max(since, own))
    assert (found.finding.severity is Severity.ERROR) is denies
    if denies:
        assert (found.denies_from or now) <= now
    assert (found.denies_from is None) is (rule == "warn" and not strict)


@given(TIMES)
def test_a_time_that_was_shown_is_read_again(time: datetime):
    assert moments.parse(moments.shown(time)) == moments.parse(moments.rfc3339(time)) == time
    assert moments.of_nanoseconds(moments.nanoseconds(time)) == time >= EPOCH


@given(before=GAPS, between=st.sampled_from([" ", "\t", "  ", "\n", ""]), name=NAMES, after=GAPS)
def test_the_package_is_read_as_the_engine_reads_it(
    before: str, between: str, name: str, after: str
):
    item = module(f"{before}package{between}{name}{after}")
    try:
        expected = outline(item).package
    except MalformedError:
        return
    assert package_of(item) == expected
