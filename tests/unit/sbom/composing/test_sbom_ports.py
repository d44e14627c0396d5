"""Inputs and outputs: stated by a graph, implied by a task, or unknown."""

from __future__ import annotations

import pytest

from aiverify.core.description import Description, Stated
from aiverify.sbom.bom import Means, Origin, Port
from aiverify.sbom.composing.ports import BY_TASK, ports
from tests.support.stating import stating

TASK = Description(task=Stated("text-to-image", "README.md#pipeline_tag"))

GRAPH = {
    "inputs": [{"name": "pixels", "dtype": "f32", "shape": ["batch", 3, 224, 224]}],
    "outputs": [{"name": "logits", "dtype": "f32", "shape": []}, {"name": "odd"}],
}


def test_a_graph_states_them_with_its_own_names_types_and_shapes():
    found = ports([stating("model.onnx", "onnx", GRAPH)], TASK)

    assert found.inputs == (Port("f32[batch, 3, 224, 224]", "pixels"),)
    assert found.outputs == (Port("f32[]", "logits"), Port("tensor", "odd"))
    assert found.origins == (
        Origin("input", "model.onnx#/inputs"),
        Origin("output", "model.onnx#/outputs"),
    )


def test_the_default_signature_of_a_saved_model_counts_before_others():
    signatures = {"a": {"inputs": ["x"]}, "serving_default": {"inputs": {"y": {"dtype": "i64"}}}}

    found = ports([stating("saved_model.pb", "savedmodel", {"signatures": signatures})], TASK)

    assert found.inputs == (Port("i64", "y"),)
    assert found.origins == (Origin("input", "saved_model.pb#/signatures/serving_default/inputs"),)


def test_a_task_implies_them_and_says_so():
    found = ports([], TASK)

    assert found.inputs == (Port("text", means=Means.INFERRED),)
    assert found.outputs == (Port("image", means=Means.INFERRED),)
    assert {origin.means for origin in found.origins} == {Means.INFERRED}


@pytest.mark.parametrize("task", [None, Stated("reinforcement-learning", ""), Stated("", "")])
def test_a_task_that_is_not_known_implies_nothing(task):
    found = ports([], Description(task=task))

    assert (found.inputs, found.outputs, found.origins) == ((), (), ())


def test_a_task_without_an_input_has_no_source_for_one():
    task = Description(task=Stated("unconditional-image-generation", "README.md#pipeline_tag"))

    assert [origin.field for origin in ports([], task).origins] == ["output"]


@pytest.mark.parametrize("value", [None, "text", 5, [], [[]], {"a": None}])
def test_ports_of_the_wrong_type_break_nothing(value):
    found = ports([stating("model.onnx", "onnx", {"inputs": value, "signatures": value})], TASK)

    assert all(port.format for port in found.inputs)


def test_every_task_of_the_table_has_an_output():
    assert all(outputs for _, outputs in BY_TASK.values())
