"""Where values came from, in citations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiverify.sbom.bom import Component, Means, ModelCard, Origin, Property, Sort
from aiverify.sbom.fields import FIELDS
from tests.support.boms import TIME, full, small
from tests.support.cyclonedx import at, encoded

ROOT = "/metadata/component"


def cited(**fields: object) -> list[dict]:
    """The citations of an artifact with these fields."""
    fields = {"ref": "artifact:m", "sort": Sort.MODEL, "name": "m", **fields}
    return encoded(small(root=Component(**fields)), "1.7").get("citations", [])


def test_there_are_none_in_1_6():
    assert "citations" not in encoded(full(), "1.6")


def test_a_citation_says_where_who_how_and_when():
    [citation] = cited(version="1", origins=(Origin("version", "m.bin", Means.INFERRED),))

    assert citation == {
        "pointers": [f"{ROOT}/version"],
        "timestamp": TIME,
        "attributedTo": "file:m.bin",
        "note": "m.bin (inferred)",
    }


def test_every_source_of_a_field_is_cited():
    document = encoded(full(), "1.7")
    licences = [
        (item["attributedTo"], item["note"])
        for item in document["citations"]
        if item["pointers"] == [f"{ROOT}/licenses"]
    ]

    assert licences == [
        ("file:README.md", "README.md#license (stated)"),
        ("file:LICENSE", "LICENSE (inferred)"),
    ]


def test_one_citation_serves_for_all_that_one_place_says():
    origins = (Origin("version", "m.bin"), Origin("tag", "m.bin"), Origin("tag", "m.bin"))

    [citation] = cited(version="1", tags=("a",), origins=origins)

    assert citation["pointers"] == [f"{ROOT}/version", f"{ROOT}/tags"]


def test_all_properties_of_a_name_are_cited():
    properties = tuple(Property(name, "1") for name in ("aiverify:a", "aiverify:b", "aiverify:a"))

    [citation] = cited(properties=properties, origins=(Origin("aiverify:a", "m.bin"),))

    assert citation["pointers"] == [f"{ROOT}/properties/0", f"{ROOT}/properties/2"]


def test_a_property_of_the_card_is_cited_where_it_stands():
    card = ModelCard(properties=(Property("aiverify:environment:co2", "1 g"),))
    root = replace(small().root, origins=(Origin("aiverify:environment:co2", "m.bin"),))

    [citation] = encoded(small(root=root, card=card), "1.7")["citations"]

    assert citation["pointers"] == [f"{ROOT}/modelCard/properties/0"]


@pytest.mark.parametrize("field", ["version", "mood", "environment", "", "aiverify:none"])
def test_what_has_no_place_is_said_of_the_component(field):
    [citation] = cited(origins=(Origin(field, "m.bin"),))

    assert citation["pointers"] == [ROOT]
    assert citation["note"] == f"{field}: m.bin (stated)"


def test_a_component_is_cited_where_it_stands():
    document = encoded(full(), "1.7")
    [digest] = [item for item in document["citations"] if item["note"].startswith("the manifest")]

    [pointer] = digest["pointers"]
    assert at(document, pointer.removesuffix("/hashes"))["name"] == "model.safetensors"


def test_an_analysis_is_said_by_whoever_gave_it():
    document = encoded(full(), "1.7")
    [analysis] = [item for item in document["citations"] if item["note"] == "v.json#/0 (given)"]

    assert analysis["pointers"] == ["/vulnerabilities/0/analysis"]
    assert analysis["attributedTo"] == document["metadata"]["authors"][0]["bom-ref"]


def test_every_field_that_an_origin_can_speak_of_has_its_place():
    """The pointers lead to what a full bill says, or the bill has no such field."""
    bill = full()
    root = replace(bill.root, origins=tuple(Origin(field, field) for field in FIELDS))
    document = encoded(replace(bill, root=root), "1.7")
    whole = {
        item["note"].partition(":")[0]
        for item in document["citations"]
        if item["pointers"] == [ROOT]
    }

    assert whole == {"digest", "data", "environment"}
