"""Keys and certificates as logs name them."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from aiverify.errors import MalformedError, UsageError
from aiverify.signing.log.verifier import Algorithm, Verifier
from tests.support.logs import DETAILS, HASHES, certificate, private, spki


@pytest.mark.parametrize("kind", DETAILS)
def test_keys_on_curves_hash_first(kind):
    expected = Algorithm(DETAILS[kind], HASHES[kind])

    assert Verifier(spki(private(kind)), certificate=False).algorithm == expected
    assert Verifier(certificate(kind), certificate=True).algorithm == expected


def test_an_ed25519_key_hashes_nothing_first():
    verifier = Verifier(spki(private("ed25519")), certificate=False)

    assert verifier.algorithm == Algorithm("PKIX_ED25519", "")


def test_rsa_keys_go_by_their_size():
    key = rsa.generate_private_key(65537, 2048)

    assert Verifier(spki(key), certificate=False).algorithm.details == (
        "PKIX_RSA_PKCS1V15_2048_SHA256"
    )


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 2056),
        ec.generate_private_key(ec.SECP256K1()),
        x25519.X25519PrivateKey.generate(),
    ],
)
def test_a_key_of_a_kind_that_logs_do_not_take_is_refused(key):
    with pytest.raises(UsageError, match="of this kind"):
        _ = Verifier(spki(key), certificate=False).algorithm


@pytest.mark.parametrize("certified", [True, False])
@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"-----BEGIN PUBLIC KEY-----"])
def test_what_is_no_key_or_certificate_is_refused(der, certified):
    with pytest.raises(MalformedError, match="not one in DER"):
        _ = Verifier(der, certificate=certified).algorithm


@pytest.mark.parametrize("kind", [*DETAILS, "ed25519"])
def test_pem_is_as_others_write_it(kind):
    key = private(kind).public_key()
    expected = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    assert Verifier(spki(private(kind)), certificate=False).pem == expected


def test_pem_of_a_certificate_is_as_others_write_it():
    expected = x509.load_der_x509_certificate(certificate()).public_bytes(Encoding.PEM)

    assert Verifier(certificate(), certificate=True).pem == expected
