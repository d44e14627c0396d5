"""The lists are those of the standards: no element is lost, and none is made up."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest

from aiverify.sbom.scoring.elements import ELEMENTS
from aiverify.sbom.scoring.interface import MEANINGS, Standard, Status

G7 = {
    "Metadata": "Author, Version, Format, Format version, Author's signature, Tool, Tool version, "
    "Generation context, Timestamp, Dependency relationship",
    "System": "Name, Components, Producer, Version, Timestamp, Data flow, Data usage, "
    "Inputs and outputs, Intended application area",
    "Models": "Name, Identifier, Version, Timestamp, Producer, Description, Hash value, "
    "Hash algorithm, Properties, Inputs and outputs, Training properties, Licence, "
    "External references",
    "Datasets": "Name, Description, Content, Identifier, Hash, Provenance, "
    "Statistical properties, Sensitivity, Dependency relationship, Licence",
    "Infrastructure": "Software, Hardware",
    "Security": "Security controls, Security compliance, Cybersecurity policy, "
    "Vulnerability referencing",
    "KPI": "Security metrics, Operational performance",
}
CISA = {
    "Data fields": "SBOM author, Software producer, Component name, Component version, "
    "Software identifiers, Component hash, Licence, Dependency relationship, Tool name, "
    "Timestamp, Generation context",
    "Practices": "Coverage, Known unknowns",
}
NTIA = {
    "Data fields": "Supplier name, Component name, Version of the component, "
    "Other unique identifiers, Dependency relationship, Author of SBOM data, Timestamp",
}


@pytest.mark.parametrize(
    ("standard", "expected"), [(Standard.G7, G7), (Standard.CISA, CISA), (Standard.NTIA, NTIA)]
)
def test_a_list_has_the_elements_of_its_standard(standard, expected):
    of_standard = [item for item in ELEMENTS if item.standard is standard]
    clusters = groupby(of_standard, key=lambda item: item.cluster)
    listed = {name: ", ".join(item.title for item in found) for name, found in clusters}
    assert listed == expected


def test_every_id_is_there_once_and_begins_with_its_standard():
    assert max(Counter(item.id for item in ELEMENTS).values()) == 1
    assert all(item.id.startswith(f"{item.standard}-") for item in ELEMENTS)


def test_every_element_says_what_it_asks_for_and_where_that_goes():
    assert all(item.asks.endswith(".") and item.fix for item in ELEMENTS)


def test_every_word_has_a_meaning():
    assert set(MEANINGS) == set(Status)
