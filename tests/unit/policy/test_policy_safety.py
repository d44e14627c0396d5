"""Policies that the engine would take, and that are refused before they run."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.policy.functions import FORBIDDEN
from tests.support.rego import complaint, engine, module

HELPERS = module("package tools.net\nfetch(x) := http.send(x)\n", "tools.rego")


def refused(*modules: object, match: str) -> None:
    with pytest.raises(MalformedError, match=match):
        engine(*modules)  # type: ignore[arg-type]


@pytest.mark.parametrize("function", sorted(FORBIDDEN))
def test_a_forbidden_function_is_refused_by_name_and_place(function: str) -> None:
    refused(
        f"deny contains 1 if {{\n  {function}({{}})\n}}", match=f"^p.rego:3:3: {function} is not"
    )


@pytest.mark.parametrize(
    "text",
    [
        "deny contains 1 if http.send({}).body == 1",
        'deny contains 1 if http["send"]({})',
        "deny contains 1 if not http.send({})",
        "deny contains 1 if { false; http.send({}) }",
        "deny contains http.send({})",
        "deny contains 1 if { x := [y | y := http.send({})]; count(x) == 0 }",
        "deny contains 1 if every x in [1] { http.send({}).body == x }",
        "x := 1 if input.y else := http.send({})",
        "f(x) := http.send(x)",
        "x[http.send({})] := 1",
        "http.send(x) := 1\ndeny contains 1 if http.send(1)",
    ],
)
def test_a_forbidden_function_is_found_wherever_it_hides(text: str) -> None:
    refused(text, match=r"p\.rego:\d+:\d+: http\.send is not allowed: .* network")


def test_a_forbidden_function_is_found_in_a_helper_that_nobody_calls() -> None:
    refused(HELPERS, "deny contains 1", match=r"^tools\.rego:2:13: http\.send")


@pytest.mark.parametrize(
    "text",
    [
        "deny contains 1 if count([]) == 0 with http.send as f\nf(x) := 1",
        "deny contains 1 if f({}) with f as http.send\nf(x) := 1",
        "deny contains 1 if is_string(3) with is_string as opa.runtime",
    ],
)
def test_a_forbidden_function_cannot_come_in_by_replacement(text: str) -> None:
    refused(text, match="is not allowed")


@pytest.mark.parametrize(
    "text",
    [
        "import http as h\ndeny contains 1 if h.send({})",
        "h := http\ndeny contains 1 if h.send({})",
        "deny contains 1 if { h := http; h.send({}) }",
        "deny contains 1 if { h := http.send; h({}) }",
        'deny contains 1 if { f := "send"; http[f]({}) }',
        "import data.http\ndeny contains 1 if http.send({})",
        "import data.http as h\ndeny contains 1 if h.send({})",
    ],
)
def test_a_forbidden_function_has_no_alias(text: str) -> None:
    refused(text, match=r"^p\.rego:\d+:\d+: ")


@pytest.mark.parametrize(
    "text",
    [
        "deny contains 1 if { false; foo.bar(1) }",
        "deny contains 1 if { input.never; nosuch(1) }",
        "f(x) := nosuch(x)",
        "x := 1 if true else := nosuch(1)",
        "deny contains 1 if cuont(input) == 1",
        "deny contains 1 if data.q.f(1)",
        "import data.q\ndeny contains 1 if q.f(1)",
        "import input.q\nq.g(x) := 1\ndeny contains 1 if q.f(1)",
        "g := 1\ndeny contains 1 if g(1)",
        'deny contains 1 if io.jwt.decode("a")',
    ],
)
def test_an_unknown_function_is_refused_where_it_would_never_run(text: str) -> None:
    refused(text, match=r"^p\.rego:\d+:\d+: there is no function ")


def test_an_unknown_function_is_shown_escaped() -> None:
    text = 'deny contains 1 if input["\\u001b[2J"](1)'
    assert "\x1b" not in complaint(MalformedError, lambda: engine(text))


@pytest.mark.parametrize(
    "text",
    [
        "f(x) := x\ndeny contains 1 if f(1) == 2",
        "default f(_) := 1\ndeny contains 1 if f(1) == 2",
        "a.f(x) := x\ndeny contains 1 if a.f(1) == 2",
        "a.f(x) := x\ndeny contains 1 if data.p.a.f(1) == 2",
        "import data.q.f\ndeny contains 1 if f(1) == 2",
        "import data.q.f as g\ndeny contains 1 if g(1) == 2",
        "import data.q\ndeny contains 1 if q.f(1) == 2",
        "deny contains 1 if data.q.f(1) == 2",
        'deny contains 1 if data.q["f"](1) == 2',
        "import rego.v1\ndeny contains 1 if count(input) == 2",
        "deny contains 1 if count(input) == 2 with count as f\nf(x) := 1",
    ],
)
def test_a_known_function_is_found_by_each_of_its_names(text: str) -> None:
    loaded = engine(text, module("package q\nf(x) := x\n", "q.rego"))
    assert loaded.evaluate({}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "f(x) := f(x)",
        "f(x) := g(x)\ng(x) := h(x)\nh(x) := f(x)",
        "f(x) := y if y := [z | z := data.p.f(x)]",
        "import data.p as me\nf(x) := me.f(x)",
        "f(x) if count(x) == 1 with count as f",
    ],
)
def test_a_function_that_calls_itself_is_refused_before_it_fills_the_stack(text: str) -> None:
    refused(text, match=r"^p\.rego:\d+:\d+: the function p\.\w calls itself")


@pytest.mark.parametrize(
    "text",
    [
        "deny := {1}",
        "deny if input.x",
        "deny[x] if x := 1",
        "default deny := false",
        "violation_late := []",
        "warn[x].y contains 1 if x := 1",
        "deny.late contains 1",
        "x[y].deny contains 1 if y := 1",
        'x["a b"].deny contains 1',
        'deny["x"] contains 1',
    ],
)
def test_a_deny_that_would_not_be_asked_or_is_no_set_is_refused(text: str) -> None:
    refused(text, match=r"^p\.rego:2:\d+: .* is not a set of results")


def test_a_set_that_another_module_makes_a_value_is_refused() -> None:
    refused(
        "deny contains 1", module("package p\ndeny := set()", "q.rego"), match=r"^q\.rego:2:1: deny"
    )


def test_a_function_may_be_called_like_a_result() -> None:
    assert engine("deny_reason(x) := x\ndeny contains deny_reason(1) if input.x").evaluate({}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "import data.config as input",
        "import data.config.input",
        "import input as data",
        "import input.data",
    ],
)
def test_an_import_cannot_take_the_place_of_the_document(text: str) -> None:
    refused(f"{text}\ndeny contains 1", match=r"^p\.rego:1:9: an import takes the name")


def test_a_variable_that_nothing_gives_a_value_is_refused() -> None:
    refused("deny contains 1 if { some x; x == 1 }", match=r"^p\.rego:2:27: .* variable x ")


@pytest.mark.parametrize(
    "text",
    [
        "deny contains 1 if { some x; not x }",
        "deny contains 1 if { some x; not input.list[x] == 7 }",
        "deny contains 1 if { some x; y := [z | z := input.list[x]]; count(y) == 0 }",
        "y := {k | some k, v; input[k]; v > 1}",
        "deny contains 1 if { some x; walk(); x == 1 }",
    ],
)
def test_neither_negation_nor_what_is_nested_gives_a_variable_a_value(text: str) -> None:
    refused(text, match="nothing gives the variable")


@pytest.mark.parametrize(
    "text",
    [
        "deny contains x if { some x; input.list[x] }",
        "deny contains x if { some x; x = input.list[_] }",
        'deny contains x if { some x; {"a": [x, 1]} = input.list[_] }',
        "deny contains x if { some x in input.list; x == 7 }",
        "deny contains x if { some x, y in input.list; x == 7; y == 8 }",
        "deny contains x if { some x; walk(input.list, [_, x]); x == 7 }",
    ],
)
def test_a_variable_that_is_given_a_value_is_let_through(text: str) -> None:
    assert engine(text).evaluate({"list": []}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "package aiverify.licence_allowlist\nallowed contains lower(input.any)",
        "package aiverify.licence_allowlist\ndefault allowlist := []",
        "package aiverify.lib\nis_pinned(_) := true",
        "package aiverify\nlicence_allowlist.allowed contains 1",
        "package aiverify\nx := 1",
    ],
)
def test_nobody_adds_to_the_shipped_rules(text: str) -> None:
    refused(module(text, "mine.rego"), match=r"^mine\.rego:1:9: .* belongs to the shipped rules")


def test_a_package_whose_name_only_starts_alike_is_somebodys_own() -> None:
    assert engine(module("package aiverify_mine\ndeny contains 1 if input.x")).evaluate({}) == ()


def test_data_cannot_take_the_place_of_a_rule() -> None:
    with pytest.raises(MalformedError, match=r"^p\.rego:1:9: p is both a package and data"):
        engine("deny contains 1", data={"p": {"deny": []}})


def test_a_package_with_a_name_that_cannot_be_asked_for_is_refused() -> None:
    refused(module('package a["b.c"]\ndeny contains 1'), match=r"^p\.rego:1:9: a package is named")
