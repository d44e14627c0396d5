"""Cards and configurations as people really write them, through `aiverify sbom`.

Whatever is in them, the bill is valid, and what was dropped is a warning.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.artifacts import MODEL
from tests.support.commands import call
from tests.support.cyclonedx import assert_sound
from tests.support.desk import Desk

FORMATS = (
    ("--format", "cyclonedx-json"),
    ("--spec-version", "1.7"),
    ("--format", "cyclonedx-xml"),
    ("--format", "spdx-json"),
)


def card(front_matter: str, prose: str = "# tiny\n") -> bytes:
    return f"---\n{front_matter}\n---\n{prose}".encode()


METRICS = """model-index:
- name: tiny
  results:
  - task: {type: text-generation}
    dataset: {name: arc, type: arc}
    metrics:
    - {type: accuracy, value: [0.5]}
    - {type: f1, value: high}"""

SAID = {
    "UTF-16 with its mark": ("é: x".encode("utf-16"), ""),
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + card("license: mit"), ""),
    "Latin-1": (card("license: mit").replace(b"tiny", b"caf\xe9"), "read as Latin-1"),
    "zero bytes": (card("license: mit") + b"\0", "is zero"),
    "broken YAML": (card("license: [mit"), "is not YAML"),
    "front matter that nothing closes": (b"---\nlicense: mit\n", "closes the front matter"),
    "a licence that is a list": (card("license: [mit, apache-2.0]"), ""),
    "an id that SPDX does not have": (card("license: llama3.2"), ""),
    "a licence that is a number": (card("license: 7"), "license is not a string"),
    "metrics that are no numbers": (card(METRICS), "value is not a number but an array"),
    "a base model that is a list": (card("base_model: [a/b, c/d]"), ""),
    "a base model that is a path": (card("base_model: ../../other"), ""),
    "a base model that is an object": (card("base_model: {a: b}"), "base_model is not a string"),
    "datasets of the wrong type": (card("datasets: {a: b}"), "datasets is not a string"),
    "50 MB": (card("license: mit") + b"x" * 50_000_000, "read up to 2 MiB"),
    "a heading of control characters": (card("license: mit", "# \x07\x1b[2J\ntext\n"), ""),
    "aliases that multiply": (
        card("a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\ntags: [*c,*c]"),
        "front matter",
    ),
}
"""A README.md, and what is said of it; nothing where all of it can be used."""


@pytest.fixture
def model(desk: Desk) -> Path:
    return desk.model(files={**MODEL, "config.json": b'{"model_type": "llama"}'})


@pytest.mark.parametrize(("data", "warning"), SAID.values(), ids=SAID)
def test_a_card_as_people_write_them_gives_a_valid_bill(desk: Desk, model: Path, data, warning):
    (model / "README.md").write_bytes(data)

    done = desk.call("sbom model")

    assert done.exit_code == 0, done.err
    assert_sound(json.loads(done.out))
    assert warning in done.err
    assert bool(warning) == ("warning: " in done.err)


@pytest.mark.parametrize("words", FORMATS, ids=" ".join)
@pytest.mark.parametrize("name", ["broken YAML", "Latin-1", "metrics that are no numbers"])
def test_in_every_format(desk: Desk, model: Path, words: tuple[str, str], name: str):
    (model / "README.md").write_bytes(SAID[name][0])

    done = call("sbom", "model", *words, cwd=desk.place)

    assert done.exit_code == 0, done.err
    assert SAID[name][1] in done.err


WRONG: list[Any] = [None, 5, "x", [], [{}], {"a": [1]}, True, 1e400, "\ud800"]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_values_of_the_wrong_type_are_dropped_and_told(desk: Desk, model: Path, value: Any):
    keys = (
        "architectures",
        "model_type",
        "torch_dtype",
        "vocab_size",
        "max_position_embeddings",
        "quantization_config",
        "transformers_version",
        "_name_or_path",
    )
    (model / "config.json").write_text(json.dumps(dict.fromkeys(keys, value)))

    done = desk.call("sbom model")

    assert done.exit_code in (0, 3), done.err
    assert "Traceback" not in done.err
    if done.exit_code == 0:
        assert_sound(json.loads(done.out))
    else:
        assert done.err.count("error: ") == 1
        assert "config.json" in done.err


def test_its_own_name_in_the_configuration_makes_no_ancestor(desk: Desk, model: Path):
    (model / "config.json").write_text('{"model_type": "llama", "_name_or_path": "meta/llama"}')

    document = json.loads(desk.do("sbom model"))

    assert document["metadata"]["component"]["name"] == "model"
    assert "pedigree" not in document["metadata"]["component"]
