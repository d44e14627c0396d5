"""What of a timestamp nobody signs must fit what is signed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from asn1crypto import tsp
from hypothesis import given
from hypothesis import strategies as st

from aiverify.errors import MalformedError
from aiverify.signing import signed_data
from tests.support.stamps import Clock

GOOD = Clock().stamp()


def changed(**given: Any) -> bytes:
    """A response with other members of its signed data, or of its signer."""
    response = tsp.TimeStampResp.load(GOOD)
    signed = response["time_stamp_token"]["content"].untag().copy()
    for name, value in given.items():
        if name in signed.native:
            signed[name] = value
        else:
            signed["signer_infos"][0][name] = value
    token = {"content_type": "signed_data", "content": signed}
    data: bytes = tsp.TimeStampResp(
        {"status": {"status": "granted"}, "time_stamp_token": token}
    ).dump(force=True)
    return data


def test_a_timestamp_as_it_is_made_fits():
    signed_data.check(GOOD)
    signed_data.check(changed())


@pytest.mark.parametrize("version", ["v0", "v1", "v2", "v4", "v5"])
def test_another_version_is_refused(version: str):
    with pytest.raises(MalformedError, match="another version than timestamps are"):
        signed_data.check(changed(version=version))


def test_a_signer_of_another_version_is_refused():
    response = tsp.TimeStampResp.load(GOOD)
    signer = response["time_stamp_token"]["content"]["signer_infos"][0].dump()
    before = b"\x02\x01\x01"  # the version, ahead of whose certificate it is
    data = GOOD.replace(signer, signer.replace(before, b"\x02\x01\x03", 1))
    with pytest.raises(MalformedError, match="signer is of another version"):
        signed_data.check(data)


@pytest.mark.parametrize(
    ("algorithm", "good"),
    [
        ("sha256_ecdsa", True),
        ("rsassa_pkcs1v15", True),
        ("sha256_rsa", True),
        ("rsassa_pss", True),
        ("ed25519", True),
        ("sha384_ecdsa", False),
        ("sha512_rsa", False),
        ("sha1_ecdsa", False),
        ("sha1_rsa", False),
        ("md5_rsa", False),
        ("dsa", False),
        ("1.2.3.4", False),
    ],
)
def test_the_signatures_algorithm_goes_with_the_hash(algorithm: str, good: bool):
    data = changed(signature_algorithm={"algorithm": algorithm})
    if good:
        signed_data.check(data)
        return
    with pytest.raises(MalformedError, match="another algorithm than it is signed by"):
        signed_data.check(data)


@pytest.mark.parametrize("algorithm", ["sha1", "md5", "sha224"])
def test_a_hash_that_is_none_of_sha2_is_refused(algorithm: str):
    with pytest.raises(MalformedError, match="another algorithm"):
        signed_data.check(changed(digest_algorithm={"algorithm": algorithm}))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_timestamp_are_malformed(data: bytes):
    with pytest.raises(MalformedError, match="none of RFC 3161"):
        signed_data.check(data)


@pytest.mark.parametrize("seed", range(4))
def test_a_timestamp_that_is_cut_is_malformed(seed: int):
    for size in random.Random(seed).sample(range(len(GOOD)), 50):
        with pytest.raises(MalformedError):
            signed_data.check(GOOD[:size])
