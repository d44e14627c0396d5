"""Shipped modules that are not looked into again, and others beside them that are."""

from __future__ import annotations

import json

import pytest
import regorus

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.policy import library, nesting, safety
from aiverify.policy.bounded import BoundedEngine
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.functions import BUILTINS
from aiverify.policy.library import NAMESPACE
from aiverify.policy.sources import Module, PolicySet, load
from aiverify.policy.syntax import Form, ModuleSyntax, read_module
from tests.support.rego import complaint, module

SHIPPED = {
    str(path.relative_to(library.root())): Module(
        path.name, path.read_text("utf-8"), path.name, shipped=True
    )
    for path in sorted(library.root().rglob("*.rego"))
}
EVERY = load(["aiverify:*"])


def of_tree(item: Module) -> ModuleSyntax:
    parser = regorus.Engine()
    parser.add_policy(item.origin, item.text)
    (node,) = json.loads(parser.get_ast_as_json())
    return read_module(node)


def depended_on(syntax: ModuleSyntax) -> list[tuple[tuple[str | None, ...], Form, str]]:
    """The functions, and the sets of plain names."""
    return sorted(
        (rule.name.parts, rule.form, rule.name.place)
        for rule in syntax.rules
        if rule.form is Form.FUNCTION or (rule.form is Form.SET and len(rule.name.parts) == 1)
    )


def beside(text: str, data: Json = None) -> EmbeddedEngine:
    policies = PolicySet((*EVERY.modules, module(text, "mine.rego")))
    return EmbeddedEngine(policies, {} if data is None else data, trusts_shipped=True)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_text_of_a_shipped_module_says_what_its_tree_says(name: str) -> None:
    item = SHIPPED[name]
    by_text, by_tree = safety.heads(item), of_tree(item)
    assert (by_text.origin, by_text.package) == (by_tree.origin, by_tree.package)
    assert depended_on(by_text) == sorted(
        (rule.name.parts, rule.form, rule.name.place) for rule in by_text.rules
    )
    assert depended_on(by_text) == depended_on(by_tree)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_module_calls_no_function_of_others(name: str) -> None:
    syntax = of_tree(SHIPPED[name])
    assert syntax.package.parts[0] == NAMESPACE
    assert all(parts[:2] == ("data", NAMESPACE) for parts in syntax.imports.values())
    own = {rule.name.parts[0] for rule in syntax.rules} | {NAMESPACE, "data"}
    for call in (call for rule in syntax.rules for call in rule.calls):
        assert call.text in BUILTINS or call.parts[0] in own | syntax.imports.keys()
        assert call.parts[0] != "data" or call.parts[1] == NAMESPACE


def test_shipped_modules_pass_every_check_that_they_are_spared() -> None:
    for item in SHIPPED.values():
        nesting.check(item)
    trusting = EmbeddedEngine(EVERY, {}, trusts_shipped=True)
    full = EmbeddedEngine(EVERY, {})
    assert trusting._rules == full._rules
    assert len(trusting._rules) == len(library.names())
    origins = {item.origin for item in SHIPPED.values()}
    safety.check([*map(of_tree, SHIPPED.values())], origins, set())


@pytest.mark.parametrize(
    ("text", "complains"),
    [
        ("package aiverify.lib\nis_text(x) if true\n", "mine.rego:1:9: .* belongs to the shipped"),
        ("package aiverify\nx := 1\n", "mine.rego:1:9: .* belongs to the shipped"),
        ("package p\nx := http.send({})\n", "mine.rego:2:6: http.send is not allowed"),
        ("package p\nx := data.aiverify.lib.none(1)\n", "there is no function"),
        ("package p\nf(x) := f(x)\n", "mine.rego:2:1: the function p.f calls itself"),
        ("package p\ndeny contains 1 if { some y; y == 2 }\n", "nothing gives the variable y"),
        ("package p\ndeny := 1\n", "is not a set of results"),
        (f"package p\nx := {'[' * 13}{']' * 13}\n", "nested deeper"),
        ("package p\nx := \n", "mine.rego:"),
        (
            "package p\nf(x) if data.aiverify.lib.is_text(x) with data.aiverify.lib.is_text as f\n",
            "calls itself",
        ),
    ],
)
def test_a_module_beside_shipped_ones_is_checked(text: str, complains: str) -> None:
    with pytest.raises(MalformedError, match=complains):
        beside(text)


def test_data_does_not_take_the_place_of_shipped_rules() -> None:
    line = "is both a package and data"
    with pytest.raises(MalformedError, match=rf"^aiverify:.*\.rego:\d+:9: aiverify {line}"):
        EmbeddedEngine(EVERY, {"aiverify": {}}, trusts_shipped=True)


def test_a_module_may_call_shipped_functions_and_is_asked_with_shipped_rules() -> None:
    found = beside(
        'package p\nimport data.aiverify.lib\ndeny contains "one" if lib.is_text(input.text)\n'
        'deny contains "two" if data.aiverify.licences.is_allowed("MIT", ["MIT"], [])\n'
    ).evaluate({"text": "x"})
    assert {item.message for item in found if item.package == "p"} == {"one", "two"}
    assert {item.package for item in found} > {"p", "aiverify.signer_count"}


def test_the_process_that_judges_trusts_only_what_is_shipped() -> None:
    text = "package p\nx := http.send({})\n"
    policies = PolicySet((*EVERY.modules, module(text, "mine.rego")))
    message = complaint(MalformedError, lambda: BoundedEngine(policies, {}))
    assert message.startswith("mine.rego:2:6: http.send is not allowed")
    trusted = PolicySet((module(text, "mine.rego", shipped=True),))
    with BoundedEngine(trusted, {}) as engine:
        assert engine.query("data.p", {}) is not None


def test_a_document_may_be_text_already() -> None:
    engine = EmbeddedEngine(EVERY, {}, trusts_shipped=True)
    assert engine.evaluate_text('{"signatures":[]}') == engine.evaluate({"signatures": []})
