"""Every fault that the local Sigstore can be given is one to the tools that look for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client import VerificationError as TimestampRefusedError
from sigstore._internal.fulcio import ExpiredCertificate
from sigstore._internal.rekor import RekorClientError
from sigstore.errors import MetadataError, VerificationError
from sigstore.models import InvalidBundle

from tests.support.sigstore.client import WEIGHTS, assemble, sign, statement, verify
from tests.support.sigstore.fulcio import Promise
from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.log import Fault
from tests.support.sigstore.trust import Period
from tests.support.sigstore.tsa import REPLY, TsaFault

HOUR = timedelta(hours=1)
PAST, FUTURE = datetime.now(UTC) - HOUR, datetime.now(UTC) + HOUR
NO_TIME = "not enough sources of verified time"
INCONSISTENT = "transparency log entry is inconsistent with other materials"
LOG_FAULTS = {
    Fault.PROOF: "invalid root hash",
    Fault.ROOT: "invalid root hash",
    Fault.INDEX: "inclusion proof",
    Fault.BODY: "invalid root hash",
    Fault.CHECKPOINT_KEY: "checkpoint: invalid signature",
    Fault.CHECKPOINT_TREE: "invalid root hash signature",
    Fault.OTHER_SIGNATURE: INCONSISTENT,
}


def timestamp(services: LocalSigstore, algorithm: HashAlgorithm = HashAlgorithm.SHA256) -> None:
    """Ask for a timestamp as rfc3161-client does, and verify it, nonce and all."""
    request = TimestampRequestBuilder().hash_algorithm(algorithm).data(WEIGHTS).build()
    answer = requests.post(services.tsa_url, data=request.as_bytes(), timeout=5)
    assert answer.headers["Content-Type"] == REPLY
    signer, root = services.tsa.chain
    verifier = VerifierBuilder.from_request(request).tsa_certificate(signer)
    response = decode_timestamp_response(answer.content)
    verifier.add_root_certificate(root).build().verify_message(response, WEIGHTS)


def assert_refused(done: Callable[[], object], why: str) -> None:
    with pytest.raises(VerificationError, match=why):
        done()


def test_what_is_assembled_by_hand_is_accepted_while_nothing_is_wrong(sigstore):
    verify(sigstore, assemble(sigstore))


@pytest.mark.parametrize("fault", LOG_FAULTS)
@pytest.mark.parametrize("what", [WEIGHTS, statement()], ids=["artifact", "statement"])
def test_what_is_wrong_with_a_logs_answer_is_refused(sigstore, fault, what):
    with sigstore.rekor.having(fault=fault):
        bundle = sign(sigstore, what)

    assert_refused(lambda: verify(sigstore, bundle), LOG_FAULTS[fault])


@pytest.mark.parametrize("fault", [*LOG_FAULTS, Fault.PROMISE])
def test_what_is_wrong_with_the_older_logs_answer_is_refused(sigstore, fault):
    with sigstore.rekor_v1.having(fault=fault):
        bundle = sign(sigstore, rekor_version=1)

    assert_refused(
        lambda: verify(sigstore, bundle), LOG_FAULTS.get(fault, "invalid inclusion promise")
    )


def test_an_older_log_whose_clock_is_wrong_is_refused(sigstore):
    with sigstore.rekor_v1.having(offset=HOUR):
        bundle = sign(sigstore, rekor_version=1)

    assert_refused(lambda: verify(sigstore, bundle), "certificate chain")


def test_a_log_that_is_out_of_order_or_out_of_reach_ends_signing_until_it_is_back(sigstore):
    with sigstore.rekor.having(status=503), pytest.raises(RekorClientError, match="503"):
        sign(sigstore)
    with sigstore.rekor.out_of_reach(), pytest.raises(requests.ConnectionError, match="refused"):
        sign(sigstore)

    verify(sigstore, sign(sigstore))


def test_a_service_may_be_slower_than_its_client_waits(sigstore):
    url = f"{sigstore.rekor_url}/api/v2/checkpoint"
    with sigstore.rekor.having(delay=60), pytest.raises(requests.ReadTimeout):
        requests.get(url, timeout=0.1)

    assert requests.get(url, timeout=5).ok


@pytest.mark.parametrize(
    ("promise", "why"),
    [(Promise.NONE, "does not contain a signed certificate"), (Promise.FORGED, "SCT verify")],
)
def test_a_certificate_that_no_log_promises_is_refused(sigstore, promise, why):
    with sigstore.fulcio.having(promise=promise):
        assert_refused(lambda: sign(sigstore), why)
        bundle = assemble(sigstore)

    assert_refused(lambda: verify(sigstore, bundle), why)


def test_a_certificate_by_an_authority_of_the_same_name_is_refused(sigstore):
    with sigstore.fulcio.having(stranger=True):
        bundle = sign(sigstore)

    assert_refused(lambda: verify(sigstore, bundle), "certificate chain")


def test_a_certificate_outside_its_validity_is_refused(sigstore):
    with sigstore.fulcio.having(offset=-HOUR):
        with pytest.raises(ExpiredCertificate):
            sign(sigstore)
        expired = assemble(sigstore)
    with sigstore.fulcio.having(offset=HOUR):
        early = sign(sigstore)

    for bundle in (expired, early):
        assert_refused(lambda bundle=bundle: verify(sigstore, bundle), "certificate chain")


def test_an_old_certificate_was_valid_when_the_timestamp_says(sigstore):
    with sigstore.fulcio.having(offset=-HOUR), sigstore.tsa.having(offset=-HOUR):
        verify(sigstore, assemble(sigstore))


@pytest.mark.parametrize("at", [PAST, FUTURE])
def test_a_timestamp_outside_the_certificates_validity_is_refused(sigstore, at):
    with sigstore.tsa.having(at=at):
        bundle = sign(sigstore)

    (stamp,) = bundle.verification_material.timestamp_verification_data.rfc3161_timestamps
    assert stamp.tst_info.gen_time == at.replace(microsecond=0)
    assert_refused(lambda: verify(sigstore, bundle), "certificate chain")


@pytest.mark.parametrize("fault", [TsaFault.FORGED, TsaFault.STRANGER, TsaFault.OTHER_MESSAGE])
def test_a_timestamp_that_does_not_hold_is_no_time(sigstore, fault):
    with sigstore.tsa.having(fault=fault):
        bundle = sign(sigstore)
        with pytest.raises(TimestampRefusedError):
            timestamp(sigstore)

    assert_refused(lambda: verify(sigstore, bundle), NO_TIME)


def test_a_timestamp_for_another_request_is_told_by_its_nonce(sigstore):
    with (
        sigstore.tsa.having(fault=TsaFault.OTHER_NONCE),
        pytest.raises(TimestampRefusedError, match="Nonce"),
    ):
        timestamp(sigstore)


@pytest.mark.parametrize(
    "switches",
    [{"fault": TsaFault.REJECTED}, {"fault": TsaFault.GARBAGE}, {"status": 503}],
    ids=["rejected", "garbage", "down"],
)
def test_without_a_timestamp_there_is_no_bundle(sigstore, switches):
    with sigstore.tsa.having(**switches), pytest.raises((InvalidBundle, VerificationError)):
        verify(sigstore, sign(sigstore))


@pytest.mark.parametrize("algorithm", [HashAlgorithm.SHA256, HashAlgorithm.SHA512])
def test_timestamps_are_had_for_digests_of_other_lengths(sigstore, algorithm):
    timestamp(sigstore, algorithm)


@pytest.mark.parametrize(
    ("periods", "why"),
    [
        ({"tsa": Period(end=PAST)}, NO_TIME),
        ({"tsa": Period(start=FUTURE)}, NO_TIME),
        ({"ctlog": Period(start=FUTURE)}, "CTFE keys not found"),
        ({"fulcio": Period(start=FUTURE)}, "Fulcio certificates not found"),
        ({"log": Period(start=FUTURE), "log_v1": Period(start=FUTURE)}, "any Rekor keys"),
    ],
)
def test_what_is_trusted_at_another_time_is_refused(sigstore, periods, why):
    bundle = sign(sigstore)

    with pytest.raises((VerificationError, MetadataError), match=why):
        verify(sigstore, bundle, **periods)


def test_a_transparency_log_of_the_past_is_none_to_sign_with(sigstore):
    with pytest.raises(MetadataError, match="CTFE keys not found"):
        sign(sigstore, ctlog=Period(end=PAST))
