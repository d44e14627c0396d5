"""A result whose value is undefined is none, and costs no other, whatever the order."""

from __future__ import annotations

from itertools import permutations

import pytest

from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.sources import Module, PolicySet

ITEMS = ({"msg": "one", "path": "/1"}, {"m": "nothing"}, {"msg": "two", "path": "/2"})

RULES = {
    "a name": "deny contains t.msg if some t in input",
    "an object": 'deny contains {"msg": t.msg, "path": t.path} if some t in input',
    "a call": 'deny contains sprintf("%s", [t.msg]) if some t in input',
    "a body in braces": "deny contains t.msg if { some t in input; t.msg != 1 }",
    "lines and comments": """deny contains {
	"msg": t.msg, # what
	"path": t.path,
} if {
	some t in input # each
	t.msg != 1 # not
}""",
    "no body": "deny contains input[_].msg",
    "a helper": "names contains t.msg if some t in input\n\ndeny contains x if some x in names",
    "an object of them": "by[i] := t.msg if some i, t in input\n\ndeny contains by[_]",
    "a bracket in a text": 'deny contains trim_prefix(t.msg, "} if {") if some t in input',
}


def messages(rule: str, document: list[dict[str, str]]) -> list[str]:
    module = Module("rule.rego", f"package a\n\n{rule}\n", "rule.rego")
    engine = EmbeddedEngine(PolicySet((module,)), {})
    return [result.message for result in engine.evaluate(document)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_undefined_value_costs_no_other(rule: str, order: tuple[int, ...]):
    assert messages(RULES[rule], [ITEMS[index] for index in order]) == ["one", "two"]


@pytest.mark.parametrize("rule", RULES)
def test_where_all_are_undefined_there_is_none(rule: str):
    assert messages(RULES[rule], [{"m": "x"}, {"m": "y"}]) == []
