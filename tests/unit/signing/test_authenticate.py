"""Which trusted signer made a signature: first that, and only then what it says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec

from aiverify.core.digest import Digest
from aiverify.core.trust import Signer, Trust
from aiverify.errors import MalformedError
from aiverify.signing import dsse, oms
from aiverify.signing.authenticate import Authentic
from aiverify.signing.keys import CURVES
from aiverify.signing.message import MessageSignature
from aiverify.signing.rejected import Rejected
from aiverify.signing.signature_file import SignatureFile
from tests.support.signatures import (
    altered,
    authenticated,
    envelope_of,
    key,
    listing,
    sign,
    signed,
    trust_in,
)

SOURCE = "model.sig"
PAYLOAD = listing().to_bytes()
SPACED = json.dumps(json.loads(PAYLOAD)).encode()

alice, mallory = key(), key(owner="mallory")


def refused(signature, trust=None):
    """Why a signature does not count."""
    result = authenticated(signature, trust or trust_in(alice))
    assert isinstance(result, Rejected), result
    assert result.source == SOURCE
    return result.reason


@pytest.mark.parametrize("curve", CURVES)
def test_a_signature_by_a_trusted_key_says_who_and_what(curve):
    result = authenticated(sign(listing(), key(curve)), trust_in(key(curve)))

    assert result == Authentic(SOURCE, "signer 0", key(curve).public, listing())


def test_the_signer_is_the_one_whose_key_made_it():
    result = authenticated(sign(listing(), alice), trust_in(mallory, key("p384"), alice))

    assert isinstance(result, Authentic)
    assert result.signer == "signer 2"


def test_any_key_of_a_signer_counts_as_that_signer():
    both = Trust((Signer.of_keys("alice", (key("p521").public.pem, alice.public.pem)),))

    result = authenticated(sign(listing(), alice), both)

    assert isinstance(result, Authentic)
    assert (result.signer, result.key) == ("alice", alice.public)


@pytest.mark.parametrize("other", [mallory, key("p384"), key("p521")])
def test_a_signature_by_another_key_is_rejected(other):
    assert "no trusted key made it" in refused(sign(listing(), other))


@pytest.mark.parametrize(("trusted", "told"), [(key("ed25519"), True), (mallory, False)])
def test_an_ed25519_keys_digest_is_refused_with_the_reason(trusted, told):
    digest = Digest.of(b"data", "sha512")
    message = SignatureFile(MessageSignature(digest, key("ed25519").sign(digest.raw)))

    assert ("Ed25519ph" in refused(message, trust_in(trusted))) is told


@pytest.mark.parametrize("hint", ["", "5ad1", mallory.public.hint])
def test_the_hint_is_not_needed(hint):
    signature = replace(sign(listing(), alice), hint=hint)

    assert isinstance(authenticated(signature, trust_in(alice)), Authentic)


def test_the_hint_is_not_evidence():
    signature = replace(sign(listing(), mallory), hint=alice.public.hint)

    assert "no trusted key made it" in refused(signature)


def test_a_signature_with_the_hash_of_another_curve_is_rejected():
    private = form.load_pem_private_key(alice.to_pem(b""), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    signature = sign(listing(), alice)
    data = envelope_of(signature).signed_bytes()
    other_hash = private.sign(data, ec.ECDSA(hashes.SHA384()))

    assert "no trusted key" in refused(altered(signature, signature=other_hash))


def test_a_certificate_is_rejected_for_what_it_is():
    reason = refused(replace(sign(listing(), alice), certificates=(b"0",)))

    assert reason == "it was made with a certificate, and trust names no authority"


@pytest.mark.parametrize(
    "payload_type",
    ["", "text/plain", "application/json", "application/vnd.in-toto+JSON", f"{dsse.IN_TOTO} "],
)
def test_a_signed_payload_of_another_type_is_rejected(payload_type):
    assert "not an in-toto statement" in refused(signed(PAYLOAD, payload_type))


def test_a_payload_type_that_is_claimed_later_is_rejected():
    signature = signed(PAYLOAD, "text/plain")

    assert "no trusted key made it" in refused(altered(signature, payload_type=dsse.IN_TOTO))


@pytest.mark.parametrize(
    "payload",
    [
        PAYLOAD + b"\n",
        b" " + PAYLOAD,
        SPACED,
        PAYLOAD.replace(b"tiny", b"t\\u0069ny"),
    ],
)
def test_a_payload_that_means_the_same_in_other_bytes_is_rejected(payload):
    assert json.loads(payload) == json.loads(PAYLOAD)

    assert "it was altered" in refused(altered(sign(listing(), alice), payload=payload))


@pytest.mark.parametrize("payload", [PAYLOAD + b"\n", SPACED])
def test_a_signer_may_write_its_json_as_it_likes(payload):
    result = authenticated(signed(payload), trust_in(alice))

    assert isinstance(result, Authentic)
    assert result.says == listing()


@pytest.mark.parametrize(
    "payload",
    [b"", b"payload", b"[]", b"{}", PAYLOAD[:-1] + b',"_type":"x"}', PAYLOAD * 2, b"\xff"],
)
def test_a_trusted_key_over_what_is_no_statement_is_rejected_with_the_reason(payload):
    assert refused(signed(payload)).startswith(f"the statement in {SOURCE}")


def test_a_payload_that_nobody_trusted_signed_is_not_looked_at():
    reason = refused(signed(b"{" * 500, signer=mallory))

    assert reason == "no trusted key made it, or it was altered"


def test_a_statement_of_an_unknown_type_is_authentic_and_lists_no_files():
    says = replace(listing(), predicate_type="https://example.com/else")

    result = authenticated(sign(says, alice), trust_in(alice))

    assert isinstance(result, Authentic)
    with pytest.raises(MalformedError, match=r"of type https://example\.com/else"):
        oms.read(result.says, SOURCE)
