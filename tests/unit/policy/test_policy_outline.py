"""A module's rules, and the results that they say they give."""

from __future__ import annotations

import pytest

from aiverify.errors import MalformedError
from aiverify.policy.outline import Outline, outline
from tests.support.rego import complaint, module


def of(text: str) -> Outline:
    return outline(module(f"package p.q\n{text}"))


def test_a_rule_has_its_lines_and_its_text() -> None:
    found = of(
        "\nimport data.lib as l\nimport input.x\n\nx if {\n\ttrue # é\n}\n\ndefault y := 1\n"
    )
    assert found.package == "p.q"
    assert found.imports == {"lib"}
    assert [(item.name, item.first, item.last) for item in found.definitions] == [
        ("x", 6, 8),
        ("y", 10, 10),
    ]
    assert found.definitions[0].text == "x if {\n\ttrue # é\n}"
    assert found.definitions[1].text == "default y := 1"


def test_names_with_parts_and_arguments_are_told_apart() -> None:
    found = of('a.b := 1\nc[x] if some x in ["y"]\nd(x) := x\n')
    assert [(item.name, item.is_function) for item in found.definitions] == [
        ("a.b", False),
        ("c.[...]", False),
        ("d", True),
    ]


def test_a_result_is_read_as_the_rule_writes_it() -> None:
    (stated,) = of(
        'deny contains {\n"code": "a",\n"msg": sprintf("%s is %5.2f%% of %v", [1, 2, 3]),\n'
        '"fix": `do "it"`,\n"path": input.x,\n} if input.y\n'
    ).results
    assert (stated.rule, stated.line, stated.code) == ("deny", 2, "a")
    assert (stated.message, stated.fix) == ("... is ...% of ...", 'do "it"')
    assert stated.keys == {"code", "msg", "fix", "path"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('deny contains "x"', [("deny", "x", None)]),
        ('warn_a contains sprintf("x %d", [1])', [("warn_a", "x ...", None)]),
        ('violation contains msg if { msg := "x" }', [("violation", "x", None)]),
        ('deny contains r if { r := {"msg": "x"} }', [("deny", "x", frozenset({"msg"}))]),
        ('deny contains r if { r = {"msg": "x"} }', [("deny", "x", frozenset({"msg"}))]),
        ("deny contains r if { r := data.lib.r }", []),
        ("deny contains data.lib.r(1)", []),
        ("deny contains input.x", []),
        ('deny contains {"msg": input.x}', [("deny", "", frozenset({"msg"}))]),
        ('deny contains {input.k: "x"}', [("deny", "", frozenset())]),
        ("deny contains sprintf(input.frame, [])", []),
        ('other contains "x"', []),
        ('deny := "x"', []),
        ('deny(x) := "x"', []),
    ],
)
def test_results_are_found_where_they_stand_in_the_text(text: str, found: list[object]) -> None:
    assert [(item.rule, item.message, item.keys) for item in of(text).results] == found


def test_a_module_gives_results_if_it_has_such_a_rule() -> None:
    assert of("deny contains input.x").gives_results
    assert not of("allow := true").gives_results


@pytest.mark.parametrize("text", ["deny contains", "x := [" * 13 + "]" * 13, "x := 1" + "+1" * 600])
def test_what_does_not_parse_is_refused_with_its_place(text: str) -> None:
    assert complaint(MalformedError, lambda: of(text)).startswith("p.rego:2:")
