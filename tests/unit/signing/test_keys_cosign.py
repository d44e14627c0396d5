"""Cosign's encrypted private keys: read with their password, refused before they cost anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa

from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.signing import keys
from aiverify.signing.keys import ALGORITHMS, parse_private
from tests.support import cosign_keys
from tests.support.cosign_keys import COSIGN, SIGSTORE, b64, document, pkcs8, wrapped
from tests.support.signatures import key

PASSWORD = b"open sesame"


def never(shown):
    raise AssertionError(f"asked for the password of {shown}, which could not be used")


def refused(pem, ask=never):
    """Why a key is malformed."""
    with pytest.raises(MalformedError, match=r"cosign\.key") as caught:
        parse_private(pem, "cosign.key", ask)
    return caught.value.message


@pytest.fixture
def inside() -> dict[str, Any]:
    return document(pkcs8(key()), PASSWORD)


@pytest.mark.parametrize("label", [SIGSTORE, COSIGN])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_of_cosign_is_read_with_its_password(tmp_path, algorithm, label):
    path = tmp_path / "cosign.key"
    path.write_bytes(cosign_keys.written(key(algorithm), PASSWORD, label))
    asked = []

    def ask(shown):
        asked.append(shown)
        return PASSWORD

    assert keys.read_private(path, ask).public == key(algorithm).public
    assert asked == [str(path)]


def test_the_parameters_that_cosign_takes_are_allowed():
    pem = wrapped(document(pkcs8(key()), PASSWORD, {"N": 65536, "r": 8, "p": 1}))

    assert parse_private(pem, "cosign.key", lambda _: PASSWORD).public == key().public


def test_a_key_may_have_an_empty_password():
    pem = cosign_keys.written(key(), b"")

    assert parse_private(pem, "cosign.key", lambda _: b"").public == key().public


@pytest.mark.parametrize("password", [b"", b"wrong", PASSWORD + b"\n"])
def test_another_password_is_refused(password):
    pem = cosign_keys.written(key(), PASSWORD)

    with pytest.raises(InputError, match=r"the password for cosign\.key is wrong"):
        parse_private(pem, "cosign.key", lambda _: password)


@pytest.mark.parametrize("part", ["ciphertext", "nonce", "salt"])
def test_a_box_that_was_altered_does_not_open(inside, part):
    member = {"ciphertext": inside, "nonce": inside["cipher"], "salt": inside["kdf"]}[part]
    member[part] = ("B" if member[part][0] == "A" else "A") + member[part][1:]

    with pytest.raises(InputError, match="the password"):
        parse_private(wrapped(inside), "cosign.key", lambda _: PASSWORD)


@pytest.mark.parametrize(
    "params",
    [
        {"N": 1 << 40, "r": 8, "p": 1},
        {"N": 1 << 22, "r": 8, "p": 1},
        {"N": 2, "r": 1 << 30, "p": 1},
        {"N": 65536, "r": 8, "p": 16},
        {"N": 2, "r": 1, "p": 1 << 20},
    ],
)
def test_a_key_that_would_eat_the_memory_or_the_time_is_refused_unasked(inside, params):
    inside["kdf"]["params"] = params

    assert "scrypt" in refused(wrapped(inside))


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("N", 0),
        ("N", 1),
        ("N", 1000),
        ("N", -1024),
        ("N", True),
        ("N", 1024.0),
        ("N", "1024"),
        ("N", None),
        ("r", 0),
        ("p", 0),
        ("p", -1),
    ],
)
def test_parameters_that_are_none_are_refused_unasked(inside, name, number):
    inside["kdf"]["params"][name] = number

    assert "cosign" in refused(wrapped(inside))


def test_parameters_that_scrypt_itself_refuses_are_malformed(inside):
    inside["kdf"]["params"] = {"N": 1 << 17, "r": 1, "p": 1}

    assert "scrypt takes no such" in refused(wrapped(inside), lambda _: PASSWORD)


ALTERATIONS = {
    "another derivation": lambda value: value["kdf"].update(name="pbkdf2"),
    "another cipher": lambda value: value["cipher"].update(name="aes"),
    "no derivation": lambda value: value.pop("kdf"),
    "no cipher": lambda value: value.pop("cipher"),
    "a cipher that is a text": lambda value: value.update(cipher="nacl/secretbox"),
    "no parameters": lambda value: value["kdf"].pop("params"),
    "no salt": lambda value: value["kdf"].pop("salt"),
    "no ciphertext": lambda value: value.pop("ciphertext"),
    "a ciphertext that is a number": lambda value: value.update(ciphertext=1),
    "a ciphertext that is no base64": lambda value: value.update(ciphertext="!"),
    "a ciphertext that is too short": lambda value: value.update(ciphertext=b64(bytes(15))),
    "a nonce that is too short": lambda value: value["cipher"].update(nonce=b64(bytes(23))),
    "a nonce that is too long": lambda value: value["cipher"].update(nonce=b64(bytes(25))),
}


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_a_key_that_lacks_a_part_is_refused_unasked(inside, alter):
    alter(inside)

    assert "cosign" in refused(wrapped(inside))


def test_a_part_that_is_there_twice_is_refused_unasked(inside):
    text = json.dumps(inside)
    twice = f'{text[:-1]}, "ciphertext": "{b64(bytes(32))}"}}'

    assert "duplicate key" in refused(wrapped(twice.encode()))


@pytest.mark.parametrize(
    "pem",
    [
        wrapped(b"{"),
        wrapped(b"[]"),
        wrapped(b""),
        b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
        f"-----BEGIN {SIGSTORE}-----\ne30=\n-----END {COSIGN}-----\n".encode(),
        f"-----BEGIN {SIGSTORE}-----\ne30\n-----END {SIGSTORE}-----\n".encode(),
    ],
)
def test_what_is_no_key_at_all_is_refused_unasked(pem):
    assert refused(pem)


def test_what_is_in_the_box_has_to_be_a_key_that_signs_here():
    opened = wrapped(document(b"no key", PASSWORD))
    assert "encrypts no private key" in refused(opened, lambda _: PASSWORD)

    foreign = rsa.generate_private_key(65537, 2048).private_bytes(
        form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption()
    )
    with pytest.raises(UsageError, match=r"cosign\.key is not a key on p256"):
        parse_private(wrapped(document(foreign, PASSWORD)), "cosign.key", lambda _: PASSWORD)


def test_a_key_of_cosign_is_no_public_key():
    with pytest.raises(MalformedError, match="is a private key"):
        keys.parse_public(cosign_keys.written(key(), PASSWORD), "cosign.key")
