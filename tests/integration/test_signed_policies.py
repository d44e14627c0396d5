"""Policies that somebody must have signed, here and in a registry."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import assert_refused
from tests.support.desk import Desk
from tests.support.registries.registry import Registry
from tests.support.registries.running import docker_registry

RULE = """package house.rules

warn contains {"code": "seen", "msg": "the rule was asked", "fix": "None."} if input.artifact
"""
NARROWER = RULE.replace("seen", "narrower")
SEEN = "house.rules.seen"


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model, a rule, and two people who sign things."""
    desk.model()
    for name in ("alice", "bob", "stranger"):
        desk.key(name)
    desk.do("sign model --key alice.key")
    (desk / "rules").mkdir()
    (desk / "rules" / "house.rego").write_text(RULE)
    return desk


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory):
    with docker_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def shelf(registry: Registry, tmp_path: Path) -> str:
    """A reference of this test's own."""
    return f"{registry.host}/{tmp_path.name.replace('_', '-').lower()}/rules:1"


def profile(desk: Desk, *, signed: Any, at: str = "rules") -> None:
    signers = [{"name": name, "keys": [f"{name}.pub"]} for name in ("alice", "bob")]
    desk.profile({"signers": signers}, policies={"from": [at], "signed": signed})


VERIFY = "model --profile aiverify.yaml --plain-http"


def assert_unsigned(desk: Desk, *words: str) -> None:
    assert_refused(desk.call(f"verify {VERIFY}"), 10, "not signed as the profile demands", *words)


@pytest.mark.parametrize("signed", [True, ["alice"], ["alice", "bob"]])
def test_a_directory_of_policies_that_is_signed_judges(at_hand: Desk, signed: Any):
    at_hand.do("sign rules --key alice.key")
    profile(at_hand, signed=signed)

    assert SEEN in at_hand.allows(VERIFY).rules


def test_one_file_is_signed_beside_it(at_hand: Desk):
    at_hand.do("sign rules/house.rego --key alice.key -o rules/house.rego.sigstore.json")
    profile(at_hand, signed=True, at="rules/house.rego")

    assert SEEN in at_hand.allows(VERIFY).rules


def test_policies_that_nobody_signed_do_not_judge(at_hand: Desk):
    profile(at_hand, signed=True)

    assert_unsigned(at_hand, "has no signature")


def test_neither_do_those_of_a_stranger_nor_of_a_signer_who_is_not_named(at_hand: Desk):
    at_hand.do("sign rules --key stranger.key")
    profile(at_hand, signed=True)
    assert_unsigned(at_hand, "no trusted key made it")

    (at_hand / "rules" / "model.sig").unlink()
    at_hand.do("sign rules --key bob.key")
    profile(at_hand, signed=["alice"])
    assert_unsigned(at_hand)


@pytest.mark.parametrize("name", ["house.rego", "more.rego"])
def test_a_rule_that_was_changed_or_added_after_it_was_signed_is_refused(at_hand: Desk, name: str):
    at_hand.do("sign rules --key alice.key")
    (at_hand / "rules" / name).write_text(NARROWER)
    profile(at_hand, signed=True)

    assert_unsigned(at_hand, name)


def test_what_comes_with_aiverify_needs_no_signature(at_hand: Desk):
    profile(at_hand, signed=True, at="aiverify:no_pickled_weights")

    at_hand.allows(VERIFY)


@pytest.mark.parametrize(
    ("signed", "words"),
    [(["carol"], "carol"), ([], "nobody"), ("yes", "policies.signed"), (3, "policies.signed")],
)
def test_who_is_no_signer_cannot_be_demanded(at_hand: Desk, signed: Any, words: str):
    profile(at_hand, signed=signed)

    assert_refused(at_hand.call(f"verify {VERIFY}"), 3, words)


def test_policies_in_a_registry_are_signed_there_and_judge(at_hand: Desk, shelf: str):
    at_hand.do(f"policy push rules {shelf} --plain-http")
    profile(at_hand, signed=True, at=f"oci://{shelf}")
    assert_unsigned(at_hand)

    at_hand.do(f"sign {shelf} --key alice.key --plain-http")

    report = at_hand.allows(VERIFY)
    assert SEEN in report.rules
    [origin] = report.report["policies"]
    assert origin.startswith(f"{shelf.rpartition(':')[0]}@sha256:")
    assert origin.endswith("/house.rego")


def test_a_tag_that_was_moved_to_other_policies_judges_nothing(at_hand: Desk, shelf: str):
    at_hand.do(f"policy push rules {shelf} --plain-http")
    at_hand.do(f"sign {shelf} --key alice.key --plain-http")
    profile(at_hand, signed=True, at=f"oci://{shelf}")
    at_hand.allows(VERIFY)

    (at_hand / "rules" / "house.rego").write_text(NARROWER)
    at_hand.do(f"policy push rules {shelf} --plain-http")

    assert_unsigned(at_hand)


def test_without_a_signature_they_are_named_by_digest(at_hand: Desk, shelf: str):
    shown = at_hand.do(f"policy push rules {shelf} --plain-http")
    digest = next(line.split()[-1] for line in shown.splitlines() if line.startswith("by digest"))

    refused = at_hand.call(f"verify model --key alice.pub --policy oci://{shelf} --plain-http")
    assert_refused(refused, 2, "can be moved")
    judged = at_hand.allows(f"model --key alice.pub --policy oci://{digest} --plain-http")
    assert SEEN in judged.rules
    done = at_hand.call(f"policy eval model --policy oci://{digest} --plain-http")
    assert (done.exit_code, "the rule was asked" in done.out) == (0, True)


def test_a_registry_that_is_gone_is_no_allow(at_hand: Desk):
    profile(at_hand, signed=True, at="oci://127.0.0.1:1/acme/rules:1")

    assert at_hand.call(f"verify {VERIFY}").exit_code == 11


def test_what_does_not_compile_is_not_pushed(at_hand: Desk, shelf: str):
    (at_hand / "rules" / "broken.rego").write_text("package broken\n\ndeny contains x if")

    assert_refused(at_hand.call(f"policy push rules {shelf} --plain-http"), 3, "broken.rego")
    assert at_hand.call(f"inspect {shelf} --plain-http").exit_code == 3


def test_pulled_policies_are_the_files_that_were_pushed(at_hand: Desk, shelf: str):
    (at_hand / "rules" / "house_test.rego").write_text("package house.rules_test\n")
    at_hand.do(f"policy push rules {shelf} --plain-http")
    at_hand.do(f"sign {shelf} --key alice.key --plain-http")

    at_hand.do(f"policy pull {shelf} -o back --key alice.pub --plain-http")

    for name in ("house.rego", "house_test.rego"):
        assert (at_hand / "back" / name).read_bytes() == (at_hand / "rules" / name).read_bytes()
    shutil.rmtree(at_hand / "rules")
    (at_hand / "back").rename(at_hand / "rules")
    profile(at_hand, signed=True)
    assert SEEN in at_hand.allows(VERIFY).rules
