"""Certificates in files: all of them, in order, and a clear word for everything else."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.serialization import pkcs7

from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.signing.certificates import check_pair, read_pem, reading
from tests.support.certificates import root, tlv

ROOT = root()
MIDDLE = ROOT.intermediate()
SIGNER = MIDDLE.leaf()


def written(folder, data):
    path = folder / "chain.pem"
    path.write_bytes(data)
    return path


def private_pem(owner):
    return owner.key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


def public_pem(owner):
    return owner.key.public_key().public_bytes(
        form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo
    )


def test_all_certificates_are_read_in_their_order(tmp_path):
    data = MIDDLE.pem + b"\nThe root:\n" + ROOT.pem + SIGNER.pem + ROOT.pem

    assert read_pem(written(tmp_path, data)) == (MIDDLE.der, ROOT.der, SIGNER.der, ROOT.der)


def test_a_file_in_der_holds_one(tmp_path):
    assert read_pem(written(tmp_path, SIGNER.der)) == (SIGNER.der,)


def test_how_the_lines_end_does_not_matter(tmp_path):
    for data in (SIGNER.pem.replace(b"\n", b"\r\n"), SIGNER.pem.rstrip()):
        assert read_pem(written(tmp_path, data)) == (SIGNER.der,)


def test_an_older_label_is_read(tmp_path):
    data = SIGNER.pem.replace(b" CERTIFICATE", b" X509 CERTIFICATE")

    assert read_pem(written(tmp_path, data)) == (SIGNER.der,)


def test_a_key_beside_the_certificates_is_passed_over(tmp_path):
    data = private_pem(SIGNER) + SIGNER.pem + public_pem(SIGNER)

    assert read_pem(written(tmp_path, data)) == (SIGNER.der,)


def test_a_key_is_called_one(tmp_path):
    with pytest.raises(MalformedError, match=r"chain\.pem is a private key; a certificate"):
        read_pem(written(tmp_path, private_pem(ROOT)))
    with pytest.raises(MalformedError, match=r"chain\.pem is a public key; a certificate"):
        read_pem(written(tmp_path, public_pem(ROOT)))


NO_CERTIFICATES = {
    "nothing": b"",
    "text": b"trust me",
    "bytes": bytes(range(256)),
    "a request": b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
}


@pytest.mark.parametrize("data", NO_CERTIFICATES.values(), ids=NO_CERTIFICATES.keys())
def test_what_holds_no_certificate_is_refused(tmp_path, data):
    with pytest.raises(MalformedError, match=r"chain\.pem holds no certificate in PEM or DER"):
        read_pem(written(tmp_path, data))


BROKEN = {
    "cut off": SIGNER.pem[:200],
    "the second is cut off": SIGNER.pem + ROOT.pem[:-30],
    "no body": b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    "another body": SIGNER.pem.replace(SIGNER.pem.split(b"\n")[3], b"A" * 64),
    "no base64": SIGNER.pem.replace(b"MII", b"M!!"),
    "one that is swallowed": SIGNER.pem[:-30] + ROOT.pem,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_certificate_is_refused(tmp_path, data):
    with pytest.raises(MalformedError, match=r"certificate.*chain\.pem.*(cannot be|is cut)"):
        read_pem(written(tmp_path, data))


@pytest.mark.parametrize(
    "data",
    [SIGNER.der[:-1], SIGNER.der + b"\0", tlv(0x30, b""), b"\x30"],
    ids=["cut off", "a byte too many", "empty", "one byte"],
)
def test_broken_der_is_refused(tmp_path, data):
    with pytest.raises(MalformedError, match=r"certificate 1 in .*chain\.pem: its form cannot"):
        read_pem(written(tmp_path, data))


@pytest.mark.parametrize("label", ["TRUSTED CERTIFICATE", "PKCS7", "X509 CRL", "\x1b[2J"])
def test_what_else_is_among_the_certificates_is_refused(tmp_path, label):
    other = f"-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n".encode()

    with pytest.raises(MalformedError, match="among its certificates") as caught:
        read_pem(written(tmp_path, SIGNER.pem + other))
    assert caught.value.message.isprintable()


def test_a_pkcs7_file_is_refused(tmp_path):
    bundle = pkcs7.serialize_certificates([SIGNER.certificate], form.Encoding.DER)

    with pytest.raises(MalformedError, match="its form cannot be read"):
        read_pem(written(tmp_path, bundle))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="missing"):
        read_pem(tmp_path / "missing")


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with pytest.raises(MalformedError, match="the limit here is 4194304"):
        read_pem(written(tmp_path, SIGNER.pem + bytes(4 << 20)))


@pytest.mark.parametrize("kind", ["p256", "p384", "p521", "ed25519"])
def test_a_certificate_belongs_to_its_key_alone(kind):
    signer = ROOT.leaf(kind=kind)
    own, other = (reading.public_of(one.key.public_key()) for one in (signer, ROOT))

    check_pair(signer.der, own)
    with pytest.raises(UsageError, match="'CN=Signer' is not for the key that signs"):
        check_pair(signer.der, other)


def test_a_pair_needs_a_certificate():
    with pytest.raises(MalformedError, match="its form cannot be read"):
        check_pair(b"certificate", reading.public_of(ROOT.key.public_key()))
