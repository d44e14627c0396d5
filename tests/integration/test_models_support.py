"""The directories that tests describe are what they are said to be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from aiverify.core.facts import State
from aiverify.files.tree import list_tree
from aiverify.formats.look import look_at_all
from tests.support import models
from tests.support.artifacts import read_tree

BUILDERS = (
    models.dataset,
    models.diffusers_style,
    models.gguf,
    models.go_program,
    models.llama_style,
    models.locked,
    models.lora,
    models.onnx,
    models.requirements,
    models.sharded,
)


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_a_directory_is_the_same_each_time_and_without_fault(
    build: Callable[[Path], Path], tmp_path: Path
) -> None:
    one, two = build(tmp_path / "one"), build(tmp_path / "two")

    assert read_tree(one) == read_tree(two)
    looked = look_at_all(list_tree(one).members)
    assert {item.name: item.state for item in looked} == dict.fromkeys(read_tree(one), State.CLEAN)
    assert [finding for item in looked for finding in item.facts.findings] == []


@pytest.mark.parametrize("build", [models.llama_style, models.sharded])
def test_a_llama_style_model_has_as_many_parameters_as_it_says(
    build: Callable[[Path], Path], tmp_path: Path
) -> None:
    looked = look_at_all(list_tree(build(tmp_path / "model")).members)

    counted = [
        item.facts.values["parameters"] for item in looked if "parameters" in item.facts.values
    ]
    assert sum(counted) == models.PARAMETERS  # type: ignore[arg-type]


def test_a_licence_without_a_text_here_leaves_the_text_out(tmp_path: Path) -> None:
    tree = read_tree(models.llama_style(tmp_path / "model", licence="llama3.2"))

    assert "LICENSE" not in tree
    assert b"license: llama3.2\n" in tree["README.md"][0]


def test_the_data_are_those_that_their_description_has_digests_of(tmp_path: Path) -> None:
    tree = read_tree(models.dataset(tmp_path / "data"))

    for name in ("data/train.jsonl", "data/test.csv"):
        assert hashlib.sha256(tree[name][0]).hexdigest().encode() in tree["croissant.json"][0]
