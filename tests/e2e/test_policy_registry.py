"""Policies in a registry, between aiverify and conftest, in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desk import Desk
from tests.support.oci_clients import program, why_no
from tests.support.processes import start
from tests.support.registries.running import docker_registry

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(program("conftest") is None, reason=str(why_no("conftest"))),
]

RULE = """package main

deny contains "no name" if not input.name
"""


@pytest.fixture
def shelf(tmp_path: Path):
    with docker_registry(tmp_path / "registry") as running:
        yield f"{running.host}/acme/rules:1"


def conftest(desk: Desk, *words: str) -> str:
    done = start(str(program("conftest")), *words, cwd=desk.place)
    assert done.exit_code == 0, done.err
    return done.out


def test_conftest_pulls_and_asks_what_aiverify_pushed(desk: Desk, shelf: str):
    (desk / "rules").mkdir()
    (desk / "rules" / "names.rego").write_text(RULE)
    (desk / "named.json").write_text('{"name": "llama"}')
    desk.do(f"policy push rules {shelf} --plain-http")

    conftest(desk, "pull", shelf)

    assert (desk / "policy" / "names.rego").read_text() == RULE
    assert "1 passed" in conftest(desk, "test", "named.json")


def test_aiverify_signs_and_judges_by_what_conftest_pushed(desk: Desk, shelf: str):
    desk.model()
    desk.key("alice")
    desk.do("sign model --key alice.key")
    (desk / "policy").mkdir()
    (desk / "policy" / "names.rego").write_text(RULE)
    conftest(desk, "push", shelf)
    desk.do(f"sign {shelf} --key alice.key --plain-http")
    desk.profile(
        {"signers": [{"name": "alice", "keys": ["alice.pub"]}]},
        policies={"from": [f"oci://{shelf}"], "signed": True},
    )

    judged = desk.denies("model --profile aiverify.yaml --plain-http")

    assert "main.deny" in judged.rules
    assert "no name" in judged.told
