"""Trust that trusts nobody, or counts somebody twice, cannot be made."""

from __future__ import annotations

import pytest

from aiverify.core.trust import Signer, Trust
from aiverify.errors import UsageError

ANNA, BEN = Signer("anna", ("key-a",)), Signer("ben", ("key-b", "key-c"))


@pytest.mark.parametrize("threshold", [1, 2])
def test_a_threshold_that_can_be_met_is_taken(threshold: int) -> None:
    assert Trust((ANNA, BEN), threshold).threshold == threshold


def test_one_signer_is_enough_unless_said_otherwise() -> None:
    assert Trust((ANNA, BEN)).threshold == 1


@pytest.mark.parametrize("threshold", [0, 1])
def test_no_signers_never_means_anybody(threshold: int) -> None:
    with pytest.raises(UsageError, match="names no signer"):
        Trust((), threshold)


@pytest.mark.parametrize("threshold", [-1, 0, 3])
def test_a_threshold_that_is_always_or_never_met_is_refused(threshold: int) -> None:
    with pytest.raises(UsageError, match=f"threshold is {threshold}") as caught:
        Trust((ANNA, BEN), threshold)
    assert caught.value.hint


def test_a_second_key_of_one_signer_does_not_raise_what_can_be_met() -> None:
    with pytest.raises(UsageError, match="threshold"):
        Trust((BEN,), 2)


def test_a_signer_without_a_key_is_refused() -> None:
    with pytest.raises(UsageError, match="'carl' has no key"):
        Trust((ANNA, Signer("carl", ())))


def test_two_signers_who_share_a_key_are_refused() -> None:
    with pytest.raises(UsageError, match="'ben' and 'carl' share a key"):
        Trust((ANNA, BEN, Signer("carl", ("key-c",))))


@pytest.mark.parametrize("keys", [("key-d",), ANNA.keys])
def test_a_signer_named_twice_is_refused(keys: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="a signer twice"):
        Trust((ANNA, Signer("anna", keys)))


def test_a_key_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="key"):
        Trust((Signer("anna", ("key-a", "key-a")),))


def test_a_signer_without_a_name_is_refused() -> None:
    """In the report an empty name says that a signature counted for nobody."""
    with pytest.raises(UsageError):
        Trust((Signer("", ("key-a",)),))
