"""Keys that never leave a PKCS#11 token, on a real one made of software: SoftHSM."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiverify.errors import InputError, UsageError
from aiverify.signing.keys import is_signed_by, open_public, open_signer

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
TOKEN, PIN = "release keys", "1234-5678"
DATA = b"what is signed" * 1000
P256, P384, P521, HIDDEN, TWICE = 2, 3, 4, 5, 0x0102


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The token's library, with two tokens: one that has keys, one that has none."""
    pytest.importorskip("pkcs11", reason="needs python-pkcs11: pip install python-pkcs11")
    module = next((path for path in MODULES if Path(path).is_file()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("needs a PKCS#11 token: apt-get install softhsm2")
    place = tmp_path_factory.mktemp("softhsm")
    (place / "tokens").mkdir()
    (place / "softhsm2.conf").write_text(f"directories.tokendir = {place}/tokens\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(place / "softhsm2.conf"))
        for label in (TOKEN, "spare"):
            make_token(label)
        fill(module)
        yield module


def make_token(label: str) -> None:
    pins = ("--pin", PIN, "--so-pin", "officer")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, *pins],
        check=True,
        capture_output=True,
    )


def fill(module: str) -> None:
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    with pkcs11.lib(module).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:

        def make(number: int, curve: str, *, private: bool = False) -> None:
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC,
                {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)},
                local=True,
            )
            parameters.generate_keypair(
                id=pkcs11.util.biginteger(number),
                store=True,
                public_template={pkcs11.Attribute.PRIVATE: private},
            )

        make(P256, "secp256r1")
        make(P384, "secp384r1")
        make(P521, "secp521r1")
        make(HIDDEN, "secp256r1", private=True)
        make(TWICE, "secp256r1")
        make(TWICE, "secp256r1")


@pytest.fixture(autouse=True)
def environment(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYKCS11LIB", library)
    monkeypatch.delenv("AIVERIFY_HSM_PIN", raising=False)


def ask(shown: str) -> bytes:
    return PIN.encode()


def never(shown: str) -> bytes:
    raise AssertionError(f"asked for the PIN of {shown}")


KEYS = [
    (f"hsm:?label={TOKEN.replace(' ', '+')}", "p256"),
    (f"hsm:2?label={TOKEN.replace(' ', '%20')}", "p256"),
    ("hsm:3?label=release+keys", "p384"),
    ("hsm:5?label=release+keys", "p256"),
    ("pkcs11:token=release%20keys;id=%02", "p256"),
    ("pkcs11:token=release%20keys;id=%03;type=private", "p384"),
]


@pytest.mark.parametrize(("where", "algorithm"), KEYS)
def test_what_a_token_signs_its_public_key_confirms(where, algorithm):
    signer = open_signer(where, ask)

    signature = signer.sign(DATA)

    assert signer.public.algorithm == algorithm
    assert is_signed_by(signer.public, signature, DATA)
    assert not is_signed_by(signer.public, signature, DATA + b"\0")


def test_every_way_to_write_a_key_names_the_same_one():
    written = [where for where, algorithm in KEYS if algorithm == "p384"]

    assert len({open_public(where).pem for where in written}) == 1
    assert open_public(written[0]) == open_signer(written[0], ask).public


def test_the_pin_is_asked_for_once_and_only_to_sign():
    asked = []

    def count(shown: str) -> bytes:
        asked.append(shown)
        return PIN.encode()

    signer = open_signer("hsm:2?label=release+keys", count)
    assert asked == []

    signer.sign(DATA)
    signer.sign(DATA)
    assert asked == ["hsm:2"]


def test_the_pin_may_be_in_the_environment_or_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "the pin").write_text(f"{PIN}\n")
    sources = (
        f"{tmp_path}/the%20pin",
        f"file:{tmp_path}/the%20pin",
        f"file://{tmp_path}/the%20pin",
    )
    for source in sources:
        where = f"pkcs11:token=release%20keys;id=%02?pin-source={source}"
        assert open_signer(where, never).sign(DATA)

    monkeypatch.setenv("AIVERIFY_HSM_PIN", PIN)
    assert open_signer("hsm:2?label=release+keys", never).sign(DATA)


@pytest.mark.parametrize("number", [P256, HIDDEN])
def test_a_wrong_pin_is_refused_and_not_shown(number):
    def wrong(shown: str) -> bytes:
        return b"8765-4321"

    with pytest.raises(InputError, match=rf"hsm:{number} cannot be used: PinIncorrect") as caught:
        open_signer(f"hsm:{number}?label=release+keys", wrong).sign(DATA)
    assert "8765" not in caught.value.message


def test_a_pin_that_is_no_text_is_refused():
    with pytest.raises(UsageError, match="is not UTF-8"):
        open_signer("hsm:2?label=release+keys", lambda _: b"\xff").sign(DATA)


def test_a_public_key_that_is_hidden_takes_the_pin_from_the_environment(monkeypatch):
    with pytest.raises(UsageError, match="without a PIN") as caught:
        open_public("hsm:5?label=release+keys")
    assert "AIVERIFY_HSM_PIN" in caught.value.hint

    monkeypatch.setenv("AIVERIFY_HSM_PIN", PIN)
    assert open_public("hsm:5?label=release+keys").algorithm == "p256"


@pytest.mark.parametrize(
    "where", ["hsm:258?label=release+keys", "pkcs11:token=release%20keys;id=%01%02"]
)
# python-pkcs11 leaves the search open when it finds too much, and complains of that later.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_name_that_two_keys_have_is_refused(where):
    with pytest.raises(InputError, match="multiple ECDSA keys"):
        open_signer(where, ask)
    gc.collect()


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("hsm:9?label=release+keys", "could not find ECDSA key"),
        ("hsm:2?label=spare", "could not find ECDSA key"),
        ("hsm:2?label=missing", "No PKCS#11 token found"),
        ("hsm:2", "Multiple PKCS#11 tokens"),
        ("hsm:4?label=release+keys", "not a supported EC curve"),
    ],
)
def test_a_key_that_is_not_there_or_not_alone_is_refused(where, reason):
    with pytest.raises(InputError, match=reason):
        open_signer(where, ask)


def test_a_uri_may_name_the_library_that_the_environment_names(library, monkeypatch):
    where = f"pkcs11:token=release%20keys;id=%02?module-path={library}"

    assert open_signer(where, ask).sign(DATA)

    monkeypatch.setenv("PYKCS11LIB", os.devnull)
    with pytest.raises(UsageError, match="another library"):
        open_signer(where, ask)
