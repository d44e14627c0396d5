"""ONNX models: what they state, and what in them is a danger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import FileFacts, Role, State, Tensor
from aiverify.core.finding import Severity
from aiverify.formats.onnx import graph as onnx_graph
from tests.corpus.onnxes import SAMPLES, graph_first
from tests.corpus.real import ASSETS
from tests.corpus.sample import Label, Sample
from tests.support.looking import look_at
from tests.support.protobuf_files import (
    F32,
    I64,
    STRING,
    attribute,
    blob,
    entry,
    function,
    graph,
    model,
    node,
    number,
    opset,
    tensor,
    value,
)


def looked_at(folder: Path, data: bytes, name: str = "model.onnx") -> FileFacts:
    return look_at(folder, name, data)


def rules(found: FileFacts) -> set[str]:
    """The rules that this format's own reader found broken."""
    return {finding.rule for finding in found.facts.findings if "SCANNER" not in finding.rule}


def test_a_model_states_what_it_is_and_what_it_takes(tmp_path: Path) -> None:
    data = model(
        graph(node("Conv"), node("Conv"), node("Relu"), tensors=[tensor("w", (2, 3))]),
        blob(4, "org.example") + blob(14, entry("task", "none")) + blob(8, opset("ai.onnx.ml", 3)),
    )
    found = looked_at(tmp_path, data)
    assert found.state is State.CLEAN
    assert found.facts.role is Role.WEIGHT
    assert found.facts.tensors == (Tensor("w", "f32", (2, 3)),)
    assert found.facts.values == {
        "ir_version": 10,
        "producer_name": "tests",
        "producer_version": "1.0",
        "domain": "org.example",
        "model_version": 3,
        "opset_imports": {"": 21, "ai.onnx.ml": 3},
        "graph": "main",
        "inputs": [{"name": "x", "dtype": "f32", "shape": [None, "n", 2]}],
        "outputs": [{"name": "y", "dtype": "f32", "shape": [2]}],
        "nodes": 3,
        "operators": {"Conv": 2, "Relu": 1},
        "custom_domains": [],
        "vendor_domains": [],
        "functions": [],
        "training": False,
        "metadata": {"task": "none"},
        "external_data": [],
        "tensors": 1,
        "parameters": 6,
        "dtypes": {"f32": 6},
    }


def test_a_real_model_is_read_with_its_branches_and_functions(tmp_path: Path) -> None:
    found = looked_at(tmp_path, (ASSETS / "tiny.onnx").read_bytes())
    assert found.state is State.CLEAN
    values = found.facts.values
    assert values["operators"] == {"Add": 2, "Constant": 2, "If": 1, "MatMul": 1, "own:Twice": 1}
    assert values["functions"] == ["own:Twice"]
    assert {item.name: item.shape for item in found.facts.tensors}["w"] == (2, 3)


def test_external_data_is_stated_by_file_with_the_ranges_that_tensors_take(tmp_path: Path) -> None:
    tensors = [
        tensor("a", (2,), external={"location": "w.data", "offset": "0", "length": "8"}),
        tensor("b", (4,), external={"location": "./w.data", "offset": "8"}),
        tensor("c", (2,), external={"location": "w.data", "offset": "4096"}),
        tensor("d", (3,), I64, external={"location": "far/d.data"}),
    ]
    found = looked_at(tmp_path, model(graph(node("Relu"), tensors=tensors)))
    assert found.state is State.CLEAN
    assert found.facts.values["external_data"] == [
        {"location": "w.data", "tensors": 3, "ranges": [[0, 24], [4096, 8]]},
        {"location": "far/d.data", "tensors": 1, "ranges": [[0, 24]]},
    ]


def test_a_model_is_recognised_under_any_name(tmp_path: Path) -> None:
    for data in (model(graph()), graph_first()):
        assert looked_at(tmp_path, data, "weights.bin").facts.format == "onnx"


