"""One pair of numbers, one encoding; and keys that anybody could sign for are none."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from nacl import bindings

from aiverify.errors import MalformedError, UsageError
from aiverify.signing import keys
from aiverify.signing.keys import (
    ALGORITHMS,
    CURVES,
    PublicKey,
    is_signed_by,
    is_signed_by_digest,
    parse_private,
)
from aiverify.signing.keys.public import pem_of
from aiverify.signing.keys.verifying import is_signed_as_oms
from tests.support.signatures import key

DATA = b"data"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256 (FIPS 186-4, D.1.2.3)."""

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
"""The order of Ed25519's base point, and its field's (RFC 8032, section 5.1)."""


def private(curve):
    loaded = form.load_pem_private_key(key(curve).to_pem(b""), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return loaded


def integer(body):
    return b"\x02" + bytes([len(body)]) + body


def sequence(body):
    return b"\x30" + bytes([len(body)]) + body


@pytest.fixture
def pair():
    """A good signature's two numbers, in 33 bytes each with a zero before."""
    r, s = decode_dss_signature(key().sign(DATA))
    return r.to_bytes(33, "big"), s.to_bytes(33, "big")


def minimal(number):
    stripped = number.lstrip(b"\0")
    return integer(b"\0" + stripped if stripped[0] & 0x80 else stripped)


def test_the_encodings_below_are_of_a_good_pair(pair):
    r, s = pair

    assert is_signed_by(key().public, sequence(minimal(r) + minimal(s)), DATA)


def test_no_other_encoding_of_a_good_pair_confirms_anything(pair):
    r, s = pair
    good = minimal(r) + minimal(s)
    others = [
        b"\x30\x81" + bytes([len(good)]) + good,
        b"\x30\x82\0" + bytes([len(good)]) + good,
        b"\x30\x80" + good + b"\0\0",
        sequence(integer(b"\0\0" + r) + minimal(s)),
        sequence(minimal(r) + integer(b"\0\0" + s)),
        sequence(good) + b"\0",
        sequence(good + b"\0"),
        sequence(good + integer(b"\1")),
        sequence(good)[:-1],
        b"\x31" + sequence(good)[1:],
        sequence(b"\x02\x81" + minimal(r)[1:] + minimal(s)),
    ]

    for signature in others:
        assert not is_signed_by(key().public, signature, DATA)
        assert not is_signed_by_digest(
            key().public, signature, "sha256", hashlib.sha256(DATA).digest()
        )


def test_a_number_outside_the_group_confirms_nothing(pair):
    r, s = (int.from_bytes(number, "big") for number in pair)

    for numbers in ((r + ORDER, s), (r, s + ORDER), (0, s), (r, 0), (-r, s), (r, s - ORDER)):
        assert not is_signed_by(key().public, signed_integers(*numbers), DATA)


def signed_integers(*numbers):
    size = 34
    return sequence(
        b"".join(integer(stripped(number.to_bytes(size, "big", signed=True))) for number in numbers)
    )


def stripped(number):
    """Two's complement in as few bytes as DER takes."""
    while len(number) > 1 and number[0] == (0xFF if number[1] & 0x80 else 0):
        number = number[1:]
    return number


def test_the_mirrored_signature_holds_as_ecdsa_has_it():
    """Whoever sees (r, s) can write (r, n - s): no signature is the name of what it signs."""
    r, s = decode_dss_signature(key().sign(DATA))

    assert is_signed_by(key().public, encode_dss_signature(r, ORDER - s), DATA)


@pytest.mark.parametrize("curve", ["p384", "p521"])
def test_sha256_is_taken_for_the_larger_curves_as_cosign_2_signed(curve):
    signature = private(curve).sign(DATA, ec.ECDSA(hashes.SHA256()))

    assert is_signed_by(key(curve).public, signature, DATA)
    assert not is_signed_by(key(curve).public, signature, b"date")


@pytest.mark.parametrize("curve", ["p384", "p521"])
def test_what_is_handed_on_has_the_hash_of_the_curve(curve):
    signature = private(curve).sign(DATA, ec.ECDSA(hashes.SHA256()))

    assert not is_signed_as_oms(key(curve).public, signature, DATA)
    assert is_signed_as_oms(key(curve).public, key(curve).sign(DATA), DATA)


@pytest.mark.parametrize(
    ("curve", "other"),
    [
        ("p256", hashes.SHA384()),
        ("p256", hashes.SHA512()),
        ("p256", hashes.SHA1()),
        ("p384", hashes.SHA512()),
        ("p384", hashes.SHA1()),
        ("p521", hashes.SHA384()),
        ("p521", hashes.SHA1()),
    ],
)
def test_another_hash_is_not_taken(curve, other):
    signature = private(curve).sign(DATA, ec.ECDSA(other))

    assert not is_signed_by(key(curve).public, signature, DATA)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_digest_is_signed_and_verified_without_its_bytes(curve, algorithm):
    digest = hashlib.new(algorithm, DATA).digest()

    signature = key(curve).sign_digest(algorithm, digest)

    assert is_signed_by_digest(key(curve).public, signature, algorithm, digest)
    assert not is_signed_by_digest(key(curve).public, signature, algorithm, digest[::-1])
    assert not is_signed_by_digest(key("p256", "mallory").public, signature, algorithm, digest)


def test_the_signature_of_a_digest_is_the_signature_of_its_bytes():
    digest = hashlib.sha256(DATA).digest()

    assert is_signed_by(key().public, key().sign_digest("sha256", digest), DATA)
    assert is_signed_by_digest(key().public, key().sign(DATA), "sha256", digest)


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [("sha1", bytes(20)), ("md5", bytes(16)), ("", b""), ("sha256", bytes(48)), ("sha512", b"")],
)
def test_what_is_no_digest_is_not_signed_and_confirms_nothing(algorithm, digest):
    with pytest.raises(UsageError, match="not a digest"):
        key().sign_digest(algorithm, digest)
    assert not is_signed_by_digest(key().public, key().sign(DATA), algorithm, digest)


