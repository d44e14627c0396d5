"""The bills of materials of one artifact of each sort, made from its files by the command."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from aiverify.core.jsonvalue import pretty
from aiverify.sbom.fields import FIELDS
from aiverify.sbom.properties import PROPERTIES
from tests.support import models
from tests.support.commands import call
from tests.support.cyclonedx import assert_sound
from tests.support.golden import assert_golden

GOLDEN = Path(__file__).parent / "sbom" / "models"

MINILM = os.environ.get("AIVERIFY_MINILM", "")

ARTIFACTS = [
    models.llama_style,
    models.sharded,
    models.lora,
    models.gguf,
    models.onnx,
    models.diffusers_style,
    models.dataset,
    models.go_program,
]


@pytest.mark.parametrize("build", ARTIFACTS, ids=lambda build: build.__name__)
def test_the_bill_of_an_artifact_is_the_golden_one(build: Callable[[Path], Path], tmp_path: Path):
    path = build(tmp_path / build.__name__)

    hold(path, build.__name__, tmp_path)


def test_the_bill_of_an_adapter_whose_base_and_dataset_are_at_hand(tmp_path: Path):
    base = models.llama_style(tmp_path / "llama")
    dataset = models.dataset(tmp_path / "notes")
    adapter = models.lora(tmp_path / "lora")

    hold(adapter, "lora_at_hand", tmp_path, "--base", base, "--dataset", dataset)


@pytest.mark.skipif(
    not MINILM,
    reason="AIVERIFY_MINILM names no model; the head of tests/integration/test_minilm.py "
    "says how to get it",
)
def test_the_bill_of_minilm_is_the_golden_one(tmp_path: Path):
    hold(Path(MINILM).resolve(), "minilm", tmp_path, "--name", "all-MiniLM-L6-v2")


def test_every_property_is_one_that_is_written_down():
    documents = [json.loads(path.read_bytes()) for path in GOLDEN.glob("*.json")]
    used = {name for document in documents for name in names_of(document)}

    assert not {name for name in used if not is_written_down(name)}


def names_of(value: object) -> Iterator[str]:
    """The names of all properties, wherever they are."""
    if isinstance(value, dict):
        yield from (item["name"] for item in value.get("properties", ()))
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from names_of(item)


def is_written_down(name: str) -> bool:
    """Whether a name is in the table; behind `source:` also without its prefix, or as a field."""
    source = name.removeprefix("aiverify:source:")
    if source != name:
        return source in FIELDS or is_written_down(f"aiverify:{source}")
    return any(fnmatchcase(name, pattern) for pattern in PROPERTIES)


def hold(path: Path, name: str, cwd: Path, *words: str | Path) -> None:
    """Hold the bill to a golden file, and have nothing said beside it."""
    done = call("sbom", path, *words, cwd=cwd, env={"SOURCE_DATE_EPOCH": "1735689600"})
    assert (done.exit_code, done.err) == (0, "")
    document = json.loads(done.out)
    assert_sound(document)
    document["metadata"]["tools"]["components"][0].pop("version", None)
    assert_golden(GOLDEN / f"{name}.json", pretty(document))
