"""One rule set, two engines, one answer: compared to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import regorus
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.jsonvalue import Json, canonical
from aiverify.errors import MalformedError
from aiverify.policy import library
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.opa.engine import OpaEngine
from aiverify.policy.opa.place import from_environment
from aiverify.policy.sources import Module, PolicySet, load
from aiverify.policy.syntax import read_module
from tests.support.commands import PROJECT
from tests.support.opa import judged, needs_opa, opa, outcome, rule_set
from tests.support.policy_documents import ANYTHING, DOCUMENTS, TEXTS

pytestmark = needs_opa

CORPUS = PROJECT / "tests/assets/policies"
CASES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*.json"))
CONFIG: Json = {
    "licences": {"allow": ["apache-2.0", "mit"]},
    "cves": {"deny": ["CVE-2024-1", "GHSA-*"]},
    "signers": {"required": ["release"], "threshold": 1},
}


class Pair:
    """Both engines with one rule set."""

    def __init__(self, policies: PolicySet, data: Json) -> None:
        self.embedded = EmbeddedEngine(policies, data)
        self.opa = OpaEngine(policies, data, from_environment())

    def evaluate(self, document: Json) -> bytes | str:
        """The one answer of both."""
        one, other = judged(self.embedded, document), judged(self.opa, document)
        assert one == other, document
        return one

    def query(self, query: str, document: Json) -> bytes | str:
        """The one value that both give."""
        one = outcome(lambda: self.embedded.query(query, document))
        other = outcome(lambda: self.opa.query(query, document))
        assert one == other, (query, document)
        return one


def shipped_tests() -> tuple[Module, ...]:
    """The whole library with all tests."""
    root = library.root()
    return tuple(
        Module(path.relative_to(root).as_posix(), path.read_text("utf-8"), str(path), shipped=True)
        for path in sorted(root.rglob("*.rego"))
    )


@cache
def named_tests() -> tuple[str, ...]:
    parser = regorus.Engine()
    for module in shipped_tests():
        parser.add_policy(module.name, module.text)
    return tuple(
        sorted(
            {
                f"data.{module.package.text}.{rule.name.text}"
                for module in map(read_module, json.loads(parser.get_ast_as_json()))
                for rule in module.rules
                if rule.name.text.startswith("test_")
            }
        )
    )


@pytest.fixture(scope="module")
def shipped() -> Iterator[Pair]:
    pair = Pair(load([f"aiverify:{name}" for name in library.names()]), {"config": CONFIG})
    with pair.opa:
        yield pair


def test_every_test_of_a_shipped_rule_is_true_on_both() -> None:
    """All are asked for at once: a question of its own takes OPA a third of a second."""
    names = named_tests()
    assert names
    asking = "".join(f'passed["{name}"] := {name}\n' for name in names)
    module = Module("asking.rego", f"package asking\n\n{asking}", "asking.rego")
    pair = Pair(PolicySet(tuple(sorted((*shipped_tests(), module)))), {})
    with pair.opa:
        assert pair.query("data.asking.passed", {}) == canonical(dict.fromkeys(names, True))


@given(DOCUMENTS)
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_library_says_the_same_of_any_document(shipped: Pair, document: Any) -> None:
    shipped.evaluate(document)


@given(st.data())
@settings(max_examples=5, deadline=None)
def test_the_library_says_the_same_under_any_configuration(data: st.DataObject) -> None:
    config = data.draw(st.dictionaries(TEXTS, ANYTHING, max_size=3))
    pair = Pair(load([f"aiverify:{name}" for name in library.names()]), {"config": config})
    with pair.opa:
        for _ in range(10):
            pair.evaluate(data.draw(DOCUMENTS))


@pytest.mark.parametrize("case", CASES)
def test_policies_in_other_tools_style_run_unchanged(case: str) -> None:
    stated = json.loads((CORPUS / case).read_bytes())
    path = CORPUS / case
    files: list[Path | str] = [path.with_suffix(".rego")]
    files += [path.with_name(f"{name}.rego") for name in stated.get("with", ())]
    pair = Pair(load(files), stated["data"])
    with pair.opa:
        for item in stated["cases"]:
            pair.evaluate(item["input"])
            found = [[result.rule, result.message] for result in pair.opa.evaluate(item["input"])]
            assert found == sorted(item["results"])


VALUES = """
sets := {1, "a", null, true, [2], {3}}
nested := {"b": {"x", "y"}, "a": [{2, 1}]}
numbers := [1.0, 1e2, 100.0, 0.1, 1e300, 12345678901234567890, 7 / 2, 10 / 5, round(2.5), -0]
texts := ["\\u00e9\\u0000\\u2028", `raw`, sprintf("%v|%d|%s|%q", [{"a": {1}}, 3, "x", "y"])]
echo := input
undefined if input.never
failing := 1 / (input.zero - 0)
conflict := 1 if input
conflict := 2 if input
f(x) := x
"from" := 1 if false
late := input.a[_].b
keys := {1: "a", [2]: "b"}
collide := {1: "a", "1": "b"}
contained contains x if some x in input.list
default fallback := {"set": {"b", "a"}}
"""


@pytest.mark.parametrize(
    "name",
    [
        *("sets", "nested", "numbers", "texts", "echo", "undefined", "failing", "conflict", "f"),
        *("late", "keys", "collide", "contained", "fallback", "nothing", "default", "not"),
    ],
)
def test_a_query_has_one_value(values: Pair, name: str) -> None:
    for document in VALUE_DOCUMENTS:
        values.query(f"data.v.{name}", document)


VALUE_DOCUMENTS: tuple[Json, ...] = (
    {},
    None,
    False,
    0,
    "",
    [],
    {"zero": 0, "list": [3, "x", [1], {"a": 1}, 2.0, 2], "a": [{"b": 1.0}]},
    {"list": [2**53, 2**63, 2**64 - 1, 1e-7, 1.5e300, -(2**63), 123456.789, -0.0, 1e22]},
    {"": "\u2028\U0001f600\x7f", "a\x00b": "\t"},
)


@pytest.fixture(scope="module")
def values() -> Iterator[Pair]:
    text = "\n".join(line for line in VALUES.splitlines() if not line.startswith('"from"'))
    pair = Pair(PolicySet((Module("v.rego", f"package v\n{text}", "v.rego"),)), {"d": {"x": [1.0]}})
    with pair.opa:
        yield pair


@pytest.mark.parametrize(
    ("expression", "embedded", "by_opa"),
    [
        ("0.1 + 0.2", b"0.30000000000000004", b"0.3"),
        ('{{"a": 1}, {1}}', b'[[1],{"a":1}]', b'[{"a":1},[1]]'),
        ("18446744073709551617", b"1.8446744073709552e+19", b"18446744073709551617"),
    ],
)
def test_where_the_engines_are_known_to_differ(
    expression: str, embedded: bytes, by_opa: bytes
) -> None:
    policies = rule_set(f"value := {expression}")
    with opa(f"value := {expression}") as engine:
        assert outcome(lambda: engine.query("data.p.value", {})) == by_opa
    assert outcome(lambda: EmbeddedEngine(policies, {}).query("data.p.value", {})) == embedded


@given(st.one_of(ANYTHING, st.floats(allow_nan=False, allow_infinity=False), st.text()))
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_document_reaches_the_rules_as_it_is(values: Pair, document: Any) -> None:
    values.query("data.v.echo", document)


@pytest.mark.parametrize("depth", [90, 100, 126, 127, 128, 129, 200])
def test_the_engines_take_documents_of_one_depth(values: Pair, depth: int) -> None:
    document: Json = None
    for _ in range(depth):
        document = [document]
    values.query("data.v.fallback", document)


@pytest.mark.parametrize(
    "text",
    [
        "deny contains x if {",
        "deny contains 1 { true }",
        "allow { true }",
        "deny contains 1 if nothing.x",
        'deny contains 1 if http.send({"url": "http://127.0.0.1:1", "method": "get"})',
        "deny contains opa.runtime().env",
        'deny contains x if x := net.lookup_ip_addr("localhost")',
        'deny contains 1 if rego.parse_module("a", "package a")',
        "deny contains 1 if count([]) == 0 with http.send as f\nf(x) := 1",
        "deny contains 1 if nosuch(1)",
        "deny contains 1 if io.jwt.decode(input.x)",
        "deny := {1}",
        "f(x) := f(x)",
        "deny contains 1 if { some x; not x }",
        "import data.config as input\ndeny contains 1",
    ],
)
def test_both_refuse_the_same_policy_with_one_sentence(text: str) -> None:
    said = []
    for load_by in (EmbeddedEngine, partial(OpaEngine, place=from_environment())):
        with pytest.raises(MalformedError, match=r"^p\.rego:\d+:\d+: ") as caught:
            load_by(rule_set(text), {})
        said.append(caught.value.message)
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("deny contains x if input.a", "p.rego:2: "),
        ('deny contains 1 if "a" + 1 == 2', "p.rego:2: "),
        ("f(x, y) := 1\ndeny contains 1 if f(1)", "p.rego:3: "),
        ("a if b\nb if a\ndeny contains 1 if a", "p.rego:2: "),
    ],
)
def test_what_opa_alone_refuses_when_it_loads_the_other_does_not_allow(
    text: str, place: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        opa(text)
    assert caught.value.message.startswith(place)
    assert "\n" not in caught.value.message
    assert judged(EmbeddedEngine(rule_set(text), {}), {"a": 1}) == "UndecidedError"
