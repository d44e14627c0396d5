"""Trust that trusts nobody, or counts somebody twice, cannot be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.identity import NamePattern
from aiverify.core.trust import (
    Quorum,
    Revoked,
    Signer,
    Trust,
    TrustedAuthority,
    TrustedIdentity,
    TrustedKey,
    Window,
)
from aiverify.errors import UsageError

ANNA, BEN = Signer.of_keys("anna", ("key-a",)), Signer.of_keys("ben", ("key-b", "key-c"))


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
        Trust((ANNA, Signer.of_keys("carl", ())))


def test_two_signers_who_share_a_key_are_refused() -> None:
    with pytest.raises(UsageError, match="'ben' and 'carl' share a key"):
        Trust((ANNA, BEN, Signer.of_keys("carl", ("key-c",))))


@pytest.mark.parametrize("keys", [(TrustedKey("key-d"),), ANNA.keys])
def test_a_signer_named_twice_is_refused(keys: tuple[TrustedKey, ...]) -> None:
    with pytest.raises(UsageError, match="a signer twice"):
        Trust((ANNA, Signer("anna", keys)))


def test_a_key_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="key"):
        Trust((Signer.of_keys("anna", ("key-a", "key-a")),))


def test_a_signer_without_a_name_is_refused() -> None:
    """In the report an empty name says that a signature counted for nobody."""
    with pytest.raises(UsageError):
        Trust((Signer.of_keys("", ("key-a",)),))


# Times.

EARLY, MIDDLE, LATE = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 6, 12))


def test_a_window_holds_from_its_start_to_before_its_end() -> None:
    window = Window(EARLY, LATE)
    second = timedelta(microseconds=1)
    assert [window.holds(at) for at in (EARLY - second, EARLY, MIDDLE, LATE - second, LATE)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_a_window_may_be_open_on_either_side() -> None:
    assert Window().holds(EARLY)
    assert [Window(start=MIDDLE).holds(at) for at in (EARLY, MIDDLE, LATE)] == [False, True, True]
    assert [Window(end=MIDDLE).holds(at) for at in (EARLY, MIDDLE, LATE)] == [True, False, False]


@pytest.mark.parametrize("end", [EARLY, MIDDLE])
def test_a_window_that_ends_before_it_begins_is_refused(end: datetime) -> None:
    with pytest.raises(UsageError, match="ends before it begins"):
        Window(MIDDLE, end)


# Certificates and identities.

NAME = NamePattern("anna@acme.example")
ISSUER = "https://login.acme.example"
BY_NAME = Signer("anna", identities=(TrustedIdentity(ISSUER, NAME),))
BY_ROOT = Signer("ben", authorities=(TrustedAuthority((b"root",)),))


def test_a_signer_may_be_known_by_any_means() -> None:
    assert len(Trust((BY_NAME, BY_ROOT, Signer.of_keys("carl", ("key",)))).signers) == 3


def test_an_identity_without_an_issuer_is_refused() -> None:
    """Anybody can have that name somewhere."""
    with pytest.raises(UsageError, match="identity without an issuer") as caught:
        Trust((Signer("anna", identities=(TrustedIdentity("", NAME),)),))
    assert caught.value.hint


def test_an_authority_of_no_certificates_is_refused() -> None:
    with pytest.raises(UsageError, match="certificates from nobody"):
        Trust((Signer("anna", authorities=(TrustedAuthority(()),)),))


@pytest.mark.parametrize("signer", [BY_NAME, BY_ROOT])
def test_two_signers_who_are_known_by_the_same_are_refused(signer: Signer) -> None:
    with pytest.raises(UsageError, match="share what they are known by"):
        Trust((signer, replace(signer, name="other")), 2)


def test_a_key_is_shared_whatever_the_times_in_which_it_counts() -> None:
    late = Signer("carl", (TrustedKey("key-a", Window(start=LATE)),))
    with pytest.raises(UsageError, match="share a key"):
        Trust((ANNA, late), 2)


def test_a_key_that_counts_at_two_times_is_given_twice() -> None:
    keys = (TrustedKey("key", Window(end=EARLY)), TrustedKey("key", Window(start=LATE)))
    with pytest.raises(UsageError, match="has a key twice"):
        Trust((Signer("anna", keys),))


# Quorums.


def quorum(threshold: int, *names: str) -> Mapping[Kind, Quorum]:
    return {Kind.ADAPTER: Quorum(threshold, frozenset(names))}


def test_a_kind_has_its_own_quorum_and_the_others_the_common_one() -> None:
    trust = Trust((ANNA, BEN), 2, quorum(1, "ben"))
    assert trust.quorum(Kind.ADAPTER) == Quorum(1, frozenset({"ben"}))
    for kind in (Kind.MODEL, Kind.COMPONENT, None):
        assert trust.quorum(kind) == Quorum(2, frozenset({"anna", "ben"}))


@pytest.mark.parametrize(
    ("threshold", "names", "why"),
    [
        (1, (), "threshold is 1"),
        (0, ("ben",), "threshold is 0"),
        (2, ("ben",), "threshold is 2"),
        (1, ("carl",), "carl, who is no signer"),
    ],
)
def test_a_quorum_that_is_always_or_never_met_is_refused(
    threshold: int, names: tuple[str, ...], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        Trust((ANNA, BEN), 1, quorum(threshold, *names))


# The digest.

OTHERS: dict[str, Trust] = {
    "another key": Trust((Signer.of_keys("anna", ("key-x",)), BEN)),
    "another name": Trust((replace(ANNA, name="ann"), BEN)),
    "one signer less": Trust((ANNA,)),
    "another threshold": Trust((ANNA, BEN), 2),
    "a quorum": Trust((ANNA, BEN), 1, quorum(1, "ben")),
    "another quorum": Trust((ANNA, BEN), 1, quorum(1, "anna")),
    "a demand": Trust((replace(ANNA, logged=True), BEN)),
    "another demand": Trust((replace(ANNA, timestamped=True), BEN)),
    "a window": Trust((Signer("anna", (TrustedKey("key-a", Window(EARLY)),)), BEN)),
    "another window": Trust((Signer("anna", (TrustedKey("key-a", Window(None, EARLY)),)), BEN)),
    "an identity": Trust((replace(ANNA, identities=BY_NAME.identities), BEN)),
    "a pattern": Trust(
        (
            replace(
                ANNA,
                identities=(
                    TrustedIdentity(ISSUER, NamePattern("anna@acme.example", wildcards=True)),
                ),
            ),
            BEN,
        )
    ),
    "an authority": Trust((replace(ANNA, authorities=BY_ROOT.authorities), BEN)),
    "a revoked key": Trust((ANNA, BEN), revoked=Revoked(frozenset({"sha256:1"}))),
    "a revoked digest": Trust((ANNA, BEN), revoked=Revoked(digests=frozenset({"sha256:1"}))),
}


def test_trust_has_one_digest_for_what_it_says() -> None:
    assert Trust((ANNA, BEN)).digest == Trust((ANNA, BEN)).digest
    digests = [trust.digest for trust in (Trust((ANNA, BEN)), *OTHERS.values())]
    assert len(set(digests)) == len(digests)


def test_the_digest_does_not_depend_on_the_order_of_what_is_revoked() -> None:
    many = [f"sha256:{at}" for at in range(20)]
    one, other = (
        Trust((ANNA,), revoked=Revoked(frozenset(names))) for names in (many, reversed(many))
    )
    assert one.digest == other.digest
