"""Running tests: how they end, and why."""

from __future__ import annotations

import pytest

from aiverify.errors import InputError, MalformedError
from aiverify.policy.outline import outline
from aiverify.policy.sources import PolicySet
from aiverify.policy.testing import trial
from aiverify.policy.testing.bench import MAX_LINE, MAX_PRINTED, MAX_TRACED, Bench, run
from aiverify.policy.testing.trial import Ending, Trial, find
from tests.support.rego import complaint, module


def trials(*texts: str) -> list[Trial]:
    modules = [module(f"package p\n{text}", f"{at}.rego") for at, text in enumerate(texts)]
    policies = PolicySet(tuple(modules))
    bench, tracer = Bench(policies), Bench(policies, counting=True)
    return list(run(bench, find(outline(item) for item in modules), tracer))


def ending(text: str) -> tuple[str, str]:
    (found,) = trials(text)
    return found.ending.value, found.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("test_a if false", "a condition does not hold"),
        ("test_a if input.x", "a condition does not hold"),
        ("test_a := false", "it is false"),
        ("default test_a := false\ntest_a if false", "it is false"),
        ("test_a := 1", "it is a number, and not true"),
        ("test_a := null", "it is null, and not true"),
        ('test_a := "true"', "it is a string, and not true"),
        ('test_a := "<undefined>"', "a condition does not hold"),
        ("test_a := [true]", "it is an array, and not true"),
        ("test_a contains true", "it is an array, and not true"),
        ('test_a := {"x": true}', "it is an object, and not true"),
    ],
)
def test_only_true_is_a_pass(text: str, reason: str) -> None:
    assert ending("test_a if true") == ("pass", "")
    assert ending(text) == ("fail", reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("test_a if 1 / 0 == 1", "0.rego:2:13: divide by zero"),
        ("test_a := true\ntest_a := false if true", "0.rego:3:1: "),
        ("test_a if b\nb if test_a", "0.rego:"),
        ("test_a(x) if x", "it is a function"),
        ("test_a[x] if some x in [1]", "its cases cannot be told apart"),
        ('test_a["b c"] := true', "its name is not made of plain words"),
    ],
)
def test_what_cannot_be_answered_is_an_error(text: str, reason: str) -> None:
    found, said = ending(text)
    assert found == "error"
    assert said.startswith(reason)
    assert "\n" not in said


def test_a_test_that_is_yet_to_be_written_is_skipped_and_not_run() -> None:
    assert ending("todo_test_a if 1 / 0 == 1") == ("skipped", "")
    assert ending("x.todo_test_a := false") == ("skipped", "")


def test_a_test_may_stand_in_any_module_and_have_a_name_with_parts() -> None:
    found = trials(
        'deny contains "x" if input.x\ntest_a.b if true\nx.test_c if true\nmy_test_d := 1'
    )
    assert [(item.case.rule, item.ending) for item in found] == [
        ("test_a.b", Ending.PASS),
        ("x.test_c", Ending.PASS),
    ]


def test_tests_run_in_the_order_of_file_and_line_and_each_once() -> None:
    found = trials("test_b if true\ntest_a if true", "test_b if true\ntest_c if true")
    assert [(item.case.rule, item.case.file, item.case.first) for item in found] == [
        ("test_b", "0.rego", 2),
        ("test_a", "0.rego", 3),
        ("test_c", "1.rego", 3),
    ]
    assert found[0].case.definitions == 2


def test_a_test_sees_no_document_and_nothing_of_the_test_before() -> None:
    text = """x := input.v
test_a if x == 1 with input as {"v": 1}
test_b if not x
test_c if x == 2 with input as {"v": 2}
test_d if not input
test_e if { x == 3 with input as {"v": 3}; not x }
test_f if data.config.y == 1 with data.config.y as 1
test_g if not data.config
"""
    assert {item.ending for item in trials(text)} == {Ending.PASS}


def test_a_failure_names_the_line_where_it_stopped() -> None:
    (found,) = trials("test_a if {\n\tx := 1\n\tx == 1\n\tx == 2\n\tx == 3\n}")
    assert found.stopped == "0.rego:5"
    assert [item.stopped for item in trials("test_a if false\ntest_a if false")] == [""]


def test_many_failures_are_not_all_traced() -> None:
    found = trials("\n".join(f"test_{at} if false" for at in range(MAX_TRACED + 5)))
    assert [item.stopped for item in found].count("") == 5


def test_what_a_failing_test_prints_is_kept_within_bounds() -> None:
    (found,) = trials(
        'test_a if { print("at", 1); some i in numbers.range(1, 1000); '
        'print(concat("", [x | some _ in numbers.range(1, 9); x := "a"]), i); i > 1000 }'
    )
    assert found.printed[0] == "0.rego:2: at 1"
    assert len(found.printed) == MAX_PRINTED
    assert all(len(line) <= MAX_LINE for line in found.printed)
    passed, failed = trials('test_a if { print("one") }\ntest_b if { print("two"); false }')
    assert (passed.printed, failed.printed) == ((), ("0.rego:3: two",))


def test_policies_are_checked_as_they_are_before_they_judge() -> None:
    said = complaint(MalformedError, lambda: trials("test_a if http.send({}).status_code == 200"))
    assert "http.send is not allowed" in said


def test_more_tests_than_anybody_writes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MAX_TESTS", 2)
    assert len(trials("test_a if true\ntest_b if true\ntest_b if true")) == 2
    said = complaint(InputError, lambda: trials("test_a if true\ntest_b if true\ntest_c if true"))
    assert said == "there are 3 tests; the limit is 2"
