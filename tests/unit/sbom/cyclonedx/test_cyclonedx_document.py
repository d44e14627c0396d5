"""A CycloneDX document as a whole."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest

from aiverify.core.jsonvalue import loads, pretty
from aiverify.errors import UsageError
from aiverify.sbom.bom import Bom, Component, Sort
from aiverify.sbom.cyclonedx.document import encode
from aiverify.sbom.cyclonedx.xml import to_xml
from tests.support.boms import SERIAL, TIME, full, small
from tests.support.cyclonedx import VERSIONS, encoded, root_of, validator


@pytest.mark.parametrize("version", VERSIONS)
def test_a_bill_in_which_every_field_says_something_is_sound(version):
    document = encoded(full(), version)

    assert document["$schema"] == f"http://cyclonedx.org/schema/bom-{version}.schema.json"
    assert document["specVersion"] == version
    assert document["serialNumber"] == SERIAL
    assert document["metadata"]["timestamp"] == TIME


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_bill_gives_the_same_document(version):
    assert len({pretty(encoded(full(), version)) for _ in range(2)}) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_document_is_seen_as_such(version):
    document = encoded(full(), version)
    document["mood"] = "good"

    assert validator(version).validate_str(pretty(document)) is not None


@pytest.mark.parametrize("version", VERSIONS)
def test_the_library_of_the_standard_reads_json_and_xml_alike(version):
    from io import StringIO

    from cyclonedx.model.bom import Bom as LibraryBom

    bill = full()
    # It makes one line of two in XML, and nothing of an empty value, as the XML Schema has it.
    root = replace(bill.root, description="One line.", properties=bill.root.properties[:1])
    document = encoded(replace(bill, root=root), version)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it is going to rename
        by_json = LibraryBom.from_json(data=loads(pretty(document), "the SBOM"))
        by_xml = LibraryBom.from_xml(data=StringIO(to_xml(document).decode()))

    assert by_json == by_xml
    assert {item.name for item in by_xml.components} == {item.name for item in full().components}
    assert {item.id for item in by_xml.vulnerabilities} == {"PYSEC-1", "GHSA-1"}


def test_a_version_that_is_not_written_is_refused():
    with pytest.raises(UsageError, match=r"CycloneDX 1\.5 is not written"):
        encode(small(), serial=SERIAL, timestamp=TIME, spec_version="1.5")


def test_only_the_version_with_citations_needs_a_time():
    document = encode(small(), serial=SERIAL, timestamp=None)

    assert "timestamp" not in document["metadata"]
    with pytest.raises(UsageError, match="needs a time"):
        encode(small(), serial=SERIAL, timestamp=None, spec_version="1.7")


def test_the_program_and_whoever_had_the_bill_written_are_named():
    old, new = (encoded(full(), version)["metadata"] for version in VERSIONS)

    assert old["authors"] == [{"name": "Ada <ada@example.org>"}]
    assert [tool["name"] for tool in old["tools"]["components"]] == ["aiverify"]
    assert new["authors"][0]["bom-ref"] == "author:Ada%20%3Cada%40example.org%3E"
    assert new["tools"]["components"][0]["bom-ref"] == "tool:aiverify"


@pytest.mark.parametrize(
    ("phase", "lifecycle"), [("build", {"phase": "build"}), ("lunch", {"name": "lunch"})]
)
def test_a_phase_that_the_standard_does_not_have_is_a_name(phase, lifecycle):
    assert encoded(small(phase=phase))["metadata"]["lifecycles"] == [lifecycle]


def test_the_bills_own_properties_are_the_documents():
    assert encoded(full())["metadata"]["properties"] == [
        {"name": "aiverify:osv:digest", "value": "sha256:00"}
    ]


def test_a_base_model_is_a_component_and_an_ancestor_without_a_ref():
    document = encoded(full())

    assert root_of(document)["pedigree"] == {
        "ancestors": [{"type": "machine-learning-model", "name": "base"}]
    }
    assert [item["bom-ref"] for item in document["components"] if item["name"] == "base"] == [
        "model:base@1#sha256:ab"
    ]


def test_what_is_not_part_of_the_artifact_is_external_in_1_7():
    old, new = (encoded(full(), version)["components"] for version in VERSIONS)

    assert not any("isExternal" in item for item in old)
    assert [item["name"] for item in new if item.get("isExternal")] == ["base", "d", "a", "f"]


def test_what_nobody_says_is_left_out():
    document = encoded(Bom(Component("artifact:m", Sort.MODEL, "m"), ()), "1.7")

    assert root_of(document) == {
        "type": "machine-learning-model",
        "bom-ref": "artifact:m",
        "name": "m",
    }
    assert {"vulnerabilities", "citations"}.isdisjoint(document)


HOSTILE = 'a"\\\u202e\ud800\x00\n#%~ <{]]>é\ufffe'


@pytest.mark.parametrize("version", VERSIONS)
def test_hostile_text_stays_text(version):
    bill = full()
    root = replace(bill.root, name=HOSTILE, version=HOSTILE, supplier=HOSTILE, tags=(HOSTILE,))
    document = encoded(replace(bill, root=root, author=HOSTILE, phase=HOSTILE), version)

    assert root_of(document)["name"] == HOSTILE.replace("\ud800", "\\ud800")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_text_of_any_length_is_kept(version):
    root = Component("artifact:m", Sort.MODEL, "n" * 100_000, description="é" * 100_000)

    document = encoded(small(root=root), version)

    assert root_of(document)["name"] == root.name
    assert root_of(document)["description"] == root.description
