"""The model card in CycloneDX."""

from __future__ import annotations

import pytest

from aiverify.core.description import Metric
from aiverify.sbom.bom import ModelCard, Port
from tests.support.boms import full, small
from tests.support.cyclonedx import VERSIONS, encoded, property_values, root_of


def card(**fields: object) -> dict:
    """The model card of an artifact of which these are said."""
    return root_of(encoded(small(card=ModelCard(**fields))))["modelCard"]


def results(*metrics: Metric) -> list[dict]:
    return card(metrics=metrics)["quantitativeAnalysis"]["performanceMetrics"]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_model_is_and_what_it_takes_and_gives(version):
    assert root_of(encoded(full(), version))["modelCard"]["modelParameters"] == {
        "approach": {"type": "supervised"},
        "task": "text-generation",
        "architectureFamily": "llama",
        "modelArchitecture": "LlamaForCausalLM",
        "datasets": [{"ref": "dataset:d"}],
        "inputs": [{"format": "tokens: int64[batch]"}, {"format": "text"}],
        "outputs": [{"format": "text"}],
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_what_to_consider_stands_under_what_it_is_about(version):
    assert root_of(encoded(full(), version))["modelCard"]["considerations"] == {
        "users": ["Users."],
        "useCases": ["Uses."],
        "technicalLimitations": ["Limits."],
        "performanceTradeoffs": ["Trade."],
        "ethicalConsiderations": [{"name": "Ethics."}],
        "fairnessAssessments": [{"harms": "Fair."}, {"harms": "Not."}],
    }


def test_a_result_has_its_metric_its_value_and_what_it_was_computed_on():
    assert results(Metric("accuracy", "0.6", "Accuracy", "question-answering", "arc")) == [
        {"type": "accuracy", "value": "0.6", "slice": "arc (question-answering)"}
    ]


@pytest.mark.parametrize(
    ("metric", "computed_on"),
    [
        (Metric("f1", "1", dataset="arc"), "arc"),
        (Metric("f1", "1", dataset="arc", part="test"), "arc, test"),
        (Metric("f1", "1", task="chat"), "chat"),
    ],
)
def test_a_dataset_a_part_of_it_or_a_task_alone_is_what_it_was_computed_on(metric, computed_on):
    assert results(metric)[0]["slice"] == computed_on


@pytest.mark.parametrize("value", ["high", "nan", "-Infinity", "{}", "1e999"])
def test_a_value_is_as_the_card_has_it_number_or_not(value):
    assert results(Metric("f1", value)) == [{"type": "f1", "value": value}]


def test_a_metric_without_a_type_goes_by_its_name():
    assert results(Metric("", "0.8", "F1")) == [{"type": "F1", "value": "0.8"}]


def test_the_name_of_a_result_beside_its_type_is_a_property():
    found = root_of(encoded(full()))["modelCard"]

    assert property_values(found, "aiverify:metric:name") == [
        "accuracy on arc, test (question-answering): Accuracy (norm)"
    ]


@pytest.mark.parametrize(
    ("verified", "said"), [(True, ["f1 on arc: yes"]), (False, ["f1 on arc: no"]), (None, [])]
)
def test_whether_a_result_was_verified_is_a_property_if_the_card_says_so(verified, said):
    found = card(metrics=(Metric("f1", "1", dataset="arc", verified=verified),))

    assert property_values(found, "aiverify:metric:verified") == said


def test_a_result_without_anything_is_none():
    assert card(metrics=(Metric("", ""),)) == {}


def test_an_approach_that_the_standard_does_not_have_is_a_property():
    found = card(approach="hope")

    assert "modelParameters" not in found
    assert property_values(found, "aiverify:misfit:approach") == ["hope"]


def test_a_port_without_a_format_goes_by_its_name():
    assert card(inputs=(Port("", "x"),))["modelParameters"]["inputs"] == [{"format": "x"}]


def test_the_cards_own_properties_are_its_own():
    found = root_of(encoded(full()))["modelCard"]

    assert property_values(found, "aiverify:emission") == ["12 kg"]
