"""The elements of an SPDX document, each under an IRI of its own."""

from __future__ import annotations

import pytest

from aiverify.sbom.bom import Bom, Component, Sort
from aiverify.sbom.spdx.graph import Graph, entries, given
from tests.support import spdx_boms
from tests.support.spdx import elements, encoded, ids, named
from tests.support.spdx_boms import SERIAL


def graph() -> Graph:
    return Graph("urn:uuid:0")


def test_every_iri_begins_with_the_serial_number():
    document = encoded(spdx_boms.llama())

    assert [iri for iri in ids(document) if not iri.startswith((f"{SERIAL}#", "_:"))] == []


def test_what_was_encoded_once_is_not_encoded_again():
    document = encoded(Bom(Component("artifact:a%20b", Sort.MODEL, "a b"), ()))

    assert named(document, "a b")["spdxId"] == f"{SERIAL}#artifact:a%20b"


def test_two_refs_never_share_an_iri():
    refs = ("model:a#b", "model:a%23b", "document", "", "~2", "document~2")
    bases = tuple(Component(ref, Sort.MODEL, ref) for ref in refs)

    document = encoded(Bom(Component("artifact:m", Sort.MODEL, "m"), (), bases))

    assert len({item["spdxId"] for item in elements(document, "ai_AIPackage")}) == len(refs) + 1


def test_a_ref_that_comes_twice_loses_nothing():
    twice = tuple(Component("file:a", Sort.FILE, name) for name in ("a", "b"))

    document = encoded(Bom(Component("artifact:m", Sort.MODEL, "m"), twice))

    assert [item["name"] for item in elements(document, "software_File")] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("file:a", "urn:uuid:0#file:a"),
        ("file:a%20b", "urn:uuid:0#file:a%20b"),
        ("a b", "urn:uuid:0#a%20b"),
        ("a#b", "urn:uuid:0#a%23b"),
        ("100%", "urn:uuid:0#100%25"),
        ("é", "urn:uuid:0#%C3%A9"),
        ("\ud800", "urn:uuid:0#%ED%A0%80"),
        ("", "urn:uuid:0#unnamed"),
    ],
)
def test_any_name_is_a_fragment(name, iri):
    assert graph().iri(name) == iri


def test_somebody_by_name_is_one_agent():
    made = graph()

    assert made.agent("Ada") == made.agent("Ada")
    assert [item["name"] for item in made.elements] == ["Ada"]


def test_a_relationship_without_a_target_is_none_and_a_target_comes_once():
    made = graph()
    made.relate("a", "contains", [])
    made.relate("a", "contains", ["b", "c", "b"])

    [relation] = made.elements
    assert relation["to"] == ["b", "c"]


def test_zero_is_something_and_an_empty_text_is_not():
    assert given({"a": 0, "b": "", "c": [], "d": None, "e": {}}) == {"a": 0}


def test_a_dictionary_is_a_list_of_entries():
    assert entries({"r": "8"}) == [{"type": "DictionaryEntry", "key": "r", "value": "8"}]
