"""One component in CycloneDX."""

from __future__ import annotations

import pytest

from aiverify.core.digest import Digest
from aiverify.sbom.bom import Component, Means, Origin, Property, Reference, Sort
from tests.support.boms import full, small
from tests.support.cyclonedx import VERSIONS, encoded, property_values, root_of


def only(spec_version: str = "1.6", /, **fields: object) -> dict:
    """An artifact with these fields, as the document has it."""
    fields = {"ref": "artifact:m", "sort": Sort.MODEL, "name": "m", **fields}
    return root_of(encoded(small(root=Component(**fields)), spec_version))


@pytest.mark.parametrize("sort", Sort)
def test_every_sort_is_a_type(sort):
    assert only(sort=sort)["type"] == sort.value


def test_what_is_known_is_in_its_field():
    found = root_of(encoded(full()))

    assert found["version"] == "1.0"
    assert found["purl"] == "pkg:huggingface/example/tiny@1.0"
    assert found["description"] == "A model.\nOf two lines."
    assert found["supplier"] == {"name": "Example Ltd."}
    assert found["authors"] == [{"name": "Ada"}, {"name": "Grace"}]
    assert found["tags"] == ["chat", "<small>"]


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [
        ("sha256", "SHA-256"),
        ("sha384", "SHA-384"),
        ("sha512", "SHA-512"),
        ("blake2b", "BLAKE2b-512"),
        ("blake3", "BLAKE3"),
    ],
)
def test_a_digest_is_under_the_name_of_its_algorithm(algorithm, name):
    digest = Digest.of(b"", algorithm)

    assert only(digest=digest)["hashes"] == [{"alg": name, "content": digest.hex}]


def test_a_version_that_the_standard_cannot_hold_is_a_property():
    longest, longer = "v" * 1024, "v" * 1025

    assert only(version=longest)["version"] == longest
    found = only(version=longer)
    assert "version" not in found
    assert property_values(found, "aiverify:misfit:version") == [longer]


def test_a_version_counts_as_it_stands_in_xml_where_escapes_make_it_longer():
    found = only(version="\0" * 1000)

    assert "version" not in found
    assert property_values(found, "aiverify:misfit:version") == ["\0" * 1000]


def test_a_purl_is_a_uri_or_a_property():
    assert only(purl="pkg:generic/a b@é")["purl"] == "pkg:generic/a%20b@%C3%A9"
    assert "purl" not in only(purl="1:")
    assert property_values(only(purl="1:"), "aiverify:misfit:purl") == ["1:"]


def test_a_reference_has_its_kind_or_tells_it():
    references = (
        Reference("vcs", "https://example.org/a b", "main"),
        Reference("citation", "https://doi.org/10.1/2"),
        Reference("shrine", "https://example.org", "holy"),
    )
    old, new = (only(version, references=references) for version in VERSIONS)

    assert old["externalReferences"] == [
        {"type": "vcs", "url": "https://example.org/a%20b", "comment": "main"},
        {"type": "other", "url": "https://doi.org/10.1/2", "comment": "citation"},
        {"type": "other", "url": "https://example.org", "comment": "shrine: holy"},
    ]
    assert new["externalReferences"][1] == {"type": "citation", "url": "https://doi.org/10.1/2"}


def test_an_address_that_is_no_uri_is_a_property():
    found = only(references=(Reference("website", "http://[::1", "mine"),))

    assert "externalReferences" not in found
    assert property_values(found, "aiverify:misfit:reference") == ["website http://[::1 mine"]


def test_where_fields_come_from_is_in_properties_in_1_6_and_not_in_1_7():
    fields = {
        "properties": (Property("aiverify:size", "1"),),
        "origins": (Origin("name", "--name", Means.GIVEN),),
    }
    old, new = (only(version, **fields) for version in VERSIONS)

    assert new["properties"] == [{"name": "aiverify:size", "value": "1"}]
    assert old["properties"] == [
        {"name": "aiverify:size", "value": "1"},
        {"name": "aiverify:source:name", "value": "--name (given)"},
    ]
