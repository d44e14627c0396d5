"""The same command with either engine: one verdict, and none where nobody answers."""

from __future__ import annotations

import json

import pytest

from tests.support.commands import assert_refused
from tests.support.desk import Desk
from tests.support.opa import needs_opa, serving_opa

RULE = """package house

deny contains {"code": "HOUSE-BIG", "msg": "too many files"} if {
	count(input.artifact.files) > data.config.most
}
"""
NOBODY = "--opa-url http://127.0.0.1:9"


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model that was signed, a document, and a rule with its setting."""
    desk.model()
    desk.key("alice")
    desk.do("sign model --key alice.key")
    (desk / "house.rego").write_text(RULE)
    (desk / "c.json").write_text('{"most": 1}')
    signers = [{"name": "alice", "keys": ["alice.pub"]}]
    desk.profile({"signers": signers}, policies=["house.rego"], config={"most": 1})
    return desk


@needs_opa
@pytest.mark.parametrize("command", ["policy eval model --policy house.rego --config c.json", ""])
def test_both_engines_print_the_same(at_hand: Desk, command: str):
    words = f"{command or 'verify model --profile aiverify.yaml'} --format json"
    embedded = at_hand.call(words)
    with serving_opa(at_hand.place) as server:
        others = [
            at_hand.call(f"{words} --engine opa"),
            at_hand.call(f"{words} --opa-url {server.url}"),
        ]
    assert embedded.exit_code == 10
    assert "HOUSE-BIG" in embedded.out
    assert [(done.exit_code, done.out) for done in others] == [(10, embedded.out)] * 2


def test_an_engine_that_does_not_answer_never_allows(at_hand: Desk):
    (at_hand / "c.json").write_text('{"most": 1000}')
    words = "policy eval model --policy house.rego --config c.json"
    assert json.loads(at_hand.do(f"{words} --format json"))["verdict"] == "allow"
    assert_refused(at_hand.call(f"{words} {NOBODY}"), 11, "is out of reach")
    done = at_hand.call(f"verify model --profile aiverify.yaml {NOBODY}")
    assert_refused(done, 11, "is out of reach")


def test_a_rule_that_does_not_end_is_given_up(at_hand: Desk, monkeypatch: pytest.MonkeyPatch):
    from aiverify.policy import bounded

    monkeypatch.setattr(
        bounded.BoundedEngine.__init__,
        "__kwdefaults__",
        {
            "timeout": 1.0,
            "max_memory": bounded.MAX_MEMORY,
        },
    )
    (at_hand / "slow.rego").write_text(
        'package slow\n\ndeny contains "no" if {\n\tnumbers.range(0, 100000)[a] > 1\n'
        "\tnumbers.range(0, 100000)[b] > a\n\ta == b + 1\n\ta < 0\n}\n"
    )
    assert_refused(at_hand.call("policy eval model --policy slow.rego"), 11, "within 1 s")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--engine embedded --opa-url http://127.0.0.1:9", "asks no server"),
        ("--opa-ca ca.pem", "for the server at --opa-url"),
        ("--opa-url http://opa.example.com", "in the clear"),
        ("--opa-url ftp://127.0.0.1", "in the clear"),
    ],
)
def test_words_that_mean_nothing_are_refused(at_hand: Desk, words: str, why: str):
    done = at_hand.call(f"policy eval model --policy house.rego {words}")
    assert_refused(done, 2, why)
