"""The embedded engine: what it answers, and that no answer is never an allow."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
import regorus

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError, UndecidedError, UsageError
from aiverify.policy import embedded
from aiverify.policy.results import PolicyResult
from aiverify.policy.sources import PolicySet
from tests.support.rego import complaint, engine, module


def messages(results: tuple[PolicyResult, ...]) -> list[str]:
    return [result.message for result in results]


def in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize("package", ["a.b", 'a["in"]', 'a["default"].b', "input1"])
def test_all_rules_are_asked_at_once_and_answer_as_each_alone(package: str) -> None:
    loaded = engine(
        module(f'package {package}\ndeny contains "d" if input.x\nwarn contains "w"', "a.rego"),
        module('package q\ndeny contains {"msg": "m", "n": [1.5, null]} if input.x', "q.rego"),
    )
    for document in ({"x": 1}, {}):
        asked = loaded._with(document)
        together = embedded._together(asked, loaded._rules)
        assert together == [embedded._ask(asked, rule) for rule in loaded._rules]


def test_a_rule_that_fails_is_named_however_many_are_asked_at_once() -> None:
    loaded = engine(
        module('package p\ndeny contains "d" if input.x', "p.rego"),
        module('package q\ndeny contains {1: 1, "1": 2} if input.x', "q.rego"),
    )
    assert loaded.evaluate({}) == ()
    assert embedded._together(loaded._with({"x": 1}), loaded._rules) is None
    said = complaint(UndecidedError, lambda: loaded.evaluate({"x": 1}))
    assert "data.q.deny" in said
    assert loaded.evaluate({}) == ()


def test_every_set_of_every_package_is_asked_in_order() -> None:
    loaded = engine(
        module('package z\ndeny contains "z"', "z.rego"),
        module('package a.b\nwarn_b contains "w"\nviolation contains "v"\nother contains "o"'),
        module('package a.b\ndeny contains "d" if input.x\nc.deny contains "n"', "q.rego"),
    )
    found = [(result.package, result.rule, result.message) for result in loaded.evaluate({"x": 1})]
    assert found == [
        ("a.b", "deny", "d"),
        ("a.b", "violation", "v"),
        ("a.b", "warn_b", "w"),
        ("a.b.c", "deny", "n"),
        ("z", "deny", "z"),
    ]


def test_a_document_is_forgotten_before_the_next() -> None:
    loaded = engine("deny contains input.x")
    assert messages(loaded.evaluate({"x": "one"})) == ["one"]
    assert messages(loaded.evaluate({"x": "two"})) == ["two"]
    assert messages(loaded.evaluate({})) == []


def test_modules_of_one_name_do_not_hide_each_other() -> None:
    loaded = engine(
        module('package one\ndeny contains "one"'), module('package two\ndeny contains "two"')
    )
    assert messages(loaded.evaluate({})) == ["one", "two"]


def test_rules_see_data() -> None:
    loaded = engine("deny contains data.config.word", data={"config": {"word": "x"}})
    assert messages(loaded.evaluate(None)) == ["x"]


def test_data_that_is_no_object_is_refused() -> None:
    with pytest.raises(MalformedError, match="must be an object, not an array"):
        engine("deny contains 1", data=[])


def test_nanoseconds_are_kept_exactly() -> None:
    loaded = engine('deny contains sprintf("%d", [input.now_ns + 1])')
    assert messages(loaded.evaluate({"now_ns": 1790000000123456788})) == ["1790000000123456789"]


def test_a_message_with_escapes_stays_data() -> None:
    assert messages(engine("deny contains input.x").evaluate({"x": "\x1b[2J"})) == ["\x1b[2J"]


def test_what_a_policy_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    loaded = engine('deny contains "x" if print("look", input.x)')
    assert messages(loaded.evaluate({"x": 1})) == ["x"]
    assert capfd.readouterr() == ("", "")


def test_each_thread_has_its_own_engine() -> None:
    loaded = engine("deny contains input.x")
    seen: list[list[str]] = []
    in_thread(lambda: seen.append(messages(loaded.evaluate({"x": "there"}))))
    assert [*seen, messages(loaded.evaluate({"x": "here"}))] == [["there"], ["here"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("deny contains x if {", r"^p\.rego:2:\d+: expecting"),
        ("deny contains 1 { true }", r"^p\.rego:2:\d+: .*`if`"),
        ('x := $"a{input}"', r"^p\.rego:2:6: invalid character"),
        ("deny contains 1 if nothing.x", r"^p\.rego:2:20: .*`nothing` is unsafe"),
        ("\ndeny contains 1 if { x := y; y := 1 }", r"^p\.rego:3:\d+: .*`y`"),
        ("x := 1e999", r"^p\.rego:2:6: "),
        ("import data\nx := 1", r"^p\.rego:2:8: .*import"),
    ],
)
def test_a_policy_that_is_no_rego_is_refused_with_line_and_reason(text: str, message: str) -> None:
    said = complaint(MalformedError, lambda: engine(text))
    assert re.search(message, said)
    assert "\n" not in said
    assert "Stack" not in said


@pytest.mark.parametrize("text", ["", "\x00", "package", "# only this", "allow := true", "\ufeff"])
def test_what_is_no_module_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^p\.rego:"):
        engine(module(text))


def test_policies_that_can_refuse_nothing_are_refused() -> None:
    for loaded in (engine("allow := true"), embedded.EmbeddedEngine(PolicySet(()), {})):
        with pytest.raises(MalformedError, match="no deny, violation or warn"):
            loaded.evaluate({})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x := 1 if input.a\nx := 2 if input.a\ndeny contains 1 if x == 3", "p.rego:3:1"),
        ("deny contains 1 if 1 + input.s == 2", "p.rego:2:"),
        ("deny contains 1 if count(input.a) == 2", "p.rego:2:"),
        ("deny contains 1 if 1 / (input.a - 1) == 2", "p.rego:2:"),
        ("deny contains x if input.a", "p.rego:2:15"),
        ("f(x, y) := 1\ndeny contains 1 if f(1)", "p.rego:3:"),
        ("a if b\nb if a\ndeny contains 1 if a", "p.rego:"),
        ("f(_) := r\nr := f(1)\ndeny contains 1 if r == 1", "p.rego:"),
    ],
)
def test_a_rule_that_fails_while_it_runs_decides_nothing(text: str, place: str) -> None:
    said = complaint(UndecidedError, lambda: engine(text).evaluate({"a": 1, "s": "text"}))
    assert said.startswith(place)
    assert "\n" not in said


@pytest.mark.parametrize("item", ["1", "null", "true", '["x"]', "{1, 2}", "{}", '{"msg": 1}'])
def test_a_result_of_a_wrong_type_is_not_left_out(item: str) -> None:
    with pytest.raises(UndecidedError, match=r"^p\.deny gave "):
        engine(f'deny contains {item}\ndeny contains "fine"').evaluate({})


def test_a_deny_that_waits_for_what_the_document_lacks_does_not_fire() -> None:
    # Rego's own meaning, which is why shipped rules ask for what they need.
    assert engine("deny contains 1 if input.licence.id").evaluate({}) == ()


def test_a_document_that_the_engine_cannot_take_decides_nothing() -> None:
    deep: Json = None
    for _ in range(200):
        deep = [deep]
    with pytest.raises(UndecidedError, match=r"^the document: "):
        engine("deny contains 1").evaluate(deep)


def test_an_answer_that_is_not_strict_json_decides_nothing() -> None:
    # Rego's keys may be numbers, and two of them become the same string.
    with pytest.raises(UndecidedError, match="duplicate key"):
        engine('allow := {1: "a", "1": "b"}').query("data.p.allow", {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("verify := true", True),
        ("verify := input.x == 2", False),
        ("verify := null", None),
        ('verify := "yes"', "yes"),
        ("verify contains 1", [1]),
        ("verify if input.x == 1", True),
        ('verify := "<undefined>"', "<undefined>"),
    ],
)
def test_a_query_gives_the_value_of_one_rule(text: str, value: Json) -> None:
    assert engine(text).query("data.p.verify", {"x": 1}) == value


@pytest.mark.parametrize("query", ["data.p.verify", "data.p.nothing", "data.nothing", "data.p.f"])
def test_an_undefined_rule_decides_nothing(query: str) -> None:
    with pytest.raises(UndecidedError, match=f"^{query} is undefined"):
        engine("verify if input.x\nf(x) := 1").query(query, {})


@pytest.mark.parametrize(
    "query",
    [
        "",
        "data",
        "true",
        "p.verify",
        "data.p.verify; true",
        "not data.p.verify",
        "http.send({})",
        "data.p.verify with input as {}",
        "data.p[x]",
        "data.p.verify\n",
        "data.p.\x1b[2J",
    ],
)
def test_a_query_is_a_name_and_nothing_more(query: str) -> None:
    said = complaint(UsageError, lambda: engine("verify := true").query(query, {}))
    assert said.endswith("is not the name of a rule")
    assert "\x1b" not in said


def test_a_query_that_fails_while_it_runs_decides_nothing() -> None:
    with pytest.raises(UndecidedError, match=r"^p\.rego:3:1: rule conflicts"):
        engine("verify := true\nverify := false").query("data.p.verify", {})


def test_a_panic_of_the_engine_decides_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = engine("deny contains 1")
    foreign = regorus.Engine()
    monkeypatch.setattr(loaded, "_engine", lambda: foreign)
    said: list[str] = []
    in_thread(lambda: said.append(complaint(UndecidedError, lambda: loaded.evaluate({}))))
    assert said == ["the document: the policy engine broke down"]
    assert "panicked" in capfd.readouterr().err
