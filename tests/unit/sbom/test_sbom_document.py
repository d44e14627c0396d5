"""What the CycloneDX document of an artifact says, and that bad input does not break it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiverify.core.artifact import Kind
from aiverify.core.description import BaseReference, Description, Metric, Stated
from aiverify.core.jsonvalue import canonical, loads
from aiverify.sbom.composing.compose import compose
from aiverify.sbom.composing.refs import MAX_VERSION
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.identity import serial_number
from tests.support import described
from tests.support.cyclonedx import assert_sound
from tests.support.described import Described, artifact_of


def document_of(given: Described, timestamp: str | None = None):
    bom = compose(given.artifact, given.description, given.files, base=given.base)
    serial = serial_number(given.artifact.manifest.root)
    return encode(bom, serial=serial, timestamp=timestamp)


def root_of(given: Described):
    return document_of(given)["metadata"]["component"]


def described_as(**statements) -> Described:
    return Described(artifact_of("model.safetensors"), Description(**statements))


def properties(component, name: str) -> list[str]:
    return [item["value"] for item in component["properties"] if item["name"] == name]


def said(*values) -> tuple[Stated, ...]:
    return tuple(Stated(value, "README.md#here") for value in values)


BAD = {
    "a list of licences": described_as(licences=said("mit", "llama3.2", "mit or apache-2.0")),
    "a licence that SPDX does not know": described_as(licences=said("llama3.2")),
    "the licence other": described_as(licences=said("other")),
    "a licence of spaces": described_as(licences=said("  ")),
    "metrics that are no numbers": described_as(
        metrics=said(Metric("f1", "high"), Metric("f1", "nan"), Metric("", ""), Metric("", "{}"))
    ),
    "itself as a base": described_as(base_models=said(BaseReference("tiny-llama"))),
    "a base twice": described_as(
        base_models=said(BaseReference("a/b"), BaseReference("a/b", "main"), BaseReference("a/b"))
    ),
    "a base with marks of a ref": described_as(
        base_models=said(BaseReference("a@b"), BaseReference("a", "b"), BaseReference("a", "", "b"))
    ),
    "dataset names with spaces": described_as(datasets=said("my own data", "my own data", "")),
    "names with control characters": Described(
        artifact_of("a\nb\x1b[31m.bin", name="x\x00\u202ey", version="\r\n"),
        Description(
            base_models=said(BaseReference("\x1b[2J", "\n")),
            datasets=said("\x07"),
            tags=said("\x00"),
        ),
    ),
    "lone surrogates": Described(
        artifact_of("a", name="x\udc80"),
        Description(base_models=said(BaseReference("\ud800")), tags=said("\udfff")),
    ),
    "a name of 300 characters": Described(artifact_of("n" * 300, name="n" * 300)),
    "a version too long for the standard": Described(
        artifact_of("a", version="v" * (MAX_VERSION + 1)),
        Description(base_models=said(BaseReference("a/b", "r" * (MAX_VERSION + 1)))),
    ),
    "no name": Described(artifact_of("a", name="")),
    "no files": Described(artifact_of()),
    "a file named like a ref": Described(artifact_of("a b", "a%20b", "x@y#z")),
}


@pytest.mark.parametrize("given", BAD.values(), ids=BAD)
def test_bad_input_still_gives_a_sound_document(given):
    document = document_of(given)

    assert_sound(document)
    assert loads(canonical(document), "the SBOM") == document


@pytest.mark.parametrize("case", [described.llama, described.lora, described.component])
def test_the_same_input_gives_the_same_bytes(case):
    assert canonical(document_of(case())) == canonical(document_of(case()))


def test_every_file_is_there_under_its_very_name_with_its_digest():
    artifact = artifact_of("dir/a b.bin", "line\nbreak", "ünï.json")

    components = document_of(Described(artifact))["components"]

    assert [(item["name"], item["hashes"][0]["content"]) for item in components] == [
        (entry.name, entry.digest.hex) for entry in artifact.manifest.entries
    ]


def test_the_root_digest_is_no_hash_for_it_is_that_of_no_file():
    given = described.llama()

    root = root_of(given)

    assert "hashes" not in root
    assert properties(root, "aiverify:root-digest") == [str(given.artifact.manifest.root)]


@pytest.mark.parametrize(
    ("kind", "sort"),
    [
        (Kind.MODEL, "machine-learning-model"),
        (Kind.ADAPTER, "machine-learning-model"),
        (Kind.COMPONENT, "application"),
    ],
)
def test_only_models_and_adapters_have_a_model_card(kind, sort):
    root = root_of(Described(artifact_of("a", kind=kind)))

    assert root["type"] == sort
    assert ("modelCard" in root) == (sort == "machine-learning-model")


def test_one_expression_stands_alone_and_several_licences_are_a_list():
    alone = root_of(described_as(licences=said("mit or apache-2.0")))["licenses"]
    several = root_of(described_as(licences=said("mit or apache-2.0", "mit")))["licenses"]

    assert [choice["expression"] for choice in alone] == ["MIT OR Apache-2.0"]
    assert [choice["license"].get("id") for choice in several] == [None, "MIT"]


def test_a_base_at_hand_pins_the_ancestor():
    given = described.lora()

    (ancestor,) = root_of(given)["pedigree"]["ancestors"]

    assert ancestor["name"] == "example/tiny-llama"
    assert properties(ancestor, "aiverify:root-digest") == [given.base.digest]
    assert properties(ancestor, "aiverify:given-name") == ["llama"]


def test_an_artifact_that_names_itself_as_base_has_no_ancestor_and_a_warning():
    root = root_of(BAD["itself as a base"])

    assert "pedigree" not in root
    assert properties(root, "aiverify:warning") == [
        "the base model tiny-llama is the artifact itself and was left out"
    ]


def test_a_version_too_long_for_the_standard_is_left_out_with_a_warning():
    root = root_of(BAD["a version too long for the standard"])

    assert "version" not in root
    assert len(properties(root, "aiverify:warning")) == 1


def test_what_nobody_looked_into_is_not_called_complete():
    complete, unknown = document_of(described.llama())["compositions"]

    assert complete["aggregate"] == "complete"
    assert "file:weights.enc" not in complete["assemblies"]
    assert unknown["aggregate"] == "unknown"
    assert "file:weights.enc" in unknown["assemblies"]


def test_a_file_without_facts_is_unread():
    (file,) = document_of(described_as())["components"]

    assert properties(file, "aiverify:state") == ["unread"]


def test_facts_of_a_file_that_the_manifest_does_not_name_are_not_believed():
    given = described.component()
    stray = replace(given.files[0], name="stray")

    document = document_of(replace(given, files=(*given.files, stray)))

    assert [item["name"] for item in document["components"]] == ["llama-server"]


def test_a_heading_that_speaks_of_two_things_counts_as_both():
    sections = {
        "bias, risks, and limitations": Stated("Beware.", "README.md#bias"),
        "how to use": Stated("Run it.", "README.md#use"),
    }

    considerations = root_of(described_as(sections=sections))["modelCard"]["considerations"]

    assert considerations == {
        "technicalLimitations": ["Beware."],
        "ethicalConsiderations": [{"name": "Beware."}],
    }


def test_the_timestamp_is_the_callers_and_absent_when_none_is_given():
    given = described.component()

    assert document_of(given, "2025-01-01T00:00:00Z")["metadata"]["timestamp"].startswith("2025")
    assert "timestamp" not in document_of(given)["metadata"]
