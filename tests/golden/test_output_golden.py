"""What commands print, to the byte. Keys are fixed; signatures differ on every run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.commands import Completed, call
from tests.support.golden import assert_golden
from tests.support.story import ASSETS, Story

GOLDEN = Path(__file__).parent / "output"

COMMANDS = {
    "inspect-model.txt": (0, "inspect llama"),
    "inspect-model.json": (0, "inspect llama --format json"),
    "inspect-adapter.txt": (0, "inspect llama-lora --base llama --verbose"),
    "inspect-adapter.json": (0, "inspect llama-lora --base llama --format json"),
    "inspect-foreign-adapter.txt": (10, "inspect llama-lora-foreign --base llama"),
    "inspect-pickle.txt": (10, "inspect llama-with-pickle"),
    "inspect-signature.txt": (0, "inspect llama/model.sig"),
    "inspect-signature.json": (0, "inspect llama/model.sig --format json"),
    "inspect-signature-verbose.txt": (0, "inspect llama/model.sig --verbose"),
    "inspect-signature-provenance.txt": (0, "inspect signatures/provenance.sigstore.json"),
    "inspect-signature-provenance.json": (
        0,
        "inspect signatures/provenance.sigstore.json --format json",
    ),
    "inspect-signature-blob.txt": (0, "inspect signatures/blob.sigstore.json"),
    "inspect-signature-summary.txt": (0, "inspect signatures/summary.sigstore.json --verbose"),
    "inspect-signature-hostile.txt": (0, "inspect signatures/hostile.sigstore.json"),
    "verify-allow.txt": (0, "verify llama.tar --profile aiverify.yaml"),
    "verify-adapter.txt": (0, "verify lora.tar --profile aiverify.yaml"),
    "verify-verbose.txt": (0, "verify llama --key release.pub --verbose"),
    "verify-allow.json": (0, "verify llama.tar --profile aiverify.yaml --format json"),
    "verify-flipped.txt": (
        10,
        "verify llama-flipped-byte --key release.pub --signature llama/model.sig",
    ),
    "verify-planted.txt": (
        10,
        "verify llama-planted-file --key release.pub --signature llama/model.sig",
    ),
    "verify-planted.json": (
        10,
        "verify llama-planted-file --key release.pub --signature llama/model.sig --format json",
    ),
    "verify-allow.sarif": (0, "verify llama.tar --profile aiverify.yaml --format sarif"),
    "verify-planted.sarif": (
        10,
        "verify llama-planted-file --key release.pub --signature llama/model.sig --format sarif",
    ),
    "verify-allow.junit.xml": (0, "verify llama.tar --profile aiverify.yaml --format junit"),
    "verify-planted.junit.xml": (
        10,
        "verify llama-planted-file --key release.pub --signature llama/model.sig --format junit",
    ),
    "verify-allow.github": (0, "verify llama.tar --profile aiverify.yaml --format github"),
    "verify-planted.github": (
        10,
        "verify llama-planted-file --key release.pub --signature llama/model.sig --format github",
    ),
    "verify-stranger.txt": (10, "verify llama --key stranger.pub"),
    "verify-unsigned.txt": (10, "verify llama-lora --key release.pub"),
    "verify-no-sbom.txt": (10, "verify llama --profile aiverify.yaml"),
    "trust-show.txt": (0, "trust show aiverify.yaml"),
    "trust-show.json": (0, "trust show aiverify.yaml --format json"),
    "policy-allow.txt": (0, "policy eval --policy aiverify:no_pickled_weights llama"),
    "policy-deny.txt": (10, "policy eval --policy aiverify:signer_count llama"),
    "policy-deny.json": (10, "policy eval --policy aiverify:signer_count llama --format json"),
    "policy-test.txt": (0, "policy test policies/names --verbose --coverage"),
    "policy-test-faulty.txt": (10, "policy test policies/faulty"),
    "policy-test-faulty.json": (10, "policy test policies --format json --threshold 95"),
    "policy-test-faulty.junit.xml": (10, "policy test policies --format junit --threshold 95"),
    "policy-check.txt": (0, "policy check policies/names --strict"),
    "policy-check-faulty.txt": (10, "policy check policies"),
    "policy-check-faulty.json": (10, "policy check policies --format json"),
    "policy-list.txt": (0, "policy list policies"),
    "policy-list.json": (0, "policy list policies --format json"),
    "policy-explain.txt": (0, "policy explain policies/names/names.rego"),
    "policy-explain.json": (0, "policy explain policies/names --format json"),
}


@pytest.fixture(scope="module", autouse=True)
def signatures(story: Story) -> None:
    """Signatures with times and certificates, which were made once, and somebody's policies."""
    shutil.copytree(ASSETS / "signatures", story.root / "signatures")
    shutil.copytree(ASSETS / "house", story.root / "policies")


def masked(done: Completed) -> str:
    """The output without what differs on every run, every release or every change of a policy."""
    if not done.out.startswith("{"):
        return done.out
    document = json.loads(done.out)
    for item in document.get("signatures", []):
        if item["source"].startswith("sha256:"):
            item["source"] = "sha256:<its own>"
    for name in document.get("policies", {}):
        document["policies"][name] = "sha256:<its own>"
    for sarif in document.get("runs", []):
        sarif["tool"]["driver"]["version"] = "<its own>"
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_output_is_the_golden_one(story: Story, name: str):
    exit_code, line = COMMANDS[name]
    done = call(*line.split(), cwd=story.root)
    assert (done.exit_code, done.err) == (exit_code, "")
    assert_golden(GOLDEN / name, masked(done))


@pytest.mark.parametrize("name", [name for name, (_, line) in COMMANDS.items() if "--f" in line])
def test_the_same_command_prints_the_same_again(story: Story, name: str):
    words = COMMANDS[name][1].split()
    assert call(*words, cwd=story.root).out == call(*words, cwd=story.root).out


@pytest.mark.parametrize("name", ["table", "json", "sarif", "junit", "github"])
def test_quiet_leaves_out_the_table_alone_and_no_file(story: Story, tmp_path: Path, name: str):
    words = ("verify", "llama.tar", "--key", "release.pub", "--format", name)
    loud, quiet = (call(*words, *more, cwd=story.root) for more in ((), ("--quiet",)))
    written = call(*words, "--quiet", "-o", tmp_path / "out", cwd=story.root)
    assert (quiet.exit_code, quiet.out) == (0, "" if name == "table" else loud.out)
    assert (written.exit_code, written.out) == (0, "")
    assert (tmp_path / "out").read_text() == loud.out


def test_no_golden_file_is_left_over():
    assert {path.name for path in GOLDEN.iterdir()} == set(COMMANDS)
