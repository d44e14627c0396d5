"""No byte of a signature or of what it signs can be changed, whatever kind of key made it."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.errors import AiverifyError, MalformedError
from aiverify.signing.keys import (
    ALGORITHMS,
    CURVES,
    PublicKey,
    is_signed_by,
    is_signed_by_digest,
    parse_private,
    parse_public,
)
from tests.support import cosign_keys
from tests.support.signatures import key

DATA = b"what was signed, in a few bytes"
SIGNATURES = {name: key(name).sign(DATA) for name in ALGORITHMS}
DIGEST = hashlib.sha256(DATA).digest()
OF_DIGEST = {curve: key(curve).sign_digest("sha256", DIGEST) for curve in CURVES}
COSIGN = cosign_keys.written(key(), b"password")


def altered(data, draw):
    """The same bytes with one of them changed, left out or put in."""
    at = draw(st.integers(0, len(data) - 1))
    other = bytes([draw(st.integers(0, 255).filter(lambda byte: byte != data[at]))])
    return draw(
        st.sampled_from(
            [
                data[:at] + other + data[at + 1 :],
                data[:at] + data[at + 1 :],
                data[:at] + other + data[at:],
            ]
        )
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_byte_that_is_changed_in_a_signature_is_refused(algorithm, data):
    other = altered(SIGNATURES[algorithm], data.draw)

    assert is_signed_by(key(algorithm).public, SIGNATURES[algorithm], DATA)
    assert not is_signed_by(key(algorithm).public, other, DATA)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@settings(deadline=None)
@given(st.data())
def test_a_byte_that_is_changed_in_what_was_signed_is_refused(algorithm, data):
    other = altered(DATA, data.draw)

    assert not is_signed_by(key(algorithm).public, SIGNATURES[algorithm], other)


@pytest.mark.parametrize("curve", CURVES)
@settings(deadline=None)
@given(st.data())
def test_a_byte_that_is_changed_in_a_digest_or_its_signature_is_refused(curve, data):
    public, signature = key(curve).public, OF_DIGEST[curve]

    assert is_signed_by_digest(public, signature, "sha256", DIGEST)
    assert not is_signed_by_digest(public, altered(signature, data.draw), "sha256", DIGEST)
    assert not is_signed_by_digest(public, signature, "sha256", altered(DIGEST, data.draw))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_is_signed_is_confirmed(algorithm, data):
    assert is_signed_by(key(algorithm).public, key(algorithm).sign(data), data)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@settings(deadline=None)
@given(st.binary(max_size=160))
def test_bytes_at_random_are_no_signature(algorithm, signature):
    assert not is_signed_by(key(algorithm).public, signature, DATA)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_byte_that_is_changed_in_a_public_key_gives_another_key_or_none(algorithm, data):
    public = key(algorithm).public
    der = altered(public.der, data.draw)

    with contextlib.suppress(AiverifyError):
        other = parse_public(cosign_keys.wrapped(der, "PUBLIC KEY"), "key.pub")
        assert isinstance(other, PublicKey)
        assert other != public
        assert not is_signed_by(other, SIGNATURES[algorithm], DATA)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_at_random_are_no_key(data):
    with pytest.raises(MalformedError, match=r"key\.pem"):
        parse_public(cosign_keys.wrapped(data, "PUBLIC KEY"), "key.pem")
    for label in ("PRIVATE KEY", "EC PRIVATE KEY", cosign_keys.SIGSTORE):
        with pytest.raises(MalformedError, match=r"key\.pem"):
            parse_private(cosign_keys.wrapped(data, label), "key.pem", lambda _: b"password")


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_private_key_of_cosign_that_was_altered_is_refused_or_the_same(data):
    pem = altered(COSIGN, data.draw)

    with contextlib.suppress(AiverifyError):
        assert parse_private(pem, "cosign.key", lambda _: b"password").public == key().public
