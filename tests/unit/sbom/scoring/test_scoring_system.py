from __future__ import annotations

import pytest

from aiverify.sbom.scoring.interface import Status
from tests.support.scored import about_model, carded, named, rating_of, status_of

DECLARED, FOUND, MISSING, REVIEW = Status.DECLARED, Status.FOUND, Status.MISSING, Status.REVIEW
PORTS = {"inputs": [{"format": "text"}], "outputs": [{"format": "text"}]}


def test_a_document_that_is_about_nothing_says_so():
    rating = rating_of({"components": [{"name": "a"}]}, "g7-system-name")
    assert rating.status is MISSING
    assert "metadata.component" in rating.reason


def test_components_are_counted_by_type():
    rating = rating_of(about_model({"type": "file"}, {"type": "file"}, {}), "g7-system-components")
    assert rating.status is FOUND
    assert rating.reason.startswith("3 components listed: 2 file, 1 of no type;")
    assert status_of(about_model(), "g7-system-components") is MISSING


@pytest.mark.parametrize(
    ("service", "status"),
    [
        ({"data": [{"flow": "inbound"}]}, DECLARED),
        ({"data": [{"flow": "unknown"}]}, REVIEW),
        ({}, REVIEW),
    ],
)
def test_a_service_says_how_data_flows(service, status):
    assert status_of({"services": [service]}, "g7-system-data-flow") is status


def test_a_workflow_is_near_to_a_flow_of_data():
    document = {"formulation": [{"workflows": [{"inputs": [{"source": {}}]}]}]}
    assert status_of(document, "g7-system-data-flow") is REVIEW
    assert status_of({"formulation": [{"workflows": [{}]}]}, "g7-system-data-flow") is MISSING


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("g7-system-data-flow", "data_flow"),
        ("g7-system-data-usage", "data_usage"),
        ("g7-system-input-output", "modality"),
        ("g7-system-application-area", "intended_use"),
    ],
)
def test_a_property_can_tell_what_has_no_field(element, name):
    assert status_of(about_model(properties=named(**{name: "so"})), element) is DECLARED
    assert status_of(about_model(properties=named(**{name: "TBD"})), element) is REVIEW
    assert status_of({"metadata": {"properties": named(**{name: "so"})}}, element) is DECLARED
    assert status_of(about_model(), element) is MISSING


def test_where_a_value_came_from_is_not_the_value():
    properties = [{"name": "aiverify:source:intended use", "value": "README.md"}]
    assert status_of(about_model(properties=properties), "g7-system-application-area") is MISSING


def test_use_cases_are_near_to_an_area_of_application():
    document = about_model(modelCard={"considerations": {"useCases": ["chat"]}})
    assert status_of(document, "g7-system-application-area") is REVIEW


def test_classified_data_is_near_to_its_usage():
    document = about_model({"type": "data", "data": [{"type": "dataset", "classification": "PII"}]})
    assert status_of(document, "g7-system-data-usage") is REVIEW


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        (PORTS, DECLARED),
        ({"inputs": PORTS["inputs"]}, MISSING),
        ({**PORTS, "outputs": [{"format": "unknown"}]}, REVIEW),
        ({**PORTS, "outputs": [{"format": 7}]}, REVIEW),
        ({"inputs": "text", "outputs": "text"}, MISSING),
        ({}, MISSING),
    ],
)
def test_inputs_and_outputs_are_both_there_or_missing(parameters, status):
    assert status_of(carded(**parameters), "g7-models-input-output") is status
    if parameters:
        assert status_of(carded(**parameters), "g7-system-input-output") is status


def test_the_ports_of_a_model_in_a_system_are_not_those_of_the_system():
    model = {"type": "machine-learning-model", "modelCard": {"modelParameters": PORTS}}
    document = {"metadata": {"component": {"type": "application"}}, "components": [model]}
    assert status_of(document, "g7-system-input-output") is REVIEW
