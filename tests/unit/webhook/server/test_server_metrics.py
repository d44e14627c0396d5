from __future__ import annotations

import pytest

from aiverify.core.report import Verdict
from aiverify.webhook.decision import Decision, Judged
from aiverify.webhook.extractors.interface import Found
from aiverify.webhook.request import AdmissionRequest, GroupVersionKind, Operation
from aiverify.webhook.server.measured import Measured, status_of
from aiverify.webhook.server.metrics import MAX_SERIES, Counter, Gauge, Histogram, exposition


def test_a_counter_is_written_with_its_labels():
    counter = Counter("c_total", "Counts.", ("a", "b"))
    counter.add("x", "y")
    counter.add("x", "y", amount=2)

    assert exposition([counter]).decode() == (
        '# HELP c_total Counts.\n# TYPE c_total counter\nc_total{a="x",b="y"} 3\n'
    )


def test_a_counter_without_labels_begins_at_0():
    assert exposition([Counter("c", "C.")]).decode().endswith("\nc 0\n")


def test_a_histogram_counts_all_that_is_below_each_bound():
    histogram = Histogram("h", "H.", ("k",))
    for value in (0.0005, 0.001, 0.3, 99):
        histogram.observe(value, "v")

    lines = exposition([histogram]).decode().splitlines()
    assert 'h_bucket{k="v",le="0.001"} 2' in lines
    assert 'h_bucket{k="v",le="0.25"} 2' in lines
    assert 'h_bucket{k="v",le="0.5"} 3' in lines
    assert 'h_bucket{k="v",le="30"} 3' in lines
    assert 'h_bucket{k="v",le="+Inf"} 4' in lines
    assert 'h_count{k="v"} 4' in lines


@pytest.mark.parametrize("hostile", ['a"} 1\nevil 1', "a\\", "", "x" * 200, "\u2028", "a b"])
def test_a_label_cannot_write_lines_of_its_own(hostile):
    counter = Counter("c", "C.", ("k",))
    counter.add(hostile)

    assert exposition([counter]).decode().splitlines()[2:] == ['c{k="other"} 1']


def test_labels_that_somebody_makes_up_have_an_end():
    counter, histogram = Counter("c", "C.", ("k",)), Histogram("h", "H.", ("k",))
    for number in range(10_000):
        counter.add(f"k{number}")
        histogram.observe(1, f"k{number}")

    assert len(exposition([counter]).splitlines()) <= MAX_SERIES + 3
    assert counter.value("other") == 10_000 - MAX_SERIES
    assert len(exposition([histogram]).splitlines()) <= (MAX_SERIES + 1) * 17 + 2


def test_an_info_shows_the_newest_alone():
    gauge = Gauge("g", "G.", ("v",))
    gauge.set_alone(1, "a")
    gauge.set_alone(1, "b")

    assert exposition([gauge]).decode().splitlines()[2:] == ['g{v="b"} 1']


def judged(verdict: Verdict, **more: bool) -> Judged:
    return Judged(Found("oci://r/m", "/"), verdict, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        (Decision(allowed=True), "allow"),
        (Decision(allowed=True, judged=(judged(Verdict.ERROR),)), "allow"),
        (Decision(allowed=False, code=403, judged=(judged(Verdict.DENY),)), "deny"),
        (Decision(allowed=False, code=403), "deny"),
        (Decision(allowed=False, code=403, judged=(judged(Verdict.ERROR),)), "error"),
        (
            Decision(allowed=False, code=403, judged=(judged(Verdict.ERROR), judged(Verdict.DENY))),
            "deny",
        ),
        (Decision(allowed=False, code=504), "error"),
    ],
)
def test_an_answer_has_one_of_three_statuses(decision, status):
    assert status_of(decision) == status


def test_reviews_are_counted_under_the_names_that_people_know():
    measured = Measured()
    request = AdmissionRequest("u", GroupVersionKind("", "v1", "Pod"), Operation.CREATE, {})
    references = (
        judged(Verdict.ALLOW, cached=True),
        judged(Verdict.ALLOW, cached=True, stale=True),
        judged(Verdict.ALLOW),
    )

    measured.reviewed("validate", request, Decision(allowed=True, judged=references), 0.004)

    lines = measured.exposition().decode().splitlines()
    assert (
        "aiverify_validation_request_count"
        '{admission_status="allow",admission_dryrun="false"} 1' in lines
    )
    assert (
        'aiverify_admission_review_duration_seconds_bucket{resource_kind="Pod",'
        'resource_request_operation="CREATE",request_allowed="true",le="0.005"} 1' in lines
    )
    assert "aiverify_verdict_cache_hits_total 2" in lines
    assert "aiverify_verdict_cache_misses_total 1" in lines
    assert "aiverify_stale_verdicts_total 1" in lines


def test_no_metric_is_written_twice():
    names = [
        line.split()[2]
        for line in Measured().exposition().decode().splitlines()
        if line.startswith("# TYPE")
    ]

    assert len(names) == len(set(names)) > 20
