"""Step 2: every byte against what was signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.finding import Severity
from aiverify.core.report import Outcome, StepName
from aiverify.verify.evidence import Request
from tests.support import artifacts
from tests.support.artifacts import Forger
from tests.support.verifying import (
    ALICE,
    BOB,
    MALLORY,
    attach_signature,
    context,
    found,
    signature_of,
    signed_bundle,
    signed_tree,
    trusting,
    up_to,
    verified,
)

ERROR, WARNING = Severity.ERROR, Severity.WARNING
CHANGED, MISSING, EXTRA, UNSIGNED, FOREIGN = (
    "AIV-INTEGRITY-CHANGED",
    "AIV-INTEGRITY-MISSING",
    "AIV-INTEGRITY-EXTRA",
    "AIV-INTEGRITY-UNSIGNED",
    "AIV-SIGNATURE-MISUSED",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return signed_tree(tmp_path / "tiny")


def integrity(request: Request | Path, **given):
    return up_to(StepName.INTEGRITY, request, context(**given))


def test_an_artifact_as_it_was_signed_passes(tree: Path):
    step, evidence = integrity(tree)
    assert (step.outcome, step.detail, step.findings) == (
        Outcome.PASS,
        "5 files, each as signed",
        (),
    )
    assert [item.signer for item in evidence.counted] == ["alice"]


def test_a_changed_byte_is_named_with_both_digests(tree: Path):
    before = artifacts.manifest_of(artifacts.MODEL).by_name["config.json"].digest
    (tree / "config.json").write_bytes(b"{}")
    step, evidence = integrity(tree)
    assert (step.outcome, found(step)) == (Outcome.DENY, [(CHANGED, ERROR, "config.json")])
    after = artifacts.manifest_of({"config.json": b"{}"}).entries[0].digest
    assert step.findings[0].message == f"config.json is {after}, and {before} was signed"
    assert evidence.counted == ()


def test_every_difference_is_reported_and_not_only_the_first(tree: Path):
    (tree / "README.md").unlink()
    (tree / "config.json").write_bytes(b"[]")
    (tree / "evil.py").write_bytes(b"")
    (tree / "onnx" / "more.sh").write_bytes(b"")
    step, _ = integrity(tree)
    assert found(step) == [
        (CHANGED, ERROR, "config.json"),
        (MISSING, ERROR, "README.md"),
        (EXTRA, ERROR, "evil.py"),
        (EXTRA, ERROR, "onnx/more.sh"),
    ]


def test_a_renamed_file_is_missing_and_extra(tree: Path):
    (tree / "config.json").rename(tree / "config.bak")
    assert [rule for rule, _, _ in found(integrity(tree)[0])] == [MISSING, EXTRA]


def test_two_files_that_swapped_their_bytes_are_both_changed(tree: Path):
    one, other = tree / "config.json", tree / "README.md"
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)
    assert [file for _, _, file in found(integrity(tree)[0])] == ["README.md", "config.json"]


def test_the_signature_of_another_artifact_is_one_finding_and_not_hundreds(tmp_path: Path):
    other = signed_tree(tmp_path / "other", {"a.json": b"{}", "b.json": b"[]"})
    tree = artifacts.write_tree(tmp_path / "tiny")
    step, _ = integrity(Request(tree, (other / "model.sig",)))
    assert found(step) == [(FOREIGN, ERROR, "")]
    assert "speaks of another artifact, other" in step.findings[0].message


def test_without_an_authentic_signature_nothing_is_hashed(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny", by=MALLORY)
    step, evidence = integrity(tree)
    assert (step.outcome, evidence.manifest) == (Outcome.SKIPPED, None)


@pytest.mark.parametrize("planted", [".git/hooks/pre-commit", ".gitattributes", ".github/a/b.yml"])
def test_a_file_planted_where_no_signature_looks_is_reported(tree: Path, planted: str):
    path = tree / planted
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"#!/bin/sh\n")
    step, _ = integrity(tree)
    assert (step.outcome, found(step)) == (Outcome.PASS, [(UNSIGNED, WARNING, planted)])


def test_a_directory_called_git_below_the_top_is_signed_like_any_other(tree: Path):
    (tree / "onnx" / ".git").mkdir()
    (tree / "onnx" / ".git" / "config").write_bytes(b"")
    assert found(integrity(tree)[0]) == [(EXTRA, ERROR, "onnx/.git/config")]


def test_files_that_a_trusted_signer_left_out_are_reported(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny", ignore=["onnx", "model.safetensors"])
    step, _ = integrity(tree)
    assert (step.outcome, found(step)) == (
        Outcome.PASS,
        [(UNSIGNED, WARNING, "model.safetensors")],
    )
    assert "model.safetensors, onnx/run.sh" in step.findings[0].message


def test_what_an_untrusted_signature_leaves_out_is_not_left_out(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny")
    weights = tree / "model.safetensors"
    evil = signature_of(tree, tmp_path / "evil.sig", MALLORY, ignore=["model.safetensors"])
    weights.write_bytes(b"poison")
    step, _ = integrity(Request(tree, (tree / "model.sig", evil)))
    assert found(step) == [(CHANGED, ERROR, "model.safetensors")]


def test_a_path_is_left_out_only_if_every_signer_left_it_out(tmp_path: Path):
    tree = signed_tree(tmp_path / "tiny")
    lax = signature_of(tree, tmp_path / "bob.sig", BOB, ignore=["model.safetensors"])
    both = trusting({"alice": [ALICE], "bob": [BOB]})
    (tree / "model.safetensors").write_bytes(b"poison")
    step, evidence = integrity(Request(tree, (tree / "model.sig", lax)), trust=both)
    assert [item.signer for item in evidence.counted] == ["bob"]
    assert (UNSIGNED, WARNING, "model.safetensors") in found(step)


@pytest.mark.parametrize("first", ["strict", "lax"])
def test_what_one_of_two_signers_left_out_is_reported_in_either_order(tmp_path: Path, first: str):
    tree = artifacts.write_tree(tmp_path / "tiny")
    strict = signature_of(tree, tmp_path / "alice.sig", ALICE)
    lax = signature_of(tree, tmp_path / "bob.sig", BOB, ignore=["model.safetensors"])
    order = (strict, lax) if first == "strict" else (lax, strict)
    two = trusting({"alice": [ALICE], "bob": [BOB]}, threshold=2)
    step, _ = integrity(Request(tree, order), trust=two)
    assert (UNSIGNED, WARNING, "model.safetensors") in found(step)


def test_a_requested_path_is_left_out_and_reported(tree: Path):
    (tree / "notes.txt").write_bytes(b"mine")
    step, _ = integrity(Request(tree, ignore=("notes.txt",)))
    assert (step.outcome, found(step)) == (Outcome.PASS, [(UNSIGNED, WARNING, "notes.txt")])


def test_unsigned_files_pass_if_the_request_accepts_them_and_changed_ones_do_not(tree: Path):
    (tree / "notes.txt").write_bytes(b"mine")
    step, _ = integrity(Request(tree, ignore_unsigned=True))
    assert (step.outcome, found(step)) == (Outcome.PASS, [(UNSIGNED, WARNING, "notes.txt")])
    (tree / "config.json").write_bytes(b"{}")
    step, _ = integrity(Request(tree, ignore_unsigned=True))
    assert (CHANGED, ERROR, "config.json") in found(step)


def test_the_old_signature_in_the_directory_is_reported_when_another_is_named(tree: Path):
    elsewhere = tree.parent / "new.sig"
    signature_of(tree, elsewhere)
    step, _ = integrity(Request(tree, (elsewhere,)))
    assert found(step) == [(UNSIGNED, WARNING, "model.sig")]


def test_a_blob_that_differs_from_its_bundle_is_named(tmp_path: Path):
    tree = artifacts.write_tree(tmp_path / "tiny")
    path = signed_bundle(tree, tmp_path / "tiny.bundle")
    digest = artifacts.manifest_of(artifacts.MODEL).by_name["README.md"].digest
    blob = Forger(path).blob(str(digest))
    blob.write_bytes(blob.read_bytes().swapcase())
    assert found(integrity(path)[0]) == [(CHANGED, ERROR, "README.md")]


def test_a_bundle_whose_manifest_lies_is_denied_though_the_signer_signed_its_bytes(tmp_path: Path):
    honest = artifacts.write_tree(tmp_path / "tiny")
    path = signed_bundle(honest, tmp_path / "tiny.bundle")
    digest = artifacts.manifest_of(artifacts.MODEL).by_name["README.md"].digest
    blob = Forger(path).blob(str(digest))
    changed = blob.read_bytes().swapcase()
    (honest / "README.md").write_bytes(changed)
    attach_signature(path, signature_of(honest, tmp_path / "new.sig").read_bytes())
    blob.write_bytes(changed)
    step, _ = integrity(path)
    assert (step.outcome, found(step)) == (Outcome.DENY, [(CHANGED, ERROR, "README.md")])
    assert "its bundle says" in step.findings[0].message


def test_one_file_verifies_with_the_signature_beside_it(tmp_path: Path):
    signed_tree(tmp_path / "tiny", {"runner": b"\x7fELF"})
    file = tmp_path / "tiny" / "runner"
    signature_of(file, tmp_path / "tiny" / "runner.sigstore.json")
    assert integrity(file)[0].outcome is Outcome.PASS
    file.write_bytes(b"\x7fELG")
    assert integrity(file)[0].outcome is Outcome.DENY


def test_two_runs_report_the_same_findings_in_the_same_order(tree: Path):
    for name in ("z.py", "a.py", "m.py"):
        (tree / name).write_bytes(b"")
    assert verified(tree).to_json() == verified(tree).to_json()
