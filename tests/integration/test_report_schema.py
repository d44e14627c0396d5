"""Every report that the command line prints is what the published schema says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.support.commands import PROJECT, call
from tests.support.story import Story

SCHEMA = json.loads((PROJECT / "docs" / "schemas" / "report.v1.json").read_text())

CASES = {
    "a directory": ("llama --key release.pub", 0),
    "a bundle by profile": ("llama.tar --profile aiverify.yaml", 0),
    "an adapter by profile": ("lora.tar --profile aiverify.yaml", 0),
    "a flipped byte": ("llama-flipped-byte --key release.pub --signature llama/model.sig", 10),
    "a planted file": ("llama-planted-file --key release.pub --signature llama/model.sig", 10),
    "no signature": ("llama-lora --key release.pub", 10),
    "a stranger's key": ("llama --key stranger.pub", 10),
    "a policy without an answer": ("llama --key release.pub --policy conflict.rego", 11),
}


@pytest.mark.parametrize(("words", "exit_code"), CASES.values(), ids=CASES.keys())
def test_a_report_keeps_to_its_schema(story: Story, tmp_path: Path, words: str, exit_code: int):
    root = story.copy(story.root, tmp_path / "story")
    (root / "conflict.rego").write_text(
        "package main\n\np := 1\n\np := 2\n\ndeny contains 'x' if p == 3\n".replace("'", '"')
    )

    done = call("verify", *words.split(), "--format", "json", cwd=root)

    assert done.exit_code == exit_code, done
    report = json.loads(done.out)
    jsonschema.validate(report, SCHEMA)
    assert {0: "allow", 10: "deny", 11: "error"}[exit_code] == report["verdict"]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
