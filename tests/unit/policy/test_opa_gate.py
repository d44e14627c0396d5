"""What is refused before an OPA sees it, and the order in which files get to it."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.policy.functions import FORBIDDEN
from aiverify.policy.opa import gate
from aiverify.policy.safety import ResultRule
from aiverify.policy.sources import Module
from tests.support.opa import rule_set
from tests.support.rego import module


def order(*modules: Module) -> list[str]:
    return [item.name for item in gate.check(rule_set(*modules), {}).modules]


@pytest.mark.parametrize("function", sorted({*FORBIDDEN, *gate.FOLLOWING}))
def test_what_reaches_for_the_world_does_not_reach_opa(function: str) -> None:
    with pytest.raises(MalformedError, match=rf"^p\.rego:2:20: {function} is not allowed"):
        gate.check(rule_set(f"deny contains 1 if {function}(1, 2)"), {})


@pytest.mark.parametrize(
    "text",
    [
        "deny contains 1 if data.system.x",
        'deny contains 1 if data["system"].x == 1',
        "deny contains 1 if not data.system.x",
        "import data.system as s\ndeny contains s.x",
        "x := [y | y := data.system[_]]",
        "f(x) := data.system[x]",
        'x := {"a": [data.system]}',
        "deny contains 1 if 1 == 1 with data.system.x as 2",
    ],
)
def test_what_opa_says_of_itself_is_out_of_reach(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^p\.rego:\d+:\d+: data\.system is OPA's own"):
        gate.check(rule_set(text), {})


def test_a_member_called_system_is_anybodys() -> None:
    text = "deny contains input.system if data.config.system\nsystem := 1\ny := data.p.system"
    assert gate.check(rule_set(text), {"config": {}}).rules == (ResultRule("p", "deny"),)


def test_files_come_after_those_whose_functions_they_call() -> None:
    assert order(
        module("package a\nimport data.b as other\nx := other.f(1)", "a.rego"),
        module("package b\nf(x) := g(x)", "b.rego"),
        module("package b\ng(x) := data.c.h(x)", "c.rego"),
        module("package c\nh(x) := x", "d.rego"),
    ) == ["d.rego", "c.rego", "b.rego", "a.rego"]


def test_files_that_call_one_another_keep_their_order() -> None:
    assert order(
        module("package a\nf(x) := x\nx := data.b.f(1)", "a.rego"),
        module("package b\nf(x) := x\nx := data.a.f(1)", "b.rego"),
    ) == ["a.rego", "b.rego"]


def test_declared_names_end_where_they_are_computed() -> None:
    checked = gate.check(rule_set("x := 1\na.b := 1\nc[d] := 1 if some d in input"), {})
    assert checked.declared == {("p", "x"), ("p", "a", "b"), ("p", "c")}
