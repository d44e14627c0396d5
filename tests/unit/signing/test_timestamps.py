"""Timestamps count when a trusted authority made them, over this signature, at a fit time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from aiverify.errors import DeniedError, MalformedError
from aiverify.signing import timestamps
from aiverify.signing.trusted_root import Authority, Period, TrustedRoot
from tests.support.sigstore.authority import Authority as Issuer
from tests.support.stamps import DAY, SIGNATURE, STAMPING, Clock, clock_for, der, key, now, pem

CLOCK = Clock()
STRANGER = Clock()


def denied(token, root, signature=SIGNATURE, at=None):
    with pytest.raises(DeniedError) as caught:
        timestamps.verify(token, signature, root, at)
    return caught.value.message


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("with_certificate", [True, False])
def test_a_timestamp_by_a_trusted_authority_gives_its_time(algorithm, with_certificate):
    at = now() - DAY
    token = CLOCK.stamp(at=at, algorithm=algorithm, with_certificate=with_certificate)

    time = timestamps.verify(token, SIGNATURE, CLOCK.root())

    assert time == at
    assert time.utcoffset() == timedelta(0)


def test_a_timestamp_over_another_signature_is_refused():
    assert denied(CLOCK.stamp(b"another"), CLOCK.root()) == "its timestamp is of another signature"


def test_a_timestamp_over_a_weak_hash_is_refused():
    assert "none of SHA-2" in denied(CLOCK.stamp(algorithm="sha1"), CLOCK.root())


@pytest.mark.parametrize("with_certificate", [True, False])
def test_an_authority_of_the_same_name_that_nobody_trusts_is_refused(with_certificate):
    token = STRANGER.stamp(with_certificate=with_certificate)

    assert "no trusted authority" in denied(token, CLOCK.root())


def test_a_timestamp_by_another_key_under_the_authoritys_certificate_is_refused():
    forged = replace(CLOCK, key=STRANGER.key)

    assert "no trusted authority" in denied(forged.stamp(), CLOCK.root())


def test_another_certificate_under_the_same_root_is_not_the_one_that_is_trusted():
    sibling = Clock(CLOCK.issuer)

    assert "no trusted authority" in denied(sibling.stamp(), CLOCK.root())


def test_without_a_trusted_authority_no_timestamp_counts():
    assert "no timestamp authority is trusted" in denied(CLOCK.stamp(), TrustedRoot(()))


def test_a_certificate_authority_is_no_timestamp_authority():
    root = TrustedRoot((), certificate_authorities=(CLOCK.trusted(),))

    assert "no timestamp authority is trusted" in denied(CLOCK.stamp(), root)


def test_one_of_several_authorities_will_do():
    root = TrustedRoot((), timestamp_authorities=(STRANGER.trusted(), CLOCK.trusted()))

    assert timestamps.verify(CLOCK.stamp(at=now()), SIGNATURE, root)


@pytest.mark.parametrize(
    ("period", "good"),
    [
        (Period(now() - DAY, None), True),
        (Period(None, now() + DAY), True),
        (Period(now() + DAY, None), False),
        (Period(None, now() - DAY), False),
    ],
)
def test_a_time_outside_the_authoritys_period_is_refused(period, good):
    token = CLOCK.stamp()

    if good:
        assert timestamps.verify(token, SIGNATURE, CLOCK.root(period))
    else:
        assert "its authority was not trusted" in denied(token, CLOCK.root(period))


def test_a_stranger_in_whose_period_the_time_lies_lends_nothing():
    root = TrustedRoot(
        (),
        timestamp_authorities=(CLOCK.trusted(Period(None, now() - DAY)), STRANGER.trusted()),
    )

    assert "its authority was not trusted" in denied(CLOCK.stamp(), root)


def test_a_time_to_come_is_refused():
    token = CLOCK.stamp(at=now() + timedelta(hours=1))

    assert "to come" in denied(token, CLOCK.root())
    assert "to come" in denied(CLOCK.stamp(), CLOCK.root(), at=now() - DAY)
    assert timestamps.verify(token, SIGNATURE, CLOCK.root(), now() + DAY)


def test_a_clock_that_is_a_little_ahead_is_forgiven():
    token = CLOCK.stamp(at=now() + timedelta(minutes=2))

    assert timestamps.verify(token, SIGNATURE, CLOCK.root())


@pytest.mark.parametrize(
    "purposes",
    [None, [ExtendedKeyUsageOID.CODE_SIGNING], [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]],
)
def test_a_certificate_that_is_not_for_timestamps_is_refused(purposes):
    clock = clock_for(purposes)

    assert "no trusted authority" in denied(clock.stamp(), clock.root())


def test_the_purpose_must_be_critical():
    assert timestamps.verify((good := clock_for([STAMPING])).stamp(), SIGNATURE, good.root())
    clock = clock_for([STAMPING], critical=False)

    assert "no trusted authority" in denied(clock.stamp(), clock.root())


def test_the_certificate_must_be_valid_at_the_time():
    clock = clock_for([STAMPING], valid=(now() - 10 * DAY, now() - 5 * DAY))

    assert "no trusted authority" in denied(clock.stamp(), clock.root())
    assert "no trusted authority" in denied(clock.stamp(at=now() - 20 * DAY), clock.root())
    assert timestamps.verify(clock.stamp(at=now() - 7 * DAY), SIGNATURE, clock.root())


def test_a_chain_may_have_an_authority_in_between():
    clock = Clock(Issuer.root("tsa root").below("tsa intermediate"))
    assert len(clock.chain) == 3

    assert timestamps.verify(clock.stamp(), SIGNATURE, clock.root())


def test_a_root_alone_takes_every_certificate_for_timestamps_below_it():
    clock = Clock()
    root = TrustedRoot((), timestamp_authorities=(Authority(clock.chain[-1:]),))

    assert timestamps.verify(clock.stamp(), SIGNATURE, root)
    assert timestamps.verify(Clock(clock.issuer).stamp(), SIGNATURE, root)
    assert "no trusted authority" in denied(clock.stamp(with_certificate=False), root)
    assert "no trusted authority" in denied(STRANGER.stamp(), root)


def test_below_a_root_alone_the_purpose_counts_as_well():
    clock = clock_for([ExtendedKeyUsageOID.CODE_SIGNING])
    root = TrustedRoot((), timestamp_authorities=(Authority(clock.chain[-1:]),))

    assert "no trusted authority" in denied(clock.stamp(), root)


@pytest.mark.parametrize("chain", [CLOCK.chain[:1], (b"x",), (*CLOCK.chain[:1], b"\x30\x00")])
def test_an_authority_without_a_root_or_that_is_none_makes_no_timestamp(chain):
    root = TrustedRoot((), timestamp_authorities=(Authority(chain),))

    assert "no trusted authority" in denied(CLOCK.stamp(), root)


@pytest.mark.parametrize("token", [b"", b"\x30\x00", b"no token", CLOCK.stamp()[:-1]])
def test_what_is_no_timestamp_is_refused(token):
    assert "none of RFC 3161" in denied(token, CLOCK.root())


def test_more_after_a_timestamp_is_refused():
    assert "none of RFC 3161" in denied(CLOCK.stamp() + b"\0", CLOCK.root())


def test_a_huge_timestamp_is_refused_before_it_is_read():
    assert "at most" in denied(bytes(timestamps.MAX_TOKEN + 1), CLOCK.root())


def test_a_timestamp_that_was_not_granted_is_refused():
    rejected = bytes.fromhex("3011300f020102300a0c08") + b"sold \x1bup"

    reason = denied(rejected, CLOCK.root())
    assert reason == "its timestamp was not granted: status 2, sold \\x1bup"


def test_a_granted_timestamp_without_a_token_is_refused():
    assert "none of RFC 3161" in denied(bytes.fromhex("30053003020100"), CLOCK.root())


def test_an_authority_is_read_from_its_chain_in_any_order():
    chain = Clock(Issuer.root("tsa root").below("tsa intermediate")).chain
    leaf, between, root = chain

    for order in (chain, (root, between, leaf), (between, root, leaf)):
        assert timestamps.authority(pem(*order), "tsa.pem").chain == chain


def test_an_authority_may_be_a_root_alone_with_a_period():
    period = Period(datetime(2026, 1, 1, tzinfo=UTC), None)

    found = timestamps.authority(pem(CLOCK.chain[-1]), "tsa.pem", period)
    assert found == Authority(CLOCK.chain[-1:], period)


@pytest.mark.parametrize("data", [b"", b"text", pem(CLOCK.chain[-1])[:200]])
def test_a_file_without_certificates_is_refused(data):
    with pytest.raises(MalformedError, match="no certificates in PEM"):
        timestamps.authority(data, "tsa.pem")


@pytest.mark.parametrize(
    "chain",
    [
        CLOCK.chain[:1],
        (CLOCK.chain[-1], STRANGER.chain[-1]),
        (*CLOCK.chain, STRANGER.chain[0]),
    ],
)
def test_a_file_without_one_root_or_with_two_that_sign_is_refused(chain):
    with pytest.raises(MalformedError, match="roots and"):
        timestamps.authority(pem(*chain), "t\x1bsa.pem")


def test_a_certificate_with_the_signers_name_and_number_that_is_not_its_own_is_refused():
    # The signer is named by issuer and serial number, which a stranger may write as well.
    own = key()
    assert CLOCK.certificate is not None
    builder = STRANGER.issuer.builder(
        CLOCK.certificate.subject,
        own.public_key(),
        [(x509.ExtendedKeyUsage([STAMPING]), True)],
    )
    builder._serial_number = CLOCK.certificate.serial_number
    copied = STRANGER.issuer.sign(builder)
    assert copied.issuer == CLOCK.certificate.issuer
    assert der(copied) != der(CLOCK.certificate)

    token = Clock(STRANGER.issuer, own, copied).stamp()
    assert "no trusted authority" in denied(token, CLOCK.root())
