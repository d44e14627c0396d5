"""Identity tokens: where they come from, in which order."""

from __future__ import annotations

import pytest

from aiverify.errors import UndecidedError, UsageError
from aiverify.signing import tokens
from aiverify.signing.material import Material
from tests.support.desk import AMBIENT, Desk
from tests.support.sigstore.instance import LocalSigstore


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that offers no token."""
    for name in AMBIENT:
        monkeypatch.delenv(name, raising=False)


def test_nobody_offers_a_token_where_nobody_is():
    assert tokens.ambient() is None


@pytest.mark.parametrize("stated", ["a.b.c", " a.b.c\n", "a.b.c\r\n"])
def test_the_variable_is_taken_without_the_space_around_it(
    monkeypatch: pytest.MonkeyPatch, stated: str
):
    monkeypatch.setenv(tokens.VARIABLES[0], stated)
    assert tokens.ambient() == "a.b.c"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(tokens.VARIABLES[0], "")
    assert tokens.ambient() is None


def test_the_variable_goes_before_what_a_runner_offers(
    monkeypatch: pytest.MonkeyPatch, sigstore: LocalSigstore
):
    for name, value in sigstore.issuer.runner_environment().items():
        monkeypatch.setenv(name, value)
    asked = sigstore.asked
    monkeypatch.setenv(tokens.VARIABLES[0], "a.b.c")
    assert tokens.ambient() == "a.b.c"
    assert sigstore.asked == asked
    monkeypatch.delenv(tokens.VARIABLES[0])
    found = tokens.ambient()
    assert found is not None
    assert found.count(".") == 2


def test_a_runner_that_refuses_is_told_and_its_words_are_made_safe(
    monkeypatch: pytest.MonkeyPatch, sigstore: LocalSigstore
):
    for name, value in sigstore.issuer.runner_environment().items():
        monkeypatch.setenv(name, value)
    with sigstore.issuer.having(status=500), pytest.raises(UndecidedError) as caught:
        tokens.ambient()
    assert "this CI system gave no identity token" in caught.value.message
    assert caught.value.message.isprintable()
    assert "id-token: write" in caught.value.hint


def instance(sigstore: LocalSigstore, desk: Desk) -> Material:
    data = desk.trust_config(sigstore).read_bytes()
    return Material(lambda: data, "trust.json")


@pytest.mark.parametrize("browser", [True, False])
def test_an_identity_provider_that_is_out_of_reach_gives_no_answer(
    sigstore: LocalSigstore, desk: Desk, browser: bool
):
    config = instance(sigstore, desk)
    with sigstore.issuer.out_of_reach(), pytest.raises(UndecidedError, match="out of reach"):
        tokens.interactive(config, browser=browser)
    with sigstore.issuer.having(status=500), pytest.raises(UndecidedError, match="out of reach"):
        tokens.interactive(config, browser=browser)


def test_nobody_signs_in_without_an_instance_that_names_who_vouches(
    sigstore: LocalSigstore, desk: Desk
):
    import json

    data = json.dumps(sigstore.trusted_root()).encode()
    with pytest.raises(UsageError, match="a trusted root alone"):
        tokens.interactive(Material(lambda: data, "trust.json"), browser=False)
