"""Counting the lines that tests run."""

from __future__ import annotations

import pytest

from aiverify.policy.outline import outline
from aiverify.policy.sources import PolicySet
from aiverify.policy.testing.bench import Bench, run
from aiverify.policy.testing.coverage import Coverage, FileCoverage, count, ranges
from aiverify.policy.testing.trial import find
from tests.support.rego import module

POLICY = """package p

deny contains "one" if {
	input.one
}

deny contains "two" if {
	input.two
	input.three
}
"""


def covered(**texts: str) -> Coverage:
    modules = [module(text, f"{name}.rego") for name, text in texts.items()]
    outlines = [outline(item) for item in modules]
    bench = Bench(PolicySet(tuple(modules)), counting=True)
    list(run(bench, find(outlines), bench))
    return count(bench.lines(), outlines)


def test_lines_that_no_test_reaches_are_named() -> None:
    (file,) = covered(
        p=POLICY, p_test='package q\ntest_a if data.p.deny == {"one"} with input as {"one": 1}\n'
    ).files
    assert (file.file, file.missed) == ("p.rego", (7, 9))
    assert file.run + 2 == file.total


def test_tests_are_not_counted_wherever_they_stand() -> None:
    test = "\ntest_a if {\n\tcount(deny) == 0\n}\n\ntodo_test_b if {\n\tcount(deny) == 9\n}\n"
    apart = covered(p=POLICY, p_test=f"package p\n{test}\nhelper := 1\n")
    assert covered(p=POLICY + test).files == apart.files
    assert [file.file for file in apart.files] == ["p.rego"]


def test_a_module_with_nothing_to_run_is_left_out() -> None:
    found = covered(p="package p\n", p_test="package q\ntest_a if true\n")
    assert (found.files, found.percent) == ((), 0.0)
    assert found.is_below(1)
    assert not found.is_below(0)


@pytest.mark.parametrize(
    ("run", "missed", "percent", "below"),
    [(9999, 1, 99.9, 100), (1, 2, 33.3, 34), (0, 5, 0.0, 0.1), (19, 1, 95.0, 95.1)],
)
def test_a_share_is_rounded_down_and_held_to_the_line(
    run: int, missed: int, percent: float, below: float
) -> None:
    found = Coverage((FileCoverage("p", run, tuple(range(missed))),))
    assert found.percent == found.files[0].percent == percent
    assert found.is_below(below)
    assert not found.is_below(percent)


@pytest.mark.parametrize(
    ("lines", "shown"),
    [((), ""), ((3,), "3"), ((3, 4, 5, 9), "3-5, 9"), ((1, 3, 2), "1-3")],
)
def test_lines_are_shown_as_ranges(lines: tuple[int, ...], shown: str) -> None:
    assert ranges(lines) == shown
