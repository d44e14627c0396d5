from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from aiverify.sbom.scoring.elements import ELEMENTS
from aiverify.sbom.scoring.interface import Standard, Status
from aiverify.sbom.scoring.score import Tally, score
from tests.support.cyclonedx import validator
from tests.support.scored import complete, filled

EVERY = {item.id for item in ELEMENTS}


def tally(found: int, missing: int) -> Tally:
    counts = dict.fromkeys(Status, 0)
    return Tally(Standard.G7, {**counts, Status.FOUND: found, Status.MISSING: missing})


def test_a_document_that_says_everything_has_all_of_every_list():
    assert filled(complete()) == EVERY
    assert [item.percent for item in score(complete()).tallies] == [100.0, 100.0, 100.0]


def test_such_a_document_is_valid_cyclonedx():
    assert validator("1.6").validate_str(json.dumps(complete())) is None


def test_one_that_says_nothing_has_none():
    assert filled({}) == set()
    assert [item.percent for item in score({}).tallies] == [0.0, 0.0, 0.0]


def test_one_of_placeholders_has_only_what_can_be_checked():
    structure = {"type", "bom-ref", "ref", "bomFormat", "specVersion", "phase", "aggregate"}

    def hollow(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: hollow(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [hollow(item, key) for item in value]
        kept = key in structure or key == "dependsOn" or not isinstance(value, str)
        return value if kept else "unknown"

    assert filled(hollow(complete())) == {
        "g7-metadata-version",
        "g7-metadata-format-name",
        "g7-metadata-format-version",
        "g7-metadata-generation-context",
        "g7-metadata-dependency-relationship",
        "g7-system-components",
        "g7-models-training",
        "g7-infrastructure-software",
        "g7-infrastructure-hardware",
        "g7-datasets-dependency-relationship",
        "cisa-generation-context",
        "cisa-dependency-relationship",
        "cisa-coverage",
        "cisa-known-unknowns",
        "ntia-dependency-relationship",
    }


@pytest.mark.parametrize(
    ("path", "lost"),
    [
        (("metadata", "authors"), {"g7-metadata-author", "cisa-author", "ntia-author"}),
        (("signature",), {"g7-metadata-signature"}),
        (("compositions",), {"cisa-coverage", "cisa-known-unknowns"}),
        (("vulnerabilities",), {"g7-security-vulnerabilities"}),
        (
            ("metadata", "component", "modelCard", "quantitativeAnalysis"),
            {"g7-kpi-security", "g7-kpi-operation"},
        ),
        (("components", 1, "licenses"), {"g7-datasets-licence", "cisa-licence"}),
    ],
)
def test_what_is_taken_away_is_what_is_missing(path, lost):
    document = copy.deepcopy(complete())
    *above, last = path
    part: Any = document
    for key in above:
        part = part[key]
    del part[last]
    assert filled(document) == EVERY - lost


def test_the_properties_of_our_name_prove_nothing_more():
    document = complete()
    for item in document["metadata"]["component"]["properties"]:
        item["name"] = f"aiverify:{item['name']}"
    ratings = {item.element.id: item.rating.status for item in score(document).rated}
    assert filled(document) == EVERY
    assert ratings["g7-security-compliance"] is Status.DECLARED


def test_some_of_the_lists_are_some_of_the_elements():
    rated = score(complete()).of([Standard.NTIA])
    assert [item.standard for item in rated.tallies] == [Standard.NTIA]
    assert {item.element.standard for item in rated.rated} == {Standard.NTIA}


def test_a_percentage_is_never_rounded_up():
    assert tally(2, 1).percent == 66.6
    assert tally(999_999, 1).percent == 99.9
    assert tally(1, 0).percent == 100.0
    assert tally(0, 0).percent == 0.0


def test_what_is_below_is_told_before_anything_is_rounded():
    assert tally(2, 1).is_below(67)
    assert not tally(2, 1).is_below(66)
    assert not tally(3, 1).is_below(75)
    assert tally(999_999, 1).is_below(100)
    assert not tally(0, 0).is_below(0)
    assert score({}).is_below(1)
    assert not score(complete()).is_below(100)


def test_a_score_names_what_it_is_of():
    found = score(complete())
    assert (found.name, found.version, found.spec_version) == ("tiny", "1.0", "1.6")
    assert found.serial.startswith("urn:uuid:")
    empty = score({})
    assert (empty.name, empty.version, empty.serial, empty.spec_version) == ("", "", "", "")
