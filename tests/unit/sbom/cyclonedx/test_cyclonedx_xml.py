"""CycloneDX in XML."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from aiverify.errors import MalformedError
from aiverify.sbom.bom import Component, Sort
from aiverify.sbom.cyclonedx.xml import to_xml
from aiverify.sbom.cyclonedx.xmltext import escaped
from tests.support.boms import full, small
from tests.support.cyclonedx import VERSIONS, encoded
from tests.support.cyclonedx_xml import exact, read_xml


def described(text: str) -> str:
    """What an XML parser finds in the place of an artifact's description."""
    root = Component("artifact:m", Sort.MODEL, "m", description=text)
    tree = ElementTree.fromstring(to_xml(encoded(small(root=root))))
    return tree.findtext(".//{*}component/{*}description") or ""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_whole_content_is_the_same_as_in_json(version):
    document = encoded(full(), version)

    assert read_xml(to_xml(document)) == exact(document, escaped)


def test_the_same_document_gives_the_same_bytes():
    assert to_xml(encoded(full())) == to_xml(encoded(full()))


def test_it_is_written_for_people_as_well():
    assert to_xml(encoded(replace(small(), files=()))).decode().splitlines()[:6] == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<bom xmlns="http://cyclonedx.org/schema/bom/1.6" '
        'serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">',
        "  <metadata>",
        "    <timestamp>2025-01-01T00:00:00Z</timestamp>",
        "    <lifecycles>",
        "      <lifecycle>",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "</description><evil/>",
        "]]>",
        "<![CDATA[ a ]]>",
        "&lt; &amp; &#0; &evil;",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "<?php ?> <!-- -->",
        "a\r\nb\tc\rd",
        " before and after ",
        "\u202e\u2028\x85\ufeff\U0010ffff",
        "\u200b\u00ad\ufdd0",
    ],
)
def test_text_that_looks_like_markup_or_like_nothing_is_text(text):
    assert described(text) == text


def test_a_character_that_nobody_would_see_is_written_as_a_reference():
    root = Component("artifact:m", Sort.MODEL, "m", description="a\u202eb\nc")

    assert b"<description>a&#x202e;b&#xa;c</description>" in to_xml(encoded(small(root=root)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("\0", "\\u0000"), ("\x1b[2J", "\\u001b[2J"), ("\ufffe\uffff", "\\ufffe\\uffff")],
)
def test_what_is_no_character_of_xml_is_escaped_in_plain_sight(text, expected):
    assert described(text) == expected


@pytest.mark.parametrize(
    "strange",
    [
        {"mood": "good"},
        {"metadata": {"mood": "good"}},
        {"metadata": "good"},
        {"components": ["good"]},
        {"metadata": {"timestamp": {"mood": "good"}}},
        {"components": [{"name": None}]},
    ],
)
def test_what_has_no_place_is_refused_and_never_lost(strange):
    with pytest.raises(MalformedError, match="XML has no"):
        to_xml({**encoded(small()), **strange})
