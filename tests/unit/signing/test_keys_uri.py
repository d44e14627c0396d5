"""Words that name a key: a path, a variable, a service, a token; and words that name none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as form

from aiverify.errors import InputError, MalformedError, UsageError
from aiverify.signing.keys import ALGORITHMS, open_public, open_signer
from aiverify.signing.keys.uri import is_remote
from tests.support import cosign_keys
from tests.support.signatures import key

PASSWORD = b"open sesame"
SECRET = "1234-5678"


def never(shown):
    raise AssertionError(f"asked for the password of {shown}")


@pytest.fixture(autouse=True)
def no_token(monkeypatch):
    for name in ("PYKCS11LIB", "AIVERIFY_HSM_PIN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_path_names_a_file(tmp_path, algorithm):
    (tmp_path / "a.key").write_bytes(key(algorithm).to_pem(b""))
    (tmp_path / "a.pub").write_text(key(algorithm).public.pem)

    assert open_signer(str(tmp_path / "a.key"), never).public == key(algorithm).public
    assert open_public(str(tmp_path / "a.pub")) == key(algorithm).public


def test_a_path_may_look_like_a_scheme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("hsm:2").write_text(key().public.pem)
    Path("release:1.pub").write_text(key().public.pem)

    assert open_public("./hsm:2") == key().public
    assert open_public("release:1.pub") == key().public


def sec1(private):
    loaded = form.load_pem_private_key(private.to_pem(b""), None)
    return loaded.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption()
    )


FORMS = {
    "PKCS#8": key().to_pem(b""),
    "PKCS#8, encrypted": key().to_pem(PASSWORD),
    "SEC1": sec1(key()),
    "cosign's": cosign_keys.written(key(), PASSWORD),
}


@pytest.mark.parametrize("pem", FORMS.values(), ids=FORMS.keys())
def test_a_variable_holds_a_private_key_in_any_form(monkeypatch, pem):
    monkeypatch.setenv("RELEASE_KEY", pem.decode())

    assert open_signer("env://RELEASE_KEY", lambda _: PASSWORD).public == key().public


def test_the_password_of_a_variable_is_asked_for_by_its_name(monkeypatch):
    monkeypatch.setenv("RELEASE_KEY", key().to_pem(PASSWORD).decode())
    asked = []

    def ask(shown):
        asked.append(shown)
        return PASSWORD

    open_signer("env://RELEASE_KEY", ask)

    assert asked == ["env://RELEASE_KEY"]


def test_a_variable_holds_a_public_key(monkeypatch):
    monkeypatch.setenv("RELEASE_KEY", key().public.pem)

    assert open_public("env://RELEASE_KEY") == key().public
    with pytest.raises(MalformedError, match=r"env://RELEASE_KEY holds no private key"):
        open_signer("env://RELEASE_KEY", never)


def test_a_private_key_in_a_variable_is_not_taken_for_a_public_one(monkeypatch):
    monkeypatch.setenv("RELEASE_KEY", key().to_pem(b"").decode())

    with pytest.raises(MalformedError, match="env://RELEASE_KEY is a private key"):
        open_public("env://RELEASE_KEY")


@pytest.mark.parametrize(
    "where", ["env://", "env://AIVERIFY_NO_SUCH_KEY", "env://A\0B", "env://EMPTY"]
)
def test_a_variable_that_is_not_there_is_told(monkeypatch, where):
    monkeypatch.setenv("EMPTY", "")

    with pytest.raises(UsageError, match="not set, or empty"):
        open_public(where)
    with pytest.raises(UsageError, match="not set, or empty"):
        open_signer(where, never)


def test_what_a_variable_holds_is_bounded_and_never_shown(monkeypatch):
    for text in (SECRET * 10_000, SECRET):
        monkeypatch.setenv("RELEASE_KEY", text)
        with pytest.raises(MalformedError) as caught:
            open_signer("env://RELEASE_KEY", never)
        assert SECRET not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "where",
    ["k8s://namespace/secret", "https://example.com/key", "file:///key", "AWSKMS://x", "gs://b/k"],
)
def test_a_scheme_that_is_unknown_is_refused(where):
    with pytest.raises(UsageError, match="neither a path nor one of env://, awskms:"):
        open_public(where)
    with pytest.raises(UsageError, match="neither a path"):
        open_signer(where, never)


def test_a_key_in_a_file_is_not_elsewhere():
    assert is_remote("hsm:2")
    assert is_remote("hashivault://release")
    assert not is_remote("release.key")
    assert not is_remote("env://RELEASE_KEY")


NO_KEYS = [
    "awskms:",
    "awskms://",
    "awskms://localhost:4566",
    "gcpkms:",
    "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k",
    "gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/newest",
    "gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/1/more",
    "azurekms:",
    "azurekms://vault.vault.azure.net",
    "azurekms://vault.example.com/keys/name",
    "azurekms://vault@evil.example/keys/name",
    "hv:",
    "hv:name/newest",
    "hv:../sys/raw",
    "hashivault://name/1/2",
    "hsm:two",
    "hsm:-1",
    "hsm:2?pin=1234-5678",
    "hsm:2?label=a&label=b",
    "hsm:2#3",
    "pkcs11:",
    "pkcs11:token=release",
    "pkcs11:object=release",
    "pkcs11:slot-id=0;id=%02",
    "pkcs11:id=",
    "pkcs11:id=%00%02",
    "pkcs11:id=%02;id=%03",
    "pkcs11:id=%02;type=cert",
    "pkcs11:id=%02?pin-value=1234-5678",
    "pkcs11:id=%02?module-name=softhsm2",
    "pkcs11:id=%02?module-path=/lib/token.so",
]


@pytest.mark.parametrize("where", NO_KEYS)
def test_words_that_name_no_key_are_refused_and_no_pin_is_shown(where):
    for call in (lambda: open_signer(where, never), lambda: open_public(where)):
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.message.startswith(where.partition("?")[0])
        assert SECRET not in caught.value.message + caught.value.hint


def test_a_pin_in_a_uri_is_refused_with_the_places_where_it_may_be():
    with pytest.raises(UsageError, match="holds the PIN itself") as caught:
        open_signer(f"pkcs11:id=%02?pin-value={SECRET}", never)

    assert "AIVERIFY_HSM_PIN" in caught.value.hint


EXTRAS = [
    ("awskms:alias/release", "boto3", "aws"),
    (
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/1",
        "google.cloud.kms",
        "gcp",
    ),
    ("azurekms://vault.vault.azure.net/release", "azure.identity", "azure"),
    ("hv:release", "hvac", "vault"),
    ("hashivault://release", "hvac", "vault"),
    ("hsm:2", "pkcs11", "hsm"),
    ("pkcs11:token=release;id=%02", "pkcs11", "hsm"),
]


@pytest.mark.parametrize(("where", "library", "extra"), EXTRAS)
def test_a_library_that_is_missing_is_told_with_its_extra(monkeypatch, where, library, extra):
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(UsageError, match="not installed") as caught:
        open_signer(where, never)

    assert f"its extra `{extra}`" in caught.value.hint


def test_a_token_whose_library_nobody_named_is_told():
    pytest.importorskip("pkcs11", reason="needs the token's library: pip install python-pkcs11")

    with pytest.raises(UsageError, match="the token's library") as caught:
        open_signer("hsm:2", never)
    assert "PYKCS11LIB" in caught.value.hint


def test_a_library_that_cannot_be_loaded_is_refused(monkeypatch, tmp_path):
    pytest.importorskip("pkcs11", reason="needs the token's library: pip install python-pkcs11")
    monkeypatch.setenv("PYKCS11LIB", str(tmp_path / "missing.so"))

    with pytest.raises(InputError, match=r"missing\.so"):
        open_signer("hsm:2", never)
