"""Whatever `inspect` says of a signature is what the published schema says."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import jsonschema
import pytest

from aiverify.operations.seen import remarks
from aiverify.signing import signature_file
from tests.support.commands import PROJECT, Completed, assert_refused, call
from tests.support.signature_samples import hostile, samples, unsigned
from tests.support.sigstore import fixture
from tests.support.sigstore.client import WEIGHTS, sign, statement
from tests.support.story import ASSETS, Story

SCHEMA = json.loads((PROJECT / "docs" / "schemas" / "signature.v1.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CORPUS = PROJECT / "tests" / "compat" / "corpus"

sigstore = fixture.sigstore


def assert_keeps(done: Completed) -> dict[str, object]:
    assert (done.exit_code, done.err) == (0, ""), done
    document: dict[str, object] = json.loads(done.out)
    VALIDATOR.validate(document)
    return document


def assert_told(path: Path) -> dict[str, object]:
    """Both views work, and the one for tools keeps to the schema."""
    page = call("inspect", path, "--verbose", cwd=path.parent)
    assert (page.exit_code, page.err) == (0, "")
    assert "Nothing here was verified" in page.out
    return assert_keeps(call("inspect", path, "--format", "json", cwd=path.parent))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_knows_every_remark_and_no_other():
    made = re.findall(r'_(?:warning|note)\(\s*"([a-z-]+)"', inspect.getsource(remarks))
    known = SCHEMA["properties"]["remarks"]["items"]["properties"]["name"]["enum"]
    assert set(made) | {"expired"} == set(known)


def test_a_signature_of_a_model_keeps_to_the_schema(story: Story):
    assert_told(story.model / "model.sig")


@pytest.mark.parametrize("path", sorted((ASSETS / "signatures").iterdir()), ids=lambda it: it.name)
def test_a_sample_keeps_to_the_schema(path: Path):
    assert_told(path)


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b"x" * (10 << 20)])
def test_a_payload_that_is_no_statement_keeps_to_the_schema(tmp_path: Path, data: bytes):
    (tmp_path / "a").write_bytes(unsigned(data).to_bytes())
    assert_told(tmp_path / "a")


def test_what_other_tools_signed_keeps_to_the_schema():
    told = 0
    for path in sorted(CORPUS.rglob("*.sigstore.json")):
        data = path.read_bytes()
        if not signature_file.is_signature(data):
            continue
        done = call("inspect", path, "--format", "json", cwd=CORPUS)
        if done.exit_code == 0:
            assert_keeps(done)
            told += 1
        else:
            assert_refused(done, 3, path.name)
    assert told > 50


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("what", [WEIGHTS, statement()], ids=["artifact", "statement"])
def test_what_sigstore_signs_is_told_in_full(sigstore, tmp_path: Path, version, what):
    (tmp_path / "a").write_text(sign(sigstore, what, rekor_version=version).to_json())
    document = assert_told(tmp_path / "a")
    assert [item["ofThisSignature"] for item in document["log"]] == [True]
    assert [item["promised"] for item in document["log"]] == [version == 1]
    assert all(item["ofThisSignature"] for item in document["timestamps"])
    assert document["signer"]["certificates"][0]["names"] == ["e-mail alice@example.com"]
    assert [item["name"] for item in document["remarks"]] == ["short-lived"]


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    (tmp_path / "a.sig").write_bytes(samples()["provenance.sigstore.json"].to_bytes())
    return tmp_path


def test_no_base_fits_a_signature(signed: Path):
    assert_refused(call("inspect", "a.sig", "--base", ".", cwd=signed), 2, "only an adapter")


def test_there_is_no_sarif_of_a_signature(signed: Path):
    assert_refused(call("inspect", "a.sig", "--format", "sarif", cwd=signed), 2, "SARIF")


def test_a_signature_is_not_written_over(signed: Path):
    before = (signed / "a.sig").read_bytes()
    assert_refused(call("inspect", "a.sig", "-o", "a.sig", cwd=signed), 2, "a.sig")
    assert (signed / "a.sig").read_bytes() == before


def test_a_file_is_written(signed: Path):
    done = call("inspect", "a.sig", "-o", "out.txt", cwd=signed)
    assert (done.exit_code, done.out, done.err) == (0, "", "")
    assert "Nothing here was verified" in (signed / "out.txt").read_text()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": ', "JSON"),
        ('{"mediaType": "application/vnd.dev.sigstore.bundle.v9+json", "dsseEnvelope": {}}', "v9"),
        (
            '{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": 5}',
            "a.j",
        ),
    ],
)
def test_a_broken_bundle_is_one_sentence(tmp_path: Path, text: str, words: str):
    (tmp_path / "a.json").write_text(text)
    assert_refused(call("inspect", "a.json", cwd=tmp_path), 3, "a.json", words)


def test_a_hostile_name_of_the_file_is_escaped(tmp_path: Path):
    path = tmp_path / "a\x1b[31m\n.sig"
    path.write_bytes(hostile().to_bytes())
    assert "\x1b" not in call("inspect", path, cwd=tmp_path).out
    assert_told(path)


def test_a_directory_and_other_files_are_inspected_as_before(story: Story):
    for name in ("llama", "llama/config.json", "aiverify.yaml"):
        document = json.loads(call("inspect", name, "--format", "json", cwd=story.root).out)
        assert document["apiVersion"] == "aiverify.dev/inspection/v1"
