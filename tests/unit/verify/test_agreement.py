"""Step 6: the attested SBOM is about the bytes that were verified, and says what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.finding import Severity
from aiverify.core.report import Outcome, StepName, Verdict
from tests.support import artifacts
from tests.support.verifying import (
    ALICE,
    attach_attestation,
    context,
    found,
    root_of,
    sbom_in,
    signature_of,
    signed_bundle,
    signed_tree,
    unsigned_bundle,
    up_to,
    verified,
)

DISAGREES, CONTRADICTS, UNATTESTED = (
    "AIV-SBOM-DISAGREES",
    "AIV-SBOM-CONTRADICTS",
    "AIV-SBOM-UNATTESTED",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return artifacts.write_tree(tmp_path / "tiny")


@pytest.fixture
def bundle(tree: Path) -> Path:
    return signed_bundle(tree, tree.parent / "tiny.tar")


def test_the_sbom_of_a_signed_bundle_agrees(bundle: Path):
    step, _ = up_to(StepName.SBOM, bundle)
    assert (step.outcome, step.detail, step.findings) == (Outcome.PASS, "attested", ())


def a_file_too_few(document: dict[str, Any]) -> None:
    document["components"] = [
        item for item in document["components"] if item["name"] != "config.json"
    ]


def a_wrong_hash(document: dict[str, Any]) -> None:
    file = next(item for item in document["components"] if item["name"] == "config.json")
    file["hashes"][0]["content"] = "0" * 64


def a_file_too_many(document: dict[str, Any]) -> None:
    document["components"].append({"type": "file", "name": "evil.py"})


def another_licence(document: dict[str, Any]) -> None:
    document["metadata"]["component"]["licenses"] = [{"license": {"id": "MIT"}}]


def no_cyclonedx(document: dict[str, Any]) -> None:
    document["bomFormat"] = "SPDX"


@pytest.mark.parametrize(
    ("lie", "rule"),
    [
        (a_file_too_few, DISAGREES),
        (a_wrong_hash, DISAGREES),
        (a_file_too_many, DISAGREES),
        (another_licence, CONTRADICTS),
        (no_cyclonedx, DISAGREES),
    ],
)
def test_a_trusted_signer_may_not_attest_what_is_not_so(
    tree: Path, lie: Callable[[dict[str, Any]], None], rule: str
):
    """The files' signature comes with the directory, so that the lie is the only attestation."""
    signature_of(tree, tree / "model.sig")
    bundle = unsigned_bundle(tree, tree.parent / "tiny.tar")
    document = sbom_in(bundle)
    lie(document)
    attach_attestation(bundle, document, root_of(tree), by=ALICE)
    step, _ = up_to(StepName.SBOM, bundle)
    assert (step.outcome, {name for name, _, _ in found(step)}) == (Outcome.DENY, {rule})
    assert verified(bundle).verdict is Verdict.DENY


@pytest.mark.parametrize(
    ("require", "outcome", "findings"),
    [
        (False, Outcome.SKIPPED, []),
        (True, Outcome.DENY, [(UNATTESTED, Severity.ERROR, "")]),
    ],
)
def test_a_directory_has_no_sbom_which_the_profile_weighs(
    tmp_path: Path, require: bool, outcome: Outcome, findings: list[object]
):
    tree = signed_tree(tmp_path / "signed")
    step, _ = up_to(StepName.SBOM, tree, context(require_sbom=require))
    assert (step.outcome, found(step)) == (outcome, findings)


@pytest.mark.parametrize(("require", "severity"), [(False, "warning"), (True, "error")])
def test_an_sbom_that_nobody_attested_is_said_to_be_that(tree: Path, require: bool, severity: str):
    path = unsigned_bundle(tree, tree.parent / "unsigned.tar")
    signature = signature_of(path, tree.parent / "beside.sig")
    report = verified(path, signature, require_sbom=require)
    assert found(report) == [(UNATTESTED, Severity(severity), "")]
    assert "carries an SBOM that nobody attested" in report.findings[0].message
    assert report.verdict is (Verdict.DENY if require else Verdict.ALLOW)