def test_an_ed25519_key_signs_no_digests():
    digest = hashlib.sha512(DATA).digest()

    with pytest.raises(UsageError, match="whole messages"):
        key("ed25519").sign_digest("sha512", digest)
    for signature in (
        *map(key("ed25519").sign, (DATA, digest)),
        *(ed25519ph(key("ed25519"), signed) for signed in (DATA, digest)),
    ):
        assert not is_signed_by_digest(key("ed25519").public, signature, "sha512", digest)


def test_an_ed25519_signature_has_one_form():
    signature = key("ed25519").sign(DATA)
    s = int.from_bytes(signature[32:], "little")
    others = [
        signature[:32] + (s + L).to_bytes(32, "little"),
        signature[:32] + (s + 2 * L).to_bytes(32, "little"),
        signature[:32] + (L - s).to_bytes(32, "little"),
        signature[:63],
        signature + b"\0",
        b"",
        bytes(64),
    ]

    assert is_signed_by(key("ed25519").public, signature, DATA)
    for other in others:
        assert not is_signed_by(key("ed25519").public, other, DATA)


PH_PUBLIC = "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"
PH_SIGNATURE = bytes.fromhex(
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
    "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
)
"""The test vector of RFC 8032, section 7.3, for the message `abc`."""


def ed25519ph(by, data):
    """What cosign makes of an envelope with an Ed25519 key."""
    loaded = form.load_pem_private_key(by.to_pem(b""), None)
    assert isinstance(loaded, ed25519.Ed25519PrivateKey)
    secret = loaded.private_bytes_raw() + loaded.public_key().public_bytes_raw()
    state = bindings.crypto_sign_ed25519ph_state()
    bindings.crypto_sign_ed25519ph_update(state, data)
    return bindings.crypto_sign_ed25519ph_final_create(state, secret)


def test_the_vector_of_the_rfc_holds_for_ed25519ph():
    public = PublicKey(ed25519_key(bytes.fromhex(PH_PUBLIC)).decode())

    assert is_signed_by(public, PH_SIGNATURE, b"abc")
    assert not is_signed_by(public, PH_SIGNATURE, b"abd")


def test_an_ed25519_keys_prehashed_signature_is_taken_as_cosign_attests():
    signature = ed25519ph(key("ed25519"), DATA)
    public = key("ed25519").public

    assert is_signed_by(public, signature, DATA)
    assert not is_signed_by(public, signature, hashlib.sha512(DATA).digest())
    assert not is_signed_by(key("ed25519", "mallory").public, signature, DATA)
    assert not is_signed_by(public, ed25519ph(key("ed25519", "mallory"), DATA), DATA)


def test_what_is_handed_on_is_pure_ed25519():
    assert is_signed_as_oms(key("ed25519").public, key("ed25519").sign(DATA), DATA)
    assert not is_signed_as_oms(key("ed25519").public, ed25519ph(key("ed25519"), DATA), DATA)


