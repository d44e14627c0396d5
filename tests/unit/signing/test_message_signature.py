"""Signatures over a digest."""

from __future__ import annotations

import pytest

from aiverify.core.digest import Digest
from aiverify.errors import MalformedError
from aiverify.signing import message
from aiverify.signing.message import MessageSignature
from tests.support.signatures import b64

WHERE = "the signature x"
GOOD = MessageSignature(Digest.of(b"data"), b"\x30\x01\xff")


def with_digest(**changes):
    value = GOOD.to_json()
    return {**value, "messageDigest": {**value["messageDigest"], **changes}}


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_what_is_written_is_read(algorithm):
    signature = MessageSignature(Digest.of(b"data", algorithm), b"\x30")

    assert message.parse(signature.to_json(), WHERE) == signature


def test_hashes_go_by_sigstores_names():
    assert GOOD.to_json()["messageDigest"]["algorithm"] == "SHA2_256"


@pytest.mark.parametrize("algorithm", ["SHA3_256", "sha256", "HASH_ALGORITHM_UNSPECIFIED", "", 1])
def test_a_digest_of_another_hash_is_refused(algorithm):
    with pytest.raises(MalformedError):
        message.parse(with_digest(algorithm=algorithm), WHERE)


def test_a_digest_of_another_length_than_its_hash_is_refused():
    with pytest.raises(MalformedError):
        message.parse(with_digest(algorithm="SHA2_384"), WHERE)


@pytest.mark.parametrize("name", ["messageDigest", "signature"])
@pytest.mark.parametrize("value", [None, 7, [], "="])
def test_a_part_that_is_missing_or_something_else_is_refused(name, value):
    with pytest.raises(MalformedError):
        message.parse({**GOOD.to_json(), name: value}, WHERE)


def test_an_empty_digest_is_refused_as_cosigns_with_an_ed25519_key():
    with pytest.raises(MalformedError, match="does not say by which digest") as refusal:
        message.parse({**GOOD.to_json(), "messageDigest": {}}, WHERE)

    assert "p256" in refusal.value.hint


def test_an_empty_signature_is_refused():
    with pytest.raises(MalformedError, match="0 bytes"):
        message.parse({**GOOD.to_json(), "signature": ""}, WHERE)


def test_a_huge_signature_is_refused():
    with pytest.raises(MalformedError, match="longer"):
        message.parse({**GOOD.to_json(), "signature": b64(bytes(1 << 17))}, WHERE)


def test_a_part_that_nobody_knows_is_refused():
    with pytest.raises(MalformedError, match="unknown member 'sig'"):
        message.parse({**GOOD.to_json(), "sig": ""}, WHERE)


def test_sigstore_has_no_signatures_over_other_digests():
    with pytest.raises(MalformedError, match="blake2b"):
        MessageSignature(Digest.of(b"data", "blake2b"), b"\x30").to_json()
