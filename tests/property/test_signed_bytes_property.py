"""Any byte of what was signed, of the signature, or of what witnesses it, matters."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.report import Report, Verdict
from aiverify.errors import MalformedError
from aiverify.files.progress import Silent
from aiverify.operations import signatories
from aiverify.operations.sign import SignRequest, sign_target
from aiverify.operations.verify import VerifyRequest, context_for, verify_target
from aiverify.signing import material, signature_file
from aiverify.signing.authenticate import Authentic, authenticate
from aiverify.signing.keys import PrivateKey
from aiverify.signing.signatories import KeylessSignatory, Signatory
from tests.property.test_signing_property import shuffled
from tests.support.artifacts import MODEL, write_tree
from tests.support.signatures import b64, key
from tests.support.sigstore.client import ALICE
from tests.support.sigstore.instance import LocalSigstore

Value = dict[str, Any]
KINDS = ("key", "key, older log", "identity", "identity, older log")


@dataclass(frozen=True)
class Case:
    """A signed directory, and whom its verifier trusts."""

    root: Path
    request: VerifyRequest

    @property
    def signature(self) -> Path:
        """The signature's file."""
        return self.root / "model" / "model.sig"


@pytest.fixture(scope="module")
def cases() -> Iterator[Callable[[str], Case]]:
    """A case of each kind, made when it is first asked for."""
    with LocalSigstore() as services, tempfile.TemporaryDirectory() as folder:

        @cache
        def case(kind: str) -> Case:
            root = Path(folder) / kind.replace(" ", "").replace(",", "-")
            write_tree(root / "model")
            version = 1 if "older" in kind else 2
            config = services.write_trust_config(root / "trust.json", rekor_version=version)
            signer, whom = _signer(root, services, kind)
            sign_target(SignRequest(root / "model"), signer, Silent())
            profile = {"name": "alice", "logged": True, "timestamped": True, **whom}
            value = {"apiVersion": "aiverify.dev/profile/v1", "trust": {"signers": [profile]}}
            (root / "aiverify.yaml").write_text(json.dumps(value))
            request = VerifyRequest(
                root / "model", profile=root / "aiverify.yaml", trust_config=config
            )
            return Case(root, request)

        yield case


def _signer(root: Path, services: LocalSigstore, kind: str) -> tuple[Signatory, Value]:
    config = root / "trust.json"
    if kind.startswith("identity"):
        known = {"issuer": services.oidc_url, "name": ALICE}
        instance = material.from_file(config)
        return KeylessSignatory(services.token(ALICE), instance), {"identities": [known]}
    alice: PrivateKey = key("p256", "alice")
    (root / "alice.pub").write_text(alice.public.pem)
    witnesses = signatories.witnessing(config, log=True, timestamp=True)
    return signatories.by_key(alice, witnesses), {"keys": ["alice.pub"]}


def judge(case: Case) -> Report:
    return verify_target(case.request, Silent())


@contextmanager
def altered(case: Case, data: bytes) -> Iterator[None]:
    """The case with another signature file, for a while."""
    before = case.signature.read_bytes()
    case.signature.write_bytes(data)
    try:
        yield
    finally:
        case.signature.write_bytes(before)


def assert_refused(case: Case, value: Value) -> None:
    with altered(case, json.dumps(value).encode()):
        try:
            verdict = judge(case).verdict
        except MalformedError:
            return
        assert verdict is Verdict.DENY


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_altered_below_is_good(cases, kind):
    report = judge(cases(kind))
    assert report.verdict is Verdict.ALLOW
    [evidence] = report.evidence
    assert evidence.logged
    assert evidence.time


# The places of a signature file that hold bytes, by where they lie in its JSON.

Place = tuple[str | int, ...]
MATERIAL: Place = ("verificationMaterial",)
ENTRY: Place = (*MATERIAL, "tlogEntries", 0)
PROOF: Place = (*ENTRY, "inclusionProof")

BASE64: dict[str, Place] = {
    "payload": ("dsseEnvelope", "payload"),
    "signature": ("dsseEnvelope", "signatures", 0, "sig"),
    "certificate": (*MATERIAL, "certificate", "rawBytes"),
    "log id": (*ENTRY, "logId", "keyId"),
    "log body": (*ENTRY, "canonicalizedBody"),
    "promise": (*ENTRY, "inclusionPromise", "signedEntryTimestamp"),
    "root hash": (*PROOF, "rootHash"),
    "hash on the way": (*PROOF, "hashes", 0),
    "timestamp": (
        *MATERIAL,
        "timestampVerificationData",
        "rfc3161Timestamps",
        0,
        "signedTimestamp",
    ),
}
NUMBERS: dict[str, Place] = {
    "place in its tree": (*PROOF, "logIndex"),
    "size of the tree": (*PROOF, "treeSize"),
    "place in the log": (*ENTRY, "logIndex"),
    "time in the log": (*ENTRY, "integratedTime"),
}
CHECKPOINT: Place = (*PROOF, "checkpoint", "envelope")


