"""Step 3: distinct trusted signers, up to the threshold."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.finding import Severity
from aiverify.core.report import Outcome, StepName, Verdict
from aiverify.core.trust import Trust
from aiverify.signing import dsse, oms, statement
from aiverify.signing.predicates import CYCLONEDX
from aiverify.verify.evidence import Request
from tests.support import artifacts, signatures
from tests.support.verifying import (
    ALICE,
    ALICES_OTHER,
    BOB,
    MALLORY,
    context,
    found,
    signature_of,
    step_of,
    trusting,
    up_to,
    verified,
)

BAD, NONE, FEW, MISUSED = (
    "AIV-SIGNATURE-BAD",
    "AIV-SIGNATURE-NONE",
    "AIV-SIGNATURE-THRESHOLD",
    "AIV-SIGNATURE-MISUSED",
)
TWO = trusting({"alice": [ALICE, ALICES_OTHER], "bob": [BOB]}, threshold=2)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return artifacts.write_tree(tmp_path / "tiny")


def signed_by(tree: Path, *keys) -> list[Path]:
    """A signature by each key, in a file of its own."""
    return [signature_of(tree, tree.parent / f"{at}.sig", by) for at, by in enumerate(keys)]


def rules(report) -> list[str]:
    return [rule for rule, _, _ in found(step_of(report, StepName.SIGNATURES))]


@pytest.mark.parametrize(
    ("signers", "counted", "verdict"),
    [
        ((ALICE, BOB), "signed by alice, bob; 2 needed", Verdict.ALLOW),
        ((ALICE, ALICE), "signed by alice; 2 needed", Verdict.DENY),
        ((ALICE, ALICES_OTHER), "signed by alice; 2 needed", Verdict.DENY),
        ((ALICE, MALLORY), "signed by alice; 2 needed", Verdict.DENY),
        ((ALICE, ALICES_OTHER, BOB), "signed by alice, bob; 2 needed", Verdict.ALLOW),
        ((ALICE,), "signed by alice; 2 needed", Verdict.DENY),
        ((MALLORY, MALLORY), "signed by nobody; 2 needed", Verdict.DENY),
    ],
)
def test_a_signer_counts_once(tree: Path, signers, counted: str, verdict: Verdict):
    report = verified(tree, *signed_by(tree, *signers), trust=TWO)
    assert (step_of(report, StepName.SIGNATURES).detail, report.verdict) == (counted, verdict)
    assert (FEW in rules(report)) == (verdict is Verdict.DENY)


def test_the_same_file_named_twice_is_one_signer(tree: Path):
    (once,) = signed_by(tree, ALICE)
    assert verified(tree, once, once, trust=TWO).verdict is Verdict.DENY


def test_a_strangers_signature_is_an_error_alone_and_a_remark_beside_a_trusted_one(tree: Path):
    own, strange = signed_by(tree, ALICE, MALLORY)
    alone = verified(tree, strange)
    assert (alone.verdict, rules(alone)) == (Verdict.DENY, [BAD])
    beside = verified(tree, own, strange)
    assert (beside.verdict, rules(beside)) == (Verdict.ALLOW, [BAD])
    assert step_of(beside, StepName.SIGNATURES).findings[0].severity is Severity.WARNING


def test_an_artifact_without_a_signature_is_denied(tree: Path):
    report = verified(tree)
    assert (report.verdict, report.exit_code, rules(report)) == (Verdict.DENY, 10, [NONE])


def test_a_signature_of_other_files_does_not_count_towards_the_threshold(tree: Path):
    other = artifacts.write_tree(tree.parent / "other", {"a.json": b"{}"})
    elsewhere = signature_of(other, tree.parent / "elsewhere.sig", BOB)
    (own,) = signed_by(tree, ALICE)
    report = verified(tree, own, elsewhere, trust=TWO)
    assert (report.verdict, FEW in rules(report)) == (Verdict.DENY, True)
    assert "speaks of other files" in step_of(report, StepName.SIGNATURES).findings[1].message


def altered_payload(data: bytes) -> bytes:
    """The signature with another root digest in its statement, and the old signature bytes."""
    value = json.loads(data)
    payload = re.sub(
        rb'"sha256":"[0-9a-f]{64}"',
        b'"sha256":"' + b"0" * 64 + b'"',
        dsse.parse(value["dsseEnvelope"], "").payload,
    )
    value["dsseEnvelope"]["payload"] = signatures.b64(payload)
    return json.dumps(value).encode()


def other_type(data: bytes) -> bytes:
    """The same statement, called plain JSON."""
    value = json.loads(data)
    value["dsseEnvelope"]["payloadType"] = "application/json"
    return json.dumps(value).encode()


def hint_of_alice(data: bytes) -> bytes:
    """Mallory's signature, with Alice's hint."""
    value = json.loads(data)
    value["verificationMaterial"]["publicKey"]["hint"] = ALICE.public.hint
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("by", "forge"), [(ALICE, altered_payload), (ALICE, other_type), (MALLORY, hint_of_alice)]
)
def test_a_forged_signature_does_not_count(tree: Path, by, forge):
    path = tree / "model.sig"
    path.write_bytes(forge(signature_of(tree, path, by).read_bytes()))
    report = verified(tree)
    assert (report.verdict, rules(report)) == (Verdict.DENY, [BAD])


def test_a_replaced_model_sig_is_refused(tree: Path):
    signature_of(tree, tree / "model.sig")
    assert verified(tree).verdict is Verdict.ALLOW
    (tree / "model.sig").unlink()
    signature_of(tree, tree / "model.sig", MALLORY)
    assert verified(tree).verdict is Verdict.DENY


@pytest.mark.parametrize("predicate_type", [CYCLONEDX, "https://example.com/unknown/v1"])
def test_an_attestation_is_no_signature_of_the_artifact(tree: Path, predicate_type: str):
    says = statement.attesting(predicate_type, {}, "tiny", Digest.of(b""))
    path = tree / "model.sig"
    path.write_bytes(signatures.sign(says, ALICE).to_bytes())
    report = verified(tree)
    assert (report.verdict, rules(report)) == (Verdict.DENY, [MISUSED])
    assert predicate_type in step_of(report, StepName.SIGNATURES).findings[0].message


def test_an_authentic_statement_that_contradicts_itself_does_not_count(tree: Path):
    manifest = artifacts.manifest_of(artifacts.MODEL)
    says = oms.build("tiny", manifest, ())
    lie = statement.Statement(
        says.predicate_type, (statement.Subject("tiny", {"sha256": "0" * 64}),), says.predicate
    )
    (tree / "model.sig").write_bytes(signatures.sign(lie, ALICE).to_bytes())
    report = verified(tree)
    assert (report.verdict, rules(report)) == (Verdict.DENY, [BAD])


def test_the_step_sees_only_signers_whose_files_agree(tree: Path):
    paths = tuple(signed_by(tree, ALICE, BOB))
    step, evidence = up_to(StepName.SIGNATURES, Request(tree, paths), context(trust=TWO))
    assert step.outcome is Outcome.PASS
    assert [item.signer for item in evidence.counted] == ["alice", "bob"]


def test_trust_with_any_key_of_a_signer_is_enough(tree: Path):
    either = Trust(TWO.signers)
    assert verified(tree, *signed_by(tree, ALICES_OTHER), trust=either).verdict is Verdict.ALLOW
