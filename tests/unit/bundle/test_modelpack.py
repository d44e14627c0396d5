"""CNCF ModelPack: the config that catalogues read, and the layers that are files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from aiverify.bundle import modelpack
from aiverify.core.artifact import Kind
from aiverify.core.description import Description, Stated
from aiverify.core.digest import Digest
from aiverify.core.facts import Facts, FileFacts, Role
from aiverify.files.extent import Extent
from aiverify.files.tree import Member
from tests.support import described
from tests.support.artifacts import TIME

SCHEMA = Path(__file__).parents[2] / "assets" / "modelpack-config.schema.json"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture
def layer(tmp_path):
    """The layer of a file by its name, role and permission."""
    path = tmp_path / "data"
    path.write_bytes(b"data")

    def make(name, role=Role.WEIGHT, kind=Kind.MODEL, executable=False):
        member = Member(name, Extent.of_file(path), executable)
        facts = FileFacts(name, 4, Facts("unknown", role))
        return modelpack.layer(member, Digest.of(b"data"), facts, kind, TIME)

    return make


def config_of(artifact, description, *layers):
    return json.loads(modelpack.config(artifact, description, layers))


DESCRIBED = {
    "a model with a card": described.llama(),
    "an adapter": described.lora(),
    "a model of which nothing is known": replace(
        described.component(), description=Description(), artifact=described.artifact_of("a")
    ),
}


@pytest.mark.parametrize("known", DESCRIBED.values(), ids=DESCRIBED.keys())
def test_the_config_is_what_the_specification_asks(known, validator, layer):
    validator.validate(config_of(known.artifact, known.description, layer("a")))


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"descriptor": {"name": ""}},
        {"descriptor": {"license": "mit"}},
        {"config": {"paramSize": 7}},
        {"config": {"capabilities": {"languages": ["english"]}}},
        {"modelfs": {"type": "layers", "diffIds": []}},
        {"modelfs": {"type": "layers"}},
    ],
)
def test_the_schema_itself_refuses_what_the_specification_refuses(change, validator, layer):
    config = config_of(described.llama().artifact, described.llama().description, layer("a"))

    assert not validator.is_valid({**config, **change})


def test_the_config_is_filled_from_the_facts(layer):
    llama = described.llama()

    assert config_of(llama.artifact, llama.description, layer("a")) == {
        "descriptor": {
            "name": "tiny-llama",
            "version": "1.0.0",
            "family": "llama",
            "licenses": ["llama3.2"],
        },
        "config": {
            "architecture": "LlamaForCausalLM",
            "format": "safetensors",
            "paramSize": "1.2b",
            "precision": "bf16",
            "capabilities": {"languages": ["en", "de"]},
        },
        "modelfs": {"type": "layers", "diffIds": [str(Digest.of(b"data"))]},
    }


def test_what_nobody_states_is_left_out(layer):
    config = config_of(described.artifact_of("a"), Description(), layer("a"))

    assert config["descriptor"] == {"name": "tiny-llama"}
    assert config["config"] == {}


def test_only_two_letter_codes_are_languages(layer):
    stated = ("en", "EN", "eng", "pt-BR", "e\u0301", "en\n", "")
    description = Description(languages=tuple(Stated(text, "README.md") for text in stated))

    config = config_of(described.artifact_of("a"), description, layer("a"))

    assert config["config"]["capabilities"] == {"languages": ["en"]}


def test_a_quotation_mark_in_a_name_stays_in_its_string(layer):
    artifact = described.artifact_of("a", name='"}, "config": {')

    assert config_of(artifact, Description(), layer("a"))["descriptor"] == {"name": artifact.name}


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (999, "999"),
        (1000, "1k"),
        (1049, "1k"),
        (22_713_216, "22.7m"),
        (999_949, "999.9k"),
        (999_950, "1m"),
        (999_999_999, "1b"),
        (8_030_261_248, "8b"),
        (1_235_814_400, "1.2b"),
        (10**12, "1t"),
        (10**15, "1000t"),
    ],
)
def test_a_number_of_parameters_is_said_as_people_say_it(count, text):
    assert modelpack.magnitude(count) == text


@pytest.mark.parametrize(
    ("role", "media_type"),
    [
        (Role.WEIGHT, "application/vnd.cncf.model.weight.v1.raw"),
        (Role.CONFIG, "application/vnd.cncf.model.weight.config.v1.raw"),
        (Role.DOC, "application/vnd.cncf.model.doc.v1.raw"),
        (Role.CODE, "application/vnd.cncf.model.code.v1.raw"),
        (Role.DATASET, "application/vnd.cncf.model.dataset.v1.raw"),
    ],
)
def test_a_file_is_a_raw_layer_of_its_role(layer, role, media_type):
    made = layer("onnx/model.onnx", role)

    assert (made.media_type, made.digest, made.size) == (media_type, Digest.of(b"data"), 4)
    assert made.annotations["org.cncf.model.filepath"] == "onnx/model.onnx"


def test_a_component_is_a_file_and_no_model(layer):
    assert layer("server", kind=Kind.COMPONENT).media_type == "application/octet-stream"


@pytest.mark.parametrize(("executable", "mode"), [(False, 0o644), (True, 0o755)])
def test_of_a_files_metadata_only_the_executable_bit_is_its_own(layer, executable, mode):
    annotations = layer("bin/run.sh", executable=executable).annotations

    assert json.loads(annotations["org.cncf.model.file.metadata+json"]) == {
        "name": "run.sh",
        "mode": mode,
        "uid": 0,
        "gid": 0,
        "size": 4,
        "mtime": TIME,
        "typeflag": 48,
    }