def at(value: Any, place: Place) -> Any:
    """What lies at a place, or None."""
    for step in place:
        inside = isinstance(value, dict) and step in value
        inside |= isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not inside:
            return None
        value = value[step]
    return value


def put(value: Any, place: Place, new: Any) -> None:
    at(value, place[:-1])[place[-1]] = new


def read(case: Case) -> Value:
    value: Value = json.loads(case.signature.read_bytes())
    return value


HELD = {
    "key": set(BASE64) - {"certificate", "promise"},
    "key, older log": set(BASE64) - {"certificate"},
    "identity": set(BASE64) - {"promise"},
    "identity, older log": set(BASE64),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_that_a_kind_has_is_altered_below(cases, kind):
    value = read(cases(kind))
    assert {name for name, place in BASE64.items() if at(value, place)} == HELD[kind]


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name in sorted(HELD[kind])]
)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_byte_that_is_altered_anywhere_is_refused(cases, kind, name, data):
    case = cases(kind)
    value = read(case)
    raw = bytearray(base64.b64decode(at(value, BASE64[name])))
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= data.draw(st.sampled_from([1, 2, 0x20, 0x80, 0xFF]))
    put(value, BASE64[name], b64(bytes(raw)))
    assert_refused(case, value)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_character_of_a_checkpoint_that_is_altered_is_refused(cases, kind, data):
    case = cases(kind)
    value = read(case)
    text = at(value, CHECKPOINT)
    position = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("aA0=\n \u2014").filter(lambda c: c != text[position]))
    put(value, CHECKPOINT, text[:position] + other + text[position + 1 :])
    assert_refused(case, value)


@pytest.mark.parametrize("name", sorted(NUMBERS))
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None)
@given(other=st.integers(-2, 20) | st.integers(0, 2**63))
def test_a_number_of_a_log_entry_that_is_altered_is_refused(cases, kind, name, other):
    case = cases(kind)
    value = read(case)
    before = at(value, NUMBERS[name])
    if before is None or str(other) == before or (name == "time in the log" and other == 0):
        return
    put(value, NUMBERS[name], str(other))
    assert_refused(case, value)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_byte_of_any_file_that_is_altered_is_refused_by_its_name(cases, kind, data):
    case = cases(kind)
    name = data.draw(st.sampled_from(sorted(MODEL)))
    path = case.root / "model" / name
    raw = bytearray(MODEL[name])
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw)
    try:
        report = judge(case)
    finally:
        path.write_bytes(MODEL[name])
    assert report.verdict is Verdict.DENY
    assert [finding.file for finding in report.findings] == [name]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None)
@given(rng=st.randoms(use_true_random=False), indent=st.sampled_from([None, 0, 3]))
def test_the_order_of_keys_in_a_signature_file_changes_nothing(cases, kind, rng, indent):
    case = cases(kind)
    before = judge(case)
    with altered(case, json.dumps(shuffled(read(case), rng), indent=indent).encode()):
        assert judge(case) == before


def payload_of(order: Sequence[str]) -> str:
    """What is signed of the model whose files came into their directory in some order."""
    alice = key("p256", "alice")
    nobody = signatories.witnessing(None, log=False, timestamp=False)
    with tempfile.TemporaryDirectory() as folder:
        model = write_tree(Path(folder) / "model", {name: MODEL[name] for name in order})
        sign_target(SignRequest(model), signatories.by_key(alice, nobody), Silent())
        value: Value = json.loads((model / "model.sig").read_bytes())
    return str(value["dsseEnvelope"]["payload"])


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(sorted(MODEL)))
def test_the_order_in_which_files_came_into_a_directory_changes_nothing(order):
    assert payload_of(order) == payload_of(sorted(MODEL))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mask", [0x01, 0x20])
def test_no_byte_of_a_timestamp_is_without_meaning(cases, kind, mask):
    """Every one of them, for some of what is in a timestamp is signed by nobody."""
    case = cases(kind)
    value = read(case)
    context = context_for(case.request, Silent())
    raw = base64.b64decode(at(value, BASE64["timestamp"]))
    accepted = []
    for position in range(len(raw)):
        changed = bytearray(raw)
        changed[position] ^= mask
        put(value, BASE64["timestamp"], b64(bytes(changed)))
        file = signature_file.parse(json.dumps(value).encode(), "model.sig")
        if isinstance(authenticate(file, context.trust, "model.sig", context.ground), Authentic):
            accepted.append(position)
    assert accepted == []
