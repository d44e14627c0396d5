"""Licences in SPDX."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiverify.sbom.bom import Bom, Component, Sort
from aiverify.sbom.licences import Form, Licence
from tests.support import spdx_boms
from tests.support.spdx import elements, encoded, targets

NO_LICENCE = "expandedlicensing_NoAssertionLicense"


def under(*licences: Licence) -> dict:
    """The document of a model under some licences."""
    return encoded(Bom(Component("a", Sort.MODEL, "a", licences=licences), ()))


def expressions(document: dict) -> list[str]:
    found = elements(document, "simplelicensing_LicenseExpression")
    return [item["simplelicensing_licenseExpression"] for item in found]


def test_an_id_and_an_expression_are_expressions():
    document = under(Licence(Form.ID, "MIT"), Licence(Form.EXPRESSION, "MIT OR Apache-2.0"))

    assert expressions(document) == ["MIT", "MIT OR Apache-2.0"]
    assert len(targets(document, "a", "hasDeclaredLicense")) == 2


def test_a_name_that_spdx_does_not_know_is_a_reference_to_a_text():
    document = under(Licence(Form.NAME, "llama3.2"))
    [expression] = elements(document, "simplelicensing_LicenseExpression")
    [text] = elements(document, "simplelicensing_SimpleLicensingText")

    assert expression["simplelicensing_licenseExpression"] == "LicenseRef-llama3.2"
    assert expression["simplelicensing_customIdToUri"] == [
        {"type": "DictionaryEntry", "key": "LicenseRef-llama3.2", "value": text["spdxId"]}
    ]
    assert text["name"] == text["simplelicensing_licenseText"] == "llama3.2"


@pytest.mark.parametrize("name", ["a b\n(c)", "", "é", "x" * 5000, "\ud800", "-"])
def test_any_name_becomes_an_id_that_an_expression_can_hold(name):
    [identifier] = expressions(under(Licence(Form.NAME, name)))

    short = identifier.removeprefix("LicenseRef-")
    assert short.isascii()
    assert 0 < len(short) <= 80
    assert set(short) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")


def test_two_names_never_share_an_id():
    names = ("a b", "a+b", "a-b", "a-b-2")
    found = expressions(under(*(Licence(Form.NAME, name) for name in names)))

    assert len(set(found)) == len(names)


def test_a_licence_of_several_components_is_one_element():
    mit = (Licence(Form.ID, "MIT"),)
    bill = spdx_boms.llama()
    document = encoded(
        replace(bill, packages=tuple(replace(item, licences=mit) for item in bill.packages))
    )

    assert expressions(document).count("MIT") == 1


def test_a_model_and_a_dataset_have_one_declared_and_one_concluded_licence_each():
    document = encoded(spdx_boms.llama())
    relations = [
        (item["from"], item["relationshipType"])
        for item in elements(document, "Relationship")
        if item["relationshipType"].endswith("License")
    ]

    assert len(relations) == len(set(relations))
    for kind in ("ai_AIPackage", "dataset_DatasetPackage"):
        for item in elements(document, kind):
            assert (item["spdxId"], "hasDeclaredLicense") in relations
            assert (item["spdxId"], "hasConcludedLicense") in relations


def test_nothing_is_concluded_and_what_is_not_stated_is_not_asserted():
    document = under()

    for relation in ("hasDeclaredLicense", "hasConcludedLicense"):
        assert set(targets(document, "a", relation)) == {NO_LICENCE}


def test_a_file_without_a_licence_has_no_relation_to_one():
    assert targets(encoded(spdx_boms.lora()), "adapter_config.json", "hasDeclaredLicense") == {}
