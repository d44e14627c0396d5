"""Tests of policies within limits: one that does not end is ended, and the others still run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from aiverify.errors import MalformedError, UndecidedError
from aiverify.policy.outline import outline
from aiverify.policy.sources import PolicySet
from aiverify.policy.testing.bench import UNDEFINED, Bench, run
from aiverify.policy.testing.bounded import BoundedBench
from aiverify.policy.testing.trial import Ending, find
from tests.support.rego import complaint, module

ENDLESS = """test_b if {
	numbers.range(0, 100000)[a] > 1
	numbers.range(0, 100000)[b] > a
	a == b + 1
	a < 0
}
"""
TEXT = f"""package p

test_a if {{
	print("x")
	1 == 1
}}

{ENDLESS}
test_c if 1 == 2

test_d if 1 / count([]) == 1

test_e := numbers.range(1, 100000)
"""


@contextmanager
def bench(text: str, **given: Any) -> Iterator[BoundedBench]:
    with BoundedBench(PolicySet((module(text),)), **given) as made:
        yield made


def test_the_answers_are_those_of_a_bench_in_this_process() -> None:
    text = TEXT.replace(ENDLESS, "")
    plain = Bench(PolicySet((module(text),)), counting=True)
    with bench(text, counting=True) as bounded:
        for name in "abc":
            query = f"data.p.test_{name}"
            if name == "b":
                continue
            assert bounded.ask(query) == plain.ask(query)
        assert bounded.ask("data.p.test_c")[0] == UNDEFINED
        plain.ask("data.p.test_c")
        assert bounded.lines() == plain.lines()
        bounded.forget()
        plain.forget()
        assert bounded.lines() == plain.lines()
        own, other = (
            complaint(UndecidedError, lambda at=at: at.ask("data.p.test_d"))
            for at in (plain, bounded)
        )
        assert own == other
        assert len(bounded.ask("data.p.test_e")[0]) <= 500


def test_a_test_that_does_not_end_is_an_error_and_the_others_are_run() -> None:
    policies = PolicySet((module(TEXT),))
    cases = find([outline(item) for item in policies.modules])
    limits = {"timeout": 1.5}
    with (
        BoundedBench(policies, counting=True, **limits) as made,
        BoundedBench(policies, counting=True, **limits) as tracer,
    ):
        trials = {item.case.rule: item for item in run(made, cases, tracer)}
        assert {name: item.ending for name, item in trials.items()} == {
            "test_a": Ending.PASS,
            "test_b": Ending.ERROR,
            "test_c": Ending.FAIL,
            "test_d": Ending.ERROR,
            "test_e": Ending.FAIL,
        }
        assert trials["test_b"].reason == "the policies gave no answer within 1.5 s"
        assert trials["test_c"].stopped == "p.rego:15"
        assert 3 not in made.lines()["p.rego"].run


def test_what_does_not_compile_is_said_with_the_first_question() -> None:
    with bench("package p\n\nx :=\n") as broken:
        assert "p.rego:4" in complaint(MalformedError, lambda: broken.ask("data.p.test_a"))


def test_a_test_that_takes_too_much_memory_is_an_error() -> None:
    text = "package p\n\ntest_a if count(numbers.range(1, 1000000000)) == 0\n\ntest_b := true\n"
    with bench(text, max_memory=300 << 20) as small:
        with pytest.raises(UndecidedError, match="needed more memory"):
            small.ask("data.p.test_a")
        assert small.ask("data.p.test_b") == ("true", ())