def test_an_ed25519ph_signature_has_one_form():
    signature = ed25519ph(key("ed25519"), DATA)
    s = int.from_bytes(signature[32:], "little")
    others = [
        signature[:32] + (s + L).to_bytes(32, "little"),
        signature[:32] + (s + 2 * L).to_bytes(32, "little"),
        signature[:32] + (L - s).to_bytes(32, "little"),
        signature[:63],
        signature + b"\0",
    ]
    flipped = [
        bytes(byte ^ (at == place) for at, byte in enumerate(signature)) for place in range(64)
    ]

    for other in (*others, *flipped):
        assert not is_signed_by(key("ed25519").public, other, DATA)


def ed25519_key(encoded):
    return pem_of(bytes.fromhex("302a300506032b6570032100") + encoded)


SMALL_ORDER = {
    "order 1": (1).to_bytes(32, "little"),
    "order 1, signed zero": (1 | 1 << 255).to_bytes(32, "little"),
    "order 1, unreduced": (P + 1).to_bytes(32, "little"),
    "order 2": (P - 1).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 4, the other": (1 << 255).to_bytes(32, "little"),
    "order 4, unreduced": P.to_bytes(32, "little"),
    "order 8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "order 8, 2": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    "order 8, 3": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "order 8, 4": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
}


@pytest.mark.parametrize("encoded", SMALL_ORDER.values(), ids=SMALL_ORDER.keys())
def test_an_ed25519_key_of_small_order_is_refused(encoded):
    with pytest.raises(MalformedError, match="Ed25519 key"):
        keys.parse_public(ed25519_key(encoded), "key.pub")
    with pytest.raises(MalformedError, match="Ed25519 key"):
        is_signed_by(PublicKey(ed25519_key(encoded).decode()), bytes(64), DATA)


def test_the_library_alone_takes_a_forgery_for_such_a_key():
    """Why they are refused: this pair holds for every message, and nobody's key made it."""
    public = ed25519.Ed25519PublicKey.from_public_bytes(SMALL_ORDER["order 1"])
    forged = (1).to_bytes(32, "little") + bytes(32)

    public.verify(forged, b"any message")
    public.verify(forged, b"any other")
    with pytest.raises(InvalidSignature):
        public.verify(key("ed25519").sign(DATA), DATA)


@pytest.mark.parametrize("y", [2, 7, P + 3, 2**255 - 1])
def test_an_ed25519_key_that_is_no_point_or_not_reduced_is_refused(y):
    with pytest.raises(MalformedError, match=r"Ed25519|not on the curve"):
        keys.parse_public(ed25519_key(y.to_bytes(32, "little")), "key.pub")


def test_a_key_of_this_library_is_never_refused_for_its_point():
    for _ in range(50):
        assert keys.generate("ed25519").public.algorithm == "ed25519"
        assert keys.parse_public(keys.generate("ed25519").public.pem.encode(), "key.pub")


EXPLICIT = (
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////"
    "MFsEIP////8AAAABAAAAAAAAAAAAAAAA///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9Jg"
    "SwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n"
    "60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABA=="
)
"""The head of a P-256 key that spells its curve out, up to the point's coordinates."""


def explicit_public():
    return pem_of(base64.b64decode(EXPLICIT) + key().public.der[-64:])


def test_a_key_that_spells_its_curve_out_is_refused_though_the_library_reads_it():
    assert form.load_pem_public_key(explicit_public())

    with pytest.raises(MalformedError, match="spells its curve out"):
        keys.parse_public(explicit_public(), "key.pub")


@pytest.mark.parametrize("other", [key("p384"), key("ed25519")])
def test_a_file_with_two_keys_is_refused(other):
    both = key().public.pem + other.public.pem

    with pytest.raises(MalformedError, match="more than one"):
        keys.parse_public(both.encode(), "key.pub")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_in_sec1_or_pkcs8_is_the_same_key(algorithm):
    loaded = form.load_pem_private_key(key(algorithm).to_pem(b""), None)
    layouts = [form.PrivateFormat.PKCS8]
    if algorithm in CURVES:
        layouts.append(form.PrivateFormat.TraditionalOpenSSL)

    for layout in layouts:
        pem = loaded.private_bytes(form.Encoding.PEM, layout, form.NoEncryption())
        assert parse_private(pem, "key", lambda _: b"").public == key(algorithm).public
