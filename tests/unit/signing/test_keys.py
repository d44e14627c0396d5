"""Keys in files: four kinds, one name each, and a clear word for everything else."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from aiverify.errors import AiverifyError, InputError, MalformedError, UsageError
from aiverify.signing import keys
from aiverify.signing.keys import ALGORITHMS, PublicKey
from tests.support.signatures import key

PASSWORD = b"open sesame"


def never(shown):
    raise AssertionError(f"asked for the password of {shown}, which has none")


def private_pem(foreign, layout=form.PrivateFormat.PKCS8, password=b""):
    encryption = form.BestAvailableEncryption(password) if password else form.NoEncryption()
    return foreign.private_bytes(form.Encoding.PEM, layout, encryption)


def public_pem(foreign):
    return foreign.public_key().public_bytes(
        form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo
    )


def pem(label, der):
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()


def der(data):
    return base64.b64decode(b"".join(data.splitlines()[1:-1]))


def rsa_key():
    return rsa.generate_private_key(65537, 2048)


def written(folder, data):
    path = folder / "key.pem"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("curve", ALGORITHMS)
def test_what_a_key_signs_its_public_half_confirms(curve):
    signature = key(curve).sign(b"data")

    assert keys.is_signed_by(key(curve).public, signature, b"data")
    assert not keys.is_signed_by(key(curve).public, signature, b"date")


@pytest.mark.parametrize(
    ("curve", "hash_of_the_curve"),
    [("p256", hashes.SHA256()), ("p384", hashes.SHA384()), ("p521", hashes.SHA512())],
)
def test_a_signature_is_what_oms_asks_of_the_curve(curve, hash_of_the_curve):
    public = form.load_pem_public_key(key(curve).public.pem.encode())
    assert isinstance(public, ec.EllipticCurvePublicKey)

    public.verify(key(curve).sign(b"data"), b"data", ec.ECDSA(hash_of_the_curve))


@pytest.mark.parametrize("curve", ["", "P256", "p192", "secp256k1", "Ed25519", "ed448"])
def test_another_curve_is_refused(curve):
    with pytest.raises(UsageError, match="p256, p384, p521, ed25519"):
        keys.generate(curve)


@pytest.mark.parametrize("other", [key("p256", "mallory"), *map(key, ALGORITHMS[1:])])
def test_a_key_does_not_confirm_anothers_signature(other):
    assert not keys.is_signed_by(key().public, other.sign(b"data"), b"data")
    assert not keys.is_signed_by(other.public, key().sign(b"data"), b"data")


def raw_signature():
    """The two numbers side by side, as JOSE writes them."""
    r, s = decode_dss_signature(key().sign(b"data"))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


NO_SIGNATURES = {
    "nothing": b"",
    "zeros": bytes(72),
    "text": b"signature",
    "two zeros in DER": bytes.fromhex("3006020100020100"),
    "a byte too many": key().sign(b"data") + b"\0",
    "not in DER": raw_signature(),
}


@pytest.mark.parametrize("signature", NO_SIGNATURES.values(), ids=NO_SIGNATURES.keys())
def test_what_is_no_signature_confirms_nothing(signature):
    assert not keys.is_signed_by(key().public, signature, b"data")


def test_a_key_of_another_kind_confirms_nothing():
    foreign = PublicKey(public_pem(ed448.Ed448PrivateKey.generate()).decode())

    assert not keys.is_signed_by(foreign, bytes(64), b"data")


def test_a_key_has_the_names_that_oms_and_cosign_give_it():
    public = key().public
    digest = hashlib.sha256(der(public.pem.encode()))

    assert public.der == der(public.pem.encode())
    assert public.cosign_hint == base64.b64encode(digest.digest()).decode()
    assert public.hint == hashlib.sha256(public.pem.encode()).hexdigest()
    assert public.fingerprint == f"sha256:{digest.hexdigest()}"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_knows_its_kind(algorithm):
    assert key(algorithm).public.algorithm == algorithm


@pytest.mark.parametrize("foreign", [ed448.Ed448PrivateKey.generate(), rsa_key()])
def test_a_key_of_another_kind_has_no_name_for_it(foreign):
    with pytest.raises(UsageError, match="is not a key on p256, p384, p521 or ed25519"):
        _ = PublicKey(public_pem(foreign).decode()).algorithm


def test_one_key_has_one_form_however_its_file_is_written(tmp_path):
    written_by_others = [
        key().public.pem.replace("\n", "\r\n"),
        f"my key\n\n{key().public.pem}",
        key().public.pem.rstrip("\n"),
        compressed(key().public.pem),
    ]

    for text in written_by_others:
        assert keys.read_public(written(tmp_path, text.encode())) == key().public


def compressed(text):
    """The same key with its point in the short form."""
    public = form.load_pem_public_key(text.encode())
    assert isinstance(public, ec.EllipticCurvePublicKey)
    point = public.public_bytes(form.Encoding.X962, form.PublicFormat.CompressedPoint)
    whole = der(text.encode())
    head = bytearray(whole[: -2 - 64 - 1])  # up to the bit string's tag
    head[1] -= 32
    return pem("PUBLIC KEY", bytes(head) + bytes([len(point) + 1, 0]) + point).decode()


@pytest.mark.parametrize("curve", ALGORITHMS)
def test_a_key_without_a_password_is_read_without_asking(tmp_path, curve):
    path = written(tmp_path, key(curve).to_pem(b""))

    assert keys.read_private(path, never).public == key(curve).public


@pytest.mark.parametrize(
    "layout", [form.PrivateFormat.PKCS8, form.PrivateFormat.TraditionalOpenSSL]
)
def test_an_encrypted_key_is_read_with_its_password(tmp_path, layout):
    foreign = ec.generate_private_key(ec.SECP256R1())
    path = written(tmp_path, private_pem(foreign, layout, PASSWORD))
    asked = []

    def ask(shown):
        asked.append(shown)
        return PASSWORD

    assert keys.read_private(path, ask).public.pem == public_pem(foreign).decode()
    assert asked == [str(path)]


def test_a_key_that_is_written_with_a_password_is_encrypted(tmp_path):
    text = key().to_pem(PASSWORD)

    assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert keys.read_private(written(tmp_path, text), lambda _: PASSWORD).public == key().public


@pytest.mark.parametrize("password", [b"wrong", PASSWORD + b"\n", b"", b"x" * 2000])
def test_a_wrong_password_is_refused_in_one_sentence(tmp_path, password):
    path = written(tmp_path, key().to_pem(PASSWORD))

    with pytest.raises(InputError, match=r"the password for .*key\.pem is wrong"):
        keys.read_private(path, lambda _: password)


def test_the_want_of_a_password_is_told_by_whoever_was_asked(tmp_path):
    path = written(tmp_path, key().to_pem(PASSWORD))

    def ask(shown):
        raise UsageError(f"no password for {shown}")

    with pytest.raises(UsageError, match="no password for"):
        keys.read_private(path, ask)


def test_a_password_that_is_too_long_to_encrypt_with_is_refused():
    with pytest.raises(AiverifyError):
        key().to_pem(b"x" * 2000)


def test_the_two_halves_are_not_taken_for_each_other(tmp_path):
    public = written(tmp_path, key().public.pem.encode())
    with pytest.raises(MalformedError, match="holds no private key") as caught:
        keys.read_private(public, never)
    assert "`verify` the public one" in caught.value.hint

    for text in (key().to_pem(b""), key().to_pem(PASSWORD)):
        with pytest.raises(MalformedError, match="is a private key") as caught:
            keys.read_public(written(tmp_path, text))
        assert "`verify` the public one" in caught.value.hint


OTHER_KINDS = {
    "RSA": rsa_key(),
    "Ed448": ed448.Ed448PrivateKey.generate(),
    "secp256k1": ec.generate_private_key(ec.SECP256K1()),
    "P-224": ec.generate_private_key(ec.SECP224R1()),
    "Brainpool": ec.generate_private_key(ec.BrainpoolP256R1()),
}


@pytest.mark.parametrize("foreign", OTHER_KINDS.values(), ids=OTHER_KINDS.keys())
def test_a_key_of_another_kind_is_refused(tmp_path, foreign):
    with pytest.raises(UsageError, match="is not a key on p256, p384, p521 or ed25519") as caught:
        keys.read_private(written(tmp_path, private_pem(foreign)), never)
    assert "aiverify keys generate" in caught.value.hint

    with pytest.raises(UsageError, match="is not a key on p256, p384, p521 or ed25519"):
        keys.read_public(written(tmp_path, public_pem(foreign)))


def with_unknown_curve(data):
    """The same DER with a curve that nobody defined in the place of P-256."""
    return data.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030109"))


NO_KEYS = {
    "nothing": b"",
    "text": b"correct horse battery staple",
    "bytes": bytes(range(256)),
    "half of it": key().public.pem.encode()[:60],
    "no body": pem("PUBLIC KEY", b""),
    "another body": pem("PUBLIC KEY", b"\x30\x03\x02\x01\x01"),
    "an Ed25519 point of 31 bytes": pem("PUBLIC KEY", der(key("ed25519").public.pem.encode())[:-1]),
    "DER": der(key().public.pem.encode()),
    "a certificate": pem("CERTIFICATE", der(key().public.pem.encode())),
    "a point off the curve": pem("PUBLIC KEY", der(key().public.pem.encode())[:-1] + b"\0"),
    "an unknown curve": pem("PUBLIC KEY", with_unknown_curve(der(key().public.pem.encode()))),
}


@pytest.mark.parametrize("data", NO_KEYS.values(), ids=NO_KEYS.keys())
def test_what_is_no_public_key_is_refused(tmp_path, data):
    with pytest.raises(MalformedError, match=r"key\.pem is not a public key in PEM"):
        keys.read_public(written(tmp_path, data))


NO_PRIVATE_KEYS = {
    "nothing": b"",
    "text": b"correct horse battery staple",
    "the label alone": b"PRIVATE KEY",
    "half of it": key().to_pem(b"")[:80],
    "no body": pem("PRIVATE KEY", b""),
    "another tool's": pem("ENCRYPTED SIGSTORE PRIVATE KEY", b"{}"),
    "DER": der(key().to_pem(b"")),
    "an unknown curve": pem("PRIVATE KEY", with_unknown_curve(der(key().to_pem(b"")))),
}


@pytest.mark.parametrize("data", NO_PRIVATE_KEYS.values(), ids=NO_PRIVATE_KEYS.keys())
def test_what_is_no_private_key_is_refused(tmp_path, data):
    with pytest.raises(MalformedError, match=r"key\.pem (is not a|holds no) private key in PEM"):
        keys.read_private(written(tmp_path, data), never)


def test_a_file_that_is_too_large_for_a_key_is_not_read(tmp_path):
    path = written(tmp_path, key().public.pem.encode() + bytes(1 << 16))

    with pytest.raises(MalformedError, match="the limit here is 65536"):
        keys.read_public(path)


def test_a_key_that_is_not_there_or_no_file_is_refused(tmp_path):
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(InputError, match=path.name):
            keys.read_public(path)
        with pytest.raises(InputError, match=path.name):
            keys.read_private(path, never)


def test_a_link_to_a_key_is_followed_and_a_loop_is_refused(tmp_path):
    link, loop = tmp_path / "link", tmp_path / "loop"
    link.symlink_to(written(tmp_path, key().public.pem.encode()))
    loop.symlink_to(loop)

    assert keys.read_public(link) == key().public
    with pytest.raises(InputError, match="loop"):
        keys.read_public(loop)
