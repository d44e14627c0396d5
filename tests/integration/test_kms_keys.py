"""Keys that never leave their service, against its interface on loopback: AWS KMS and Vault."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from aiverify.errors import InputError, MalformedError, UndecidedError, UsageError
from aiverify.signing.keys import PrivateKey, is_signed_by, open_public, open_signer
from tests.support.signatures import key

DATA = b"more than KMS takes in one message" * 1000
SPECS = {"p256": "ECC_NIST_P256", "p384": "ECC_NIST_P384", "p521": "ECC_NIST_P521"}


def never(shown: str) -> bytes:
    raise AssertionError(f"asked for a password of {shown}")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's credentials and nobody's services."""
    for name in os.environ:
        if name.startswith(("AWS_", "VAULT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("HOME", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("boto3", reason="needs boto3: pip install boto3")
    moto = pytest.importorskip("moto.server", reason='needs moto: pip install "moto[server]"')
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def kms(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the service, to make keys with."""
    import boto3
    from moto.kms.utils import ECDSAPrivateKey

    monkeypatch.setattr(ECDSAPrivateKey, "sign", sign_a_digest)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    return boto3.Session().client("kms")


def sign_a_digest(self: Any, message: bytes, *_: object) -> bytes:
    """What KMS does with MessageType DIGEST, which moto takes for a message to be hashed again."""
    hash_of = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}[len(message)]
    signature: bytes = self.private_key.sign(message, ec.ECDSA(utils.Prehashed(hash_of)))
    return signature


def make(kms: Any, spec: str, usage: str = "SIGN_VERIFY") -> dict[str, str]:
    made: dict[str, str] = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    return made


@pytest.mark.parametrize("algorithm", SPECS)
def test_what_aws_signs_its_public_key_confirms(kms, algorithm):
    made = make(kms, SPECS[algorithm])

    signer = open_signer(f"awskms:{made['KeyId']}", never)
    signature = signer.sign(DATA)

    assert signer.public.algorithm == algorithm
    assert signer.public.der == kms.get_public_key(KeyId=made["KeyId"])["PublicKey"]
    assert is_signed_by(signer.public, signature, DATA)
    assert not is_signed_by(signer.public, signature, DATA[1:])


def test_a_key_of_aws_is_named_by_identifier_arn_or_alias_in_both_spellings(kms):
    made = make(kms, "ECC_NIST_P256")
    kms.create_alias(AliasName="alias/release", TargetKeyId=made["KeyId"])
    names = [made["KeyId"], made["Arn"], "alias/release"]

    found = {
        open_public(f"{scheme}{name}") for scheme in ("awskms:", "awskms:///") for name in names
    }

    assert len(found) == 1
    assert open_signer("awskms:///alias/release", never).sign(DATA)


def test_the_region_of_an_arn_wins(kms, monkeypatch):
    made = make(kms, "ECC_NIST_P256")
    public = open_public(f"awskms:{made['Arn']}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")

    assert open_public(f"awskms:{made['Arn']}") == public
    with pytest.raises(InputError, match="cannot be used"):
        open_public(f"awskms:{made['KeyId']}")


@pytest.mark.parametrize(
    "where", ["awskms:alias/missing", "awskms:///1234abcd-12ab-34cd-56ef-1234567890ab"]
)
def test_a_key_that_aws_does_not_have_is_refused(kms, where):
    with pytest.raises(InputError, match=r"awskms:.* cannot be used: .*NotFound"):
        open_signer(where, never)


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_SECG_P256K1"])
def test_a_key_of_another_kind_at_aws_is_refused(kms, spec):
    with pytest.raises(UsageError, match="is not a key on p256, p384, p521 or ed25519"):
        open_signer(f"awskms:{make(kms, spec)['KeyId']}", never)


def test_a_key_that_encrypts_is_refused(kms):
    made = make(kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")

    with pytest.raises((InputError, UsageError), match=made["KeyId"]):
        open_signer(f"awskms:{made['KeyId']}", never)


def test_a_signature_of_aws_that_its_key_does_not_confirm_goes_no_further(kms, monkeypatch):
    from moto.kms.utils import ECDSAPrivateKey

    made = make(kms, "ECC_NIST_P256")
    signer = open_signer(f"awskms:{made['KeyId']}", never)
    monkeypatch.setattr(ECDSAPrivateKey, "sign", lambda *_: key().sign(DATA))

    with pytest.raises(MalformedError, match="its key does not confirm"):
        signer.sign(DATA)


def test_aws_out_of_reach_is_undecided(kms, monkeypatch):
    with loopback(Silent) as address:
        closed = address
    monkeypatch.setenv("AWS_ENDPOINT_URL", closed)

    with pytest.raises(UndecidedError, match="is out of reach"):
        open_signer("awskms:alias/release", never)
    with pytest.raises(UndecidedError, match="is out of reach"):
        open_public(f"awskms://{closed.removeprefix('http://')}/alias/release")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "AccessDeniedException", InputError),
        (400, "ThrottlingException", UndecidedError),
        (500, "KMSInternalException", UndecidedError),
        (503, "ServiceUnavailable", UndecidedError),
    ],
)
def test_a_refusal_of_aws_and_an_outage_are_told_apart(kms, monkeypatch, status, code, error):
    class Refusing(Silent):
        def do_POST(self) -> None:
            self.answer({"__type": code, "message": "no"}, status)

    with loopback(Refusing) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with pytest.raises(error, match=code):
            open_signer("awskms:alias/release", never)


def test_aws_without_a_region_or_credentials_is_told(kms, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(InputError, match="credentials"):
        open_signer("awskms:alias/release", never)

    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(UsageError, match="needs a region") as caught:
        open_signer("awskms:alias/release", never)
    assert "AWS_DEFAULT_REGION" in caught.value.hint


class Silent(BaseHTTPRequestHandler):
    """A server that says nothing of what it is asked."""

    def log_message(self, *words: Any) -> None:
        return

    def answer(self, value: Any, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def loopback(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


HELD: dict[str, dict[str, PrivateKey]] = {
    "release": {"9": key("ed25519", "old"), "10": key("ed25519")},
    "curve": {"1": key()},
    "large": {"1": key("p384")},
}


class Vault(Silent):
    """The two calls of Vault's transit engine that a signer makes."""

    def do_GET(self) -> None:
        self.answer_for(lambda versions, _: {"keys": {n: shown(k) for n, k in versions.items()}})

    def do_POST(self) -> None:
        self.answer_for(lambda versions, body: {"signature": signed(versions, body)})

    def answer_for(self, make: Any) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        versions = HELD.get(self.path.split("/")[4])
        if self.headers["X-Vault-Token"] != "testing":
            self.answer({"errors": ["permission denied"]}, 403)
        elif versions is None:
            self.answer({"errors": []}, 404)
        else:
            self.answer({"data": make(versions, body)})


def shown(private: PrivateKey) -> dict[str, str]:
    """Vault shows an Ed25519 key as 32 bytes, and others in PEM."""
    if private.public.algorithm == "ed25519":
        return {"public_key": base64.b64encode(private.public.der[-32:]).decode()}
    return {"public_key": private.public.pem}


def signed(versions: dict[str, PrivateKey], body: dict[str, Any]) -> str:
    version = str(body["key_version"])
    signature = versions[version].sign(base64.b64decode(body["input"]))
    return f"vault:v{version}:{base64.b64encode(signature).decode()}"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pytest.importorskip("hvac", reason="needs hvac: pip install hvac")
    with loopback(Vault) as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        monkeypatch.setenv("VAULT_TOKEN", "testing")
        yield


@pytest.mark.parametrize(
    ("where", "public"),
    [
        ("hv:release", key("ed25519").public),
        ("hashivault://release", key("ed25519").public),
        ("hv:release/9", key("ed25519", "old").public),
        ("hashivault://curve/1", key().public),
    ],
)
def test_what_vault_signs_its_public_key_confirms(vault, where, public):
    signer = open_signer(where, never)

    assert signer.public == open_public(where) == public
    assert is_signed_by(public, signer.sign(DATA), DATA)


@pytest.mark.parametrize("where", ["hv:missing", "hv:release/1"])
def test_a_key_that_vault_does_not_have_is_refused(vault, where):
    with pytest.raises(InputError, match=where):
        open_signer(where, never)


def test_a_key_of_vault_on_a_larger_curve_is_refused(vault):
    with pytest.raises(UsageError, match="is a key on p384"):
        open_signer("hv:large", never)


def test_vault_that_does_not_know_the_token_refuses(vault, monkeypatch):
    monkeypatch.setenv("VAULT_TOKEN", "another")

    with pytest.raises(InputError, match="permission denied"):
        open_signer("hv:release", never)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": None},
        {"data": {"keys": {}}},
        {"data": {"keys": []}},
        {"data": {"keys": {"one": {}}}},
        {"data": {"keys": {"1": {}}}},
        {"data": {"keys": {"1": {"public_key": "!"}}}},
        {"data": {"keys": {"1": {"public_key": ""}}}},
        {"data": {"keys": {"1": {"public_key": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}}},
    ],
)
def test_what_vault_gives_for_a_key_is_not_believed(vault, monkeypatch, answer):
    class Odd(Silent):
        def do_GET(self) -> None:
            self.answer(answer)

    with loopback(Odd) as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        with pytest.raises(MalformedError, match="hv:release"):
            open_signer("hv:release", never)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": {}},
        {"data": {"signature": "vault"}},
        {"data": {"signature": "vault:v10:!"}},
        {
            "data": {
                "signature": "vault:v10:" + base64.b64encode(key("ed25519").sign(b"other")).decode()
            }
        },
    ],
)
def test_what_vault_gives_for_a_signature_is_not_believed(vault, monkeypatch, answer):
    class Odd(Vault):
        def do_POST(self) -> None:
            self.answer(answer)

    with loopback(Odd) as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        signer = open_signer("hv:release", never)
        with pytest.raises(MalformedError, match="hv:release gave"):
            signer.sign(DATA)


def test_vault_out_of_reach_is_undecided(vault, monkeypatch):
    class Down(Silent):
        def do_GET(self) -> None:
            self.answer({"errors": ["sealed"]}, 503)

    with loopback(Down) as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        with pytest.raises(UndecidedError, match="sealed"):
            open_signer("hv:release", never)
    with pytest.raises(UndecidedError, match="is out of reach"):
        open_signer("hv:release", never)
