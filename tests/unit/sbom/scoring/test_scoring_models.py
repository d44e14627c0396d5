from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, carded, named, rating_of, status_of

DECLARED, MISSING, REVIEW = Status.DECLARED, Status.MISSING, Status.REVIEW


def test_where_no_model_is_listed_everything_of_it_is_missing():
    document = {"components": [{"type": "library", "name": "torch", "version": "1"}]}
    rating = rating_of(document, "g7-models-version")
    assert (rating.status, rating.reason) == (MISSING, "no model is listed")


@pytest.mark.parametrize("kind", ["task", "architectureFamily", "modelArchitecture"])
def test_the_kind_of_a_model_is_one_of_its_properties(kind):
    assert status_of(carded(**{kind: "llama"}), "g7-models-properties") is DECLARED
    assert status_of(carded(**{kind: "unknown"}), "g7-models-properties") is REVIEW
    assert status_of(carded(**{kind: ["llama"]}), "g7-models-properties") is REVIEW


def test_so_is_its_size():
    document = about_model(properties=named(parameters="1235814400"))
    assert status_of(document, "g7-models-properties") is DECLARED


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"modelCard": {"modelParameters": {"approach": {"type": "supervised"}}}}, DECLARED),
        ({"properties": named(learning_rate="1e-4")}, DECLARED),
        ({"modelCard": {"properties": named(epochs="3")}}, DECLARED),
        ({"pedigree": {"ancestors": [{"name": "base"}]}}, REVIEW),
        ({"modelCard": {"modelParameters": {"datasets": [{"ref": "d"}]}}}, REVIEW),
        ({}, MISSING),
    ],
)
def test_how_a_model_was_trained_is_more_than_on_what(fields, status):
    assert status_of(about_model(**fields), "g7-models-training") is status


def test_use_cases_are_no_description():
    cases = {"considerations": {"useCases": ["chat"]}}
    assert status_of(about_model(modelCard=cases), "g7-models-description") is REVIEW
    told = about_model(modelCard=cases, description="A small model.")
    assert status_of(told, "g7-models-description") is DECLARED


def test_a_base_model_is_asked_as_well():
    base = {"type": "machine-learning-model", "name": "base"}
    rating = rating_of(
        about_model(version="1", pedigree={"ancestors": [base]}), "g7-models-version"
    )
    assert rating.status is MISSING
    assert rating.places == ("/metadata/component/pedigree/ancestors/0",)
