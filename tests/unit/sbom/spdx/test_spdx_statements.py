"""What SPDX has no field for, as lines of annotations."""

from __future__ import annotations

import pytest

from aiverify.sbom.bom import Component, Dataset, Property, Sort
from aiverify.sbom.spdx.statements import confidentiality, lines, sources, unplaced
from tests.support import spdx_boms
from tests.support.spdx import elements, encoded, named, statements


def test_properties_and_origins_are_lines_of_annotations():
    document = encoded(spdx_boms.llama())
    root = named(document, "example/tiny-llama")["spdxId"]

    assert statements(document, root) == [
        "aiverify:kind=model",
        "aiverify:parameters=1235814400",
        "aiverify:context-length=131072",
        "aiverify:warning=two\\nlines and a \\\\",
        "aiverify:tag=chat",
        "aiverify:co2:grams=12",
        "aiverify:source:name=--name (given)",
        "aiverify:source:licence=README.md#license",
        "aiverify:source:input=README.md#pipeline_tag (inferred)",
        "aiverify:source:parameters=model.safetensors (inferred)",
    ]


def test_a_property_of_the_bill_is_said_of_the_bill():
    document = encoded(spdx_boms.llama())
    [sbom] = elements(document, "software_Sbom")

    assert statements(document, sbom["spdxId"]) == ["aiverify:osv:date=2025-01-01"]


def test_a_line_break_within_a_value_does_not_begin_another_line():
    said = [Property("a\nb", "c\r\nd=e"), Property("f", "\\n")]

    assert lines(said) == "a\\nb=c\\r\\nd=e\nf=\\\\n"


def test_where_nothing_is_said_there_is_no_annotation():
    bare = Component("artifact:m", Sort.APPLICATION, "m")

    assert lines([]) == ""
    assert list(unplaced(bare)) == list(sources(())) == []


def test_a_file_has_no_version_in_spdx():
    assert list(unplaced(Component("file:a", Sort.FILE, "a", "1"))) == [
        Property("aiverify:version", "1")
    ]


def test_data_that_is_no_dataset_says_of_what_kind_it_is():
    template = Component("part:t", Sort.DATA, "t", data=Dataset("configuration"))

    assert list(unplaced(template)) == [Property("aiverify:data:type", "configuration")]


@pytest.mark.parametrize(
    ("text", "level"),
    [("TLP:RED", "red"), ("White", "clear"), ("TLP:AMBER+STRICT", ""), ("secret", ""), ("", "")],
)
def test_only_a_label_of_the_traffic_light_protocol_is_a_level(text, level):
    assert confidentiality(text) == level
