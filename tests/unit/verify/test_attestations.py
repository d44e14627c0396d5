"""Step 4: attestations, by the same trust, about this artifact and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.digest import Digest
from aiverify.core.finding import Severity
from aiverify.core.report import Outcome, StepName, Verdict
from aiverify.verify.judgement import policy_document
from tests.support import artifacts
from tests.support.artifacts import Forger
from tests.support.signatures import key
from tests.support.verifying import (
    ALICE,
    MALLORY,
    NOW,
    attach_attestation,
    attach_signature,
    found,
    root_of,
    sbom_in,
    signature_of,
    signed_bundle,
    step_of,
    trusting,
    unsigned_bundle,
    up_to,
    verified,
)

BAD = "AIV-ATTESTATION-BAD"
LIE = {"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": []}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return artifacts.write_tree(tmp_path / "tiny")


@pytest.fixture(params=["tiny.bundle", "tiny.tar"])
def bundle(tree: Path, request: pytest.FixtureRequest) -> Path:
    return signed_bundle(tree, tree.parent / request.param)


def test_the_attested_sbom_is_the_one_that_is_believed(bundle: Path):
    step, evidence = up_to(StepName.ATTESTATIONS, bundle)
    assert (step.outcome, step.detail, step.findings) == (Outcome.PASS, "2 attestations", ())
    assert evidence.sbom == sbom_in(bundle)


def test_an_attestation_of_another_artifact_is_refused_though_a_trusted_key_made_it(bundle: Path):
    attach_attestation(bundle, LIE, Digest.of(b"another"), by=ALICE)
    report = verified(bundle)
    assert report.verdict is Verdict.DENY
    assert found(step_of(report, StepName.ATTESTATIONS)) == [(BAD, Severity.ERROR, "")]


def test_an_untrusted_attestation_is_a_remark_and_no_policy_sees_it(tree: Path, bundle: Path):
    attach_attestation(bundle, LIE, root_of(tree), by=MALLORY)
    step, evidence = up_to(StepName.ATTESTATIONS, bundle)
    assert (step.outcome, evidence.sbom) == (Outcome.PASS, sbom_in(bundle))
    report = verified(bundle)
    assert report.verdict is Verdict.ALLOW
    assert found(report) == [("AIV-SIGNATURE-BAD", Severity.WARNING, "")]


def test_without_a_trusted_one_policy_sees_no_sbom_at_all(tree: Path):
    path = unsigned_bundle(tree, tree.parent / "tiny.tar")
    attach_attestation(path, LIE, root_of(tree), by=MALLORY)
    attach_signature(path, signature_of(tree, tree.parent / "own.sig").read_bytes())
    _, evidence = up_to(StepName.CONTENTS, path)
    document = policy_document(evidence, NOW)
    assert (document["sbom"], document["attestations"]) == (None, [])


def test_an_sbom_swapped_after_signing_changes_nothing_that_is_believed(tree: Path):
    path = signed_bundle(tree, tree.parent / "tiny.bundle")
    truth = sbom_in(path)
    forger = Forger(path)
    swapped = forger.put(b'{"bomFormat":"CycloneDX","specVersion":"1.6"}')
    forger.manifest(lambda manifest: manifest["layers"][0].update(swapped), at=1)
    assert sbom_in(path) != truth
    report = verified(path)
    _, evidence = up_to(StepName.ATTESTATIONS, path)
    assert (report.verdict, evidence.sbom) == (Verdict.ALLOW, truth)


def test_two_different_sboms_are_refused_whatever_their_order(tree: Path, bundle: Path):
    """Their order in the index is signed by nobody: an old one could be moved last."""
    other = sbom_in(bundle) | {"vulnerabilities": [{"id": "CVE-2023-1"}]}
    attach_attestation(bundle, other, root_of(tree), by=ALICE)
    step, evidence = up_to(StepName.ATTESTATIONS, bundle)
    assert (step.outcome, evidence.sbom) == (Outcome.DENY, None)
    assert "2 different SBOMs" in step.findings[0].message


def test_a_predicate_that_nobody_knows_is_kept_and_is_no_sbom(tree: Path, bundle: Path):
    attach_attestation(bundle, LIE, root_of(tree), by=ALICE, predicate_type="https://e.com/x/v1")
    step, evidence = up_to(StepName.ATTESTATIONS, bundle)
    assert (step.outcome, step.detail, evidence.sbom) == (
        Outcome.PASS,
        "3 attestations",
        sbom_in(bundle),
    )


def test_an_attestation_alone_vouches_for_no_bytes(tree: Path):
    path = unsigned_bundle(tree, tree.parent / "tiny.tar")
    attach_attestation(path, sbom_in(path), root_of(tree), by=ALICE)
    report = verified(path)
    assert report.verdict is Verdict.DENY
    assert step_of(report, StepName.ATTESTATIONS).outcome is Outcome.SKIPPED


def test_one_by_a_key_of_another_curve_counts_for_its_signer(tree: Path):
    large = key("p384", "alice")
    path = signed_bundle(tree, tree.parent / "tiny.tar", by=large)
    report = verified(path, trust=trusting({"alice": [ALICE, large]}))
    assert report.verdict is Verdict.ALLOW
