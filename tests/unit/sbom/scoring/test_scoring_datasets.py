from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_data, about_model, carded, named, rating_of, status_of

DECLARED, FOUND, MISSING, REVIEW = Status.DECLARED, Status.FOUND, Status.MISSING, Status.REVIEW


def with_entry(**fields):
    return about_data(data=[{"type": "dataset", **fields}])


def test_where_no_dataset_is_listed_everything_of_it_is_missing():
    rating = rating_of(about_model(), "g7-datasets-name")
    assert (rating.status, rating.reason) == (MISSING, "no dataset is listed")


@pytest.mark.parametrize("element", ["name", "licence", "hash", "content"])
def test_a_dataset_that_a_dead_reference_names_lacks_all(element):
    document = carded(datasets=[{"ref": "gone"}])
    assert status_of(document, f"g7-datasets-{element}") is MISSING
    assert status_of(document, "g7-datasets-dependency-relationship") is REVIEW


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"contents": {"attachment": {"content": "YQ=="}}}, FOUND),
        ({"contents": {"properties": named(modality="text")}}, DECLARED),
        ({"contents": {"url": "https://acme.dev/chats"}}, REVIEW),
        ({"contents": {"url": "https://example.org/chats"}}, REVIEW),
        ({"contents": "chats"}, MISSING),
    ],
)
def test_a_link_does_not_tell_what_is_in_a_dataset(fields, status):
    assert status_of(with_entry(**fields), "g7-datasets-content") is status


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://acme.dev/chats", DECLARED),
        ("https://example.org/x", REVIEW),
        ("", MISSING),
        (7, MISSING),
    ],
)
def test_a_link_to_its_contents_identifies_a_dataset(url, status):
    assert status_of(with_entry(contents={"url": url}), "g7-datasets-identifier") is status


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (with_entry(governance={"owners": [{"organization": {"name": "Acme"}}]}), DECLARED),
        (with_entry(governance={"stewards": [{"contact": {"name": "Ada"}}]}), DECLARED),
        (about_data(supplier={"name": "Acme"}), DECLARED),
        (about_data(pedigree={"notes": "collected in 2024"}), DECLARED),
        (with_entry(contents={"url": "https://acme.dev/chats"}), REVIEW),
        (with_entry(governance="Acme"), MISSING),
    ],
)
def test_provenance_is_who_answers_for_it(document, status):
    assert status_of(document, "g7-datasets-provenance") is status


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"contents": {"properties": named(rows="1000")}}, DECLARED),
        ({"graphics": {"collection": [{"name": "histogram"}]}}, REVIEW),
        ({}, MISSING),
    ],
)
def test_statistics_are_numbers(fields, status):
    assert status_of(with_entry(**fields), "g7-datasets-statistics") is status


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"classification": "public"}, DECLARED),
        ({"sensitiveData": ["names"]}, DECLARED),
        ({"sensitiveData": "names"}, MISSING),
        ({"classification": "unknown"}, REVIEW),
    ],
)
def test_sensitivity_is_a_class_or_a_kind_of_data(fields, status):
    assert status_of(with_entry(**fields), "g7-datasets-sensitivity") is status


def test_a_dataset_belongs_to_what_names_or_needs_it():
    element = "g7-datasets-dependency-relationship"
    data = {"type": "data", "bom-ref": "d", "name": "d"}
    assert status_of(about_model(data), element) is MISSING
    assert status_of(carded(datasets=[{"type": "dataset", "name": "inline"}]), element) is FOUND
    named_by_card = {**carded(datasets=[{"ref": "d"}]), "components": [data]}
    assert status_of(named_by_card, element) is FOUND
    needed = {**about_model(data), "dependencies": [{"ref": "m", "dependsOn": ["d"]}]}
    assert status_of(needed, element) is FOUND