@pytest.mark.parametrize(
    "data",
    [
        bytes(100),
        b"\x08\x07" + bytes(100),
        b"\x08\x07\x12\x04\0\x01\x02\x03" + bytes(20),
        b"\x08\xff\xff\x01\x12\x02ab",
        b"\x08\x07",
    ],
)
def test_other_bytes_are_not_taken_for_a_model(tmp_path: Path, data: bytes) -> None:
    assert looked_at(tmp_path, data, "weights.bin").facts.format != "onnx"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_is_told_for_what_it_is(tmp_path: Path, sample: Sample) -> None:
    found = look_at(tmp_path, sample.file, sample.make())
    assert found.facts.format == "onnx"
    assert found.state is sample.state
    if sample.label is Label.BENIGN:
        assert found.facts.findings == ()
    else:
        assert sample.rule in rules(found)


def test_inputs_that_are_initialized_are_not_stated(tmp_path: Path) -> None:
    more = blob(11, value("w", [2])) + blob(11, value("real", []))
    found = looked_at(tmp_path, model(graph(tensors=[tensor("w")], more=more)))
    inputs: Any = found.facts.values["inputs"]
    assert [item["name"] for item in inputs] == ["x", "real"]


def test_values_that_are_no_tensors_say_what_they_are(tmp_path: Path) -> None:
    kind = blob(4, blob(1, blob(1, number(1, F32))))
    found = looked_at(tmp_path, model(graph(more=blob(12, blob(1, "z") + blob(2, kind)))))
    outputs: Any = found.facts.values["outputs"]
    assert outputs[-1] == {"name": "z", "dtype": "sequence", "shape": None}


def test_constants_are_tensors_under_the_name_of_their_node(tmp_path: Path) -> None:
    held = tensor("", (3,))
    found = looked_at(tmp_path, model(graph(node("Constant", attribute("value", 5, held)))))
    assert found.facts.tensors == (Tensor("y", "f32", (3,)),)


@pytest.mark.parametrize(
    ("code", "shape", "held"),
    [
        (F32, (2,), blob(4, bytes(8))),
        (F32, (2,), b"\x25" + bytes(4) + b"\x25" + bytes(4)),
        (14, (2,), blob(4, bytes(16))),
        (11, (2,), blob(10, bytes(16))),
        (15, (1,), blob(10, bytes(16))),
        (I64, (2,), blob(7, b"\xff\x01\x02")),
        (I64, (2,), number(7, 1) + number(7, -1)),
        (13, (1,), blob(11, b"\x01")),
        (10, (3,), blob(5, b"\x01\x02\x03")),
        (22, (3,), blob(5, b"\x01\x02")),
        (22, (3,), blob(9, b"\x01\x02")),
        (27, (4,), blob(9, b"\x01\x02\x03")),
        (STRING, (2,), blob(6, "a") + blob(6, "b")),
        (STRING, (0,), b""),
    ],
)
def test_data_may_be_in_the_field_that_is_for_its_type(
    tmp_path: Path, code: int, shape: tuple[int, ...], held: bytes
) -> None:
    data = b"".join(number(1, size) for size in shape) + number(2, code) + blob(8, "w") + held
    found = looked_at(tmp_path, model(graph(tensors=[data])))
    assert found.facts.findings == ()


@pytest.mark.parametrize(
    ("code", "held"),
    [
        (F32, blob(4, bytes(12))),
        (F32, blob(5, b"\x01\x01")),
        (I64, blob(7, b"\x01\x02\x03")),
        (STRING, blob(6, "a")),
        (13, blob(7, b"\x01\x01")),
    ],
)
def test_data_that_does_not_fit_its_shape_is_found(tmp_path: Path, code: int, held: bytes) -> None:
    data = number(1, 2) + number(2, code) + blob(8, "w") + held
    assert rules(looked_at(tmp_path, model(graph(tensors=[data])))) == {"AIV-ONNX-TENSOR"}


def test_a_shape_may_be_packed(tmp_path: Path) -> None:
    data = blob(1, b"\x02\x03") + number(2, F32) + blob(8, "w") + blob(9, bytes(24))
    found = looked_at(tmp_path, model(graph(tensors=[data])))
    assert found.facts.tensors == (Tensor("w", "f32", (2, 3)),)


