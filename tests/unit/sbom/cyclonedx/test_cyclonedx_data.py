"""Data in CycloneDX."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiverify.sbom.bom import Component, Dataset, Sort
from tests.support.boms import full, small
from tests.support.cyclonedx import encoded, property_values

SAID = Dataset("configuration", "What.", "secret", ("faces",), ("O",), ("S",), ("C",), "http://a/")


def component(**fields: object) -> dict:
    """A component with these fields, as the document has it."""
    fields = {"ref": "dataset:d", "sort": Sort.DATA, "name": "d", **fields}
    document = encoded(small(datasets=(Component(**fields),)))
    return next(item for item in document["components"] if item["name"] == "d")


def test_a_dataset_says_what_it_is_and_who_answers_for_it():
    [dataset] = [item for item in encoded(full())["components"] if item["name"] == "d"]

    assert dataset["data"] == [
        {
            "type": "dataset",
            "name": "d",
            "contents": {"url": "https://example.org/d?a=1&b=2"},
            "classification": "public",
            "sensitiveData": ["names", "faces"],
            "description": "What it is.",
            "governance": {
                "owners": [{"organization": {"name": "Owner"}}],
                "stewards": [{"organization": {"name": "Steward"}}],
                "custodians": [
                    {"organization": {"name": "Custodian"}},
                    {"organization": {"name": "Another"}},
                ],
            },
        }
    ]


def test_data_of_which_nobody_says_anything_is_a_dataset_with_a_name():
    for data in (None, Dataset()):
        assert component(data=data)["data"] == [{"type": "dataset", "name": "d"}]


def test_a_kind_of_data_that_the_standard_does_not_have_is_a_property():
    found = component(data=Dataset("diary"))

    assert found["data"][0]["type"] == "other"
    assert property_values(found, "aiverify:misfit:data:type") == ["diary"]


def test_an_address_that_is_no_uri_is_a_property():
    found = component(data=Dataset(url="http://[::1"))

    assert "contents" not in found["data"][0]
    assert property_values(found, "aiverify:misfit:data:url") == ["http://[::1"]


@pytest.mark.parametrize("sort", [sort for sort in Sort if sort is not Sort.DATA])
def test_of_what_is_no_data_the_same_is_said_in_properties(sort):
    found = component(sort=sort, data=SAID)

    assert "data" not in found
    assert [(item["name"], item["value"]) for item in found["properties"]] == [
        ("aiverify:misfit:data:type", "configuration"),
        ("aiverify:misfit:data:description", "What."),
        ("aiverify:misfit:data:classification", "secret"),
        ("aiverify:misfit:data:sensitive", "faces"),
        ("aiverify:misfit:data:owner", "O"),
        ("aiverify:misfit:data:steward", "S"),
        ("aiverify:misfit:data:custodian", "C"),
        ("aiverify:misfit:data:url", "http://a/"),
    ]


def test_nothing_is_made_up_for_what_nobody_says_of_governance():
    assert "governance" not in component(data=replace(SAID, owners=(), stewards=(), custodians=()))
