"""Questions: what is asked, in whose name, and how somebody else tells that it is one."""

from __future__ import annotations

import pytest

from aiverify.policy.opa.question import ask_for, ask_for_one, is_question
from tests.support.rego import engine, module

DIGEST = "ab" * 32


def test_a_question_belongs_to_a_digest() -> None:
    asked = ask_for(["data.p.deny"], DIGEST, "results")
    assert asked.identifier == f"aiverify/{DIGEST}/results.rego"
    assert asked.package == f"aiverify_{DIGEST}.results"
    assert asked.text.startswith(f"package {asked.package}\n")


def test_a_question_is_rego_and_asks_what_it_should() -> None:
    asked = ask_for(["data.p.deny", "data.p.none"], DIGEST, "results")
    loaded = engine(
        module("package p\ndeny contains input.x\nnone if input.y"),
        module(asked.text, "question.rego"),
    )
    answer = loaded.query(f"data.{asked.package}.answer", {"document": {"x": 1}})
    assert answer == {"asked": {"data.p.deny": [1]}, "unclear": []}


@pytest.mark.parametrize("name", ["data.p.default", "data.not.with", "data.p"])
def test_words_of_regos_own_are_names_like_others(name: str) -> None:
    loaded = engine(module("package x"), module(ask_for_one(name, DIGEST).text, "q.rego"))
    answer = loaded.query(f"data.{ask_for_one(name, DIGEST).package}.answer", {"document": 1})
    assert answer == {"asked": {}, "unclear": []}


@pytest.mark.parametrize("object_", ['{1: "a", "1": "b"}', '[{{"x": {null: 1, "null": 2}}}]'])
def test_keys_that_would_become_one_are_told(object_: str) -> None:
    asked = ask_for_one("data.p.x", DIGEST)
    loaded = engine(module(f"package p\nx := {object_}"), module(asked.text, "q.rego"))
    assert loaded.query(f"data.{asked.package}.unclear", {}) == ["data.p.x"]


def test_a_question_is_known_by_its_identifier_and_text() -> None:
    asked, other = ask_for_one("data.p.x", DIGEST), ask_for_one("data.p.y", DIGEST)
    assert is_question(asked.identifier, asked.text, DIGEST)
    for identifier, text, digest in (
        (asked.identifier, other.text, DIGEST),
        (asked.identifier, f"{asked.text}\n", DIGEST),
        (asked.identifier, asked.text, "cd" * 32),
        (asked.identifier.removesuffix(".rego"), asked.text, DIGEST),
        (f"aiverify/{DIGEST}/q_zz.rego", asked.text, DIGEST),
        (f"aiverify/{DIGEST}/q_ff.rego", asked.text, DIGEST),
        ("", "", DIGEST),
    ):
        assert not is_question(identifier, text, digest)


def test_a_question_for_what_is_no_name_is_none() -> None:
    asked = ask_for_one("data.p.x\nallow", DIGEST)
    assert not is_question(asked.identifier, asked.text, DIGEST)