def test_prepacked_weights_of_a_runtime_are_a_warning(tmp_path: Path) -> None:
    external = {"location": "w.data", "prepacked_0": "8;16"}
    found = looked_at(tmp_path, model(graph(tensors=[tensor(external=external)])))
    assert [(item.rule, item.severity) for item in found.facts.findings if "ONNX" in item.rule] == [
        ("AIV-ONNX-KEY", Severity.WARNING)
    ]


def test_a_finding_names_the_tensor_and_hides_no_character(tmp_path: Path) -> None:
    held = tensor("\x1b[2Jw", external={"location": "../x"})
    [finding] = [
        item
        for item in looked_at(tmp_path, model(graph(tensors=[held]))).facts.findings
        if item.rule == "AIV-ONNX-EXTERNAL"
    ]
    assert finding.place == "\\x1b[2Jw"
    assert "'../x' leads out of the model's folder" in finding.message


def test_many_findings_of_a_kind_are_counted_and_not_all_kept(tmp_path: Path) -> None:
    tensors = [tensor(f"w{index}", external={"location": "../x"}) for index in range(500)]
    found = looked_at(tmp_path, model(graph(tensors=tensors)))
    own = [item for item in found.facts.findings if item.rule == "AIV-ONNX-EXTERNAL"]
    assert len(own) == 21
    assert own[-1].message == "480 more of this rule"


def test_a_function_of_the_model_makes_its_domain_its_own(tmp_path: Path) -> None:
    own = function("F", node("Relu"))
    found = looked_at(tmp_path, model(graph(node("F", domain="own")), blob(25, own)))
    assert (found.facts.findings, found.facts.values["custom_domains"]) == ((), [])


def test_a_domain_that_only_resembles_the_standard_is_custom(tmp_path: Path) -> None:
    found = looked_at(tmp_path, model(graph(node("Conv", domain="ai.onnx.contrib"))))
    assert rules(found) == {"AIV-ONNX-CUSTOM"}
    assert found.facts.values["custom_domains"] == ["ai.onnx.contrib"]


def test_the_standard_has_two_names(tmp_path: Path) -> None:
    found = looked_at(
        tmp_path, model(graph(node("Conv", domain="ai.onnx")), blob(8, opset("ai.onnx", 9)))
    )
    assert found.facts.values["operators"] == {"Conv": 1}


def test_two_functions_of_one_name_are_malformed(tmp_path: Path) -> None:
    own = blob(25, function("F", node("Relu")))
    assert rules(looked_at(tmp_path, model(graph(), own + own))) == {"AIV-FORMAT-MALFORMED"}


def test_more_tensors_than_are_listed_are_left_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_graph, "MAX_TENSORS", 2)
    tensors = [tensor(f"w{index}") for index in range(3)]
    found = looked_at(tmp_path, model(graph(tensors=tensors)))
    assert (found.state, found.facts.unread) == (
        State.UNREAD,
        "more than the 2 tensors that are listed",
    )


def test_a_tensor_in_a_file_of_its_own_is_read(tmp_path: Path) -> None:
    found = look_at(tmp_path, "input_0.pb", (ASSETS / "onnx-tensor.pb").read_bytes())
    assert (found.facts.format, found.state) == ("onnx_tensor", State.CLEAN)
    assert found.facts.tensors == (Tensor("", "f32", (3, 4)),)


def test_a_tensor_in_a_file_of_its_own_may_not_lie_elsewhere(tmp_path: Path) -> None:
    found = look_at(tmp_path, "input_0.pb", tensor(external={"location": "../x"}))
    assert "AIV-ONNX-EXTERNAL" in rules(found)


@pytest.mark.parametrize("name", ["saved_model.pbtxt", "model.textproto", "m.onnxtxt"])
def test_a_model_as_text_is_not_clean(tmp_path: Path, name: str) -> None:
    found = look_at(tmp_path, name, b'node { name: "a" op: "WriteFile" }\n')
    assert found.state is State.UNREAD
