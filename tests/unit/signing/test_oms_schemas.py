"""What is written keeps to the letter of OMS v1.0, by every method and in every serialization."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jsonschema
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aiverify.core.serialization import Serialization
from aiverify.errors import MalformedError, UsageError
from aiverify.signing import oms, statement
from aiverify.signing.keys import parse_private
from aiverify.signing.signatories import CertificateSignatory
from aiverify.verify.target import plain_path
from tests.support import certificates
from tests.support.artifacts import write_tree
from tests.support.commands import PROJECT
from tests.support.signatures import key, listing, sign
from tests.support.verifying import ALICE, sign_with

OMS = PROJECT / "tests" / "assets" / "oms"
BUNDLE, STATEMENT = (
    json.loads((OMS / f"{name}.v1.schema.json").read_text()) for name in ("bundle", "statement")
)
FILES = {"a-b": b"1", "a/b": b"22", "config.json": b"{}", "empty": b"", "xy:0:1": b"colons"}


def assert_to_the_letter(data: bytes) -> dict:
    """The payload, once file and payload are what the specification says."""
    bundle = json.loads(data)
    jsonschema.validate(bundle, BUNDLE)
    payload = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    jsonschema.validate(payload, STATEMENT)
    names = [resource["name"] for resource in payload["predicate"]["resources"]]
    assert names == sorted(names)
    hash_type = payload["predicate"]["serialization"]["hash_type"]
    assert {item["algorithm"] for item in payload["predicate"]["resources"]} == {hash_type}
    return payload


@pytest.mark.parametrize("shard_size", [0, 1, 3, 1000])
@pytest.mark.parametrize("algorithm", ["sha256", "blake2b", "blake3"])
def test_every_serialization_is_written_to_the_letter(tmp_path: Path, algorithm, shard_size):
    tree = write_tree(tmp_path / "tiny", FILES)
    way = Serialization(algorithm, shard_size)

    place = sign_with(ALICE, tree, serialization=way, ignore=("config.json",)).place

    payload = assert_to_the_letter(place.read_bytes())
    assert payload["subject"][0]["name"] == "tiny"
    assert payload["predicate"]["serialization"].get("shard_size", 0) == shard_size


def test_a_single_file_is_named_by_its_basename(tmp_path: Path):
    tree = write_tree(tmp_path / "tiny", FILES)

    payload = assert_to_the_letter(sign_with(ALICE, tree / "a" / "b").place.read_bytes())

    assert [item["name"] for item in payload["predicate"]["resources"]] == ["b"]
    assert payload["subject"][0]["name"] == "b"


@pytest.mark.parametrize("curve", ["p256", "p384", "p521", "ed25519"])
def test_a_bundle_by_a_key_is_written_to_the_letter(curve):
    assert_to_the_letter(sign(listing(), key(curve)).to_bytes())


def test_a_bundle_by_a_certificate_is_written_to_the_letter():
    authority = certificates.root()
    leaf = authority.leaf()
    pem = leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = parse_private(pem, "the key", lambda _: b"")
    signatory = CertificateSignatory(signer, (leaf.der, authority.der))

    assert_to_the_letter(signatory.sign(listing()).to_bytes())


def test_a_list_of_files_in_a_statement_of_another_version_is_refused():
    """Other predicates may be: cosign writes version 0.1 to this day."""
    payload = listing().to_bytes().replace(b"Statement/v1", b"Statement/v0.1")

    says = statement.parse(payload, "the statement")

    with pytest.raises(MalformedError, match="Statement v1"):
        oms.read(says, "the signature")


@pytest.mark.parametrize("path", ["*.bin", "a?", "[ab]", "/etc", "../up", "a/../b", "", "."])
def test_a_path_that_oms_cannot_leave_out_is_refused(path):
    with pytest.raises(UsageError):
        plain_path(path)
