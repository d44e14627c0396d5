"""Raw files that another file accounts for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from aiverify.core.external import MAX_GAP, settle
from aiverify.core.facts import FileFacts, Role, State
from aiverify.core.finding import Severity
from tests.support.looking import look_at
from tests.support.protobuf_files import (
    checkpoint,
    external_model,
    graph,
    model,
    node,
    placed,
    tensor,
)
from tests.support.weights import safetensors_bytes

RAW = b"\x01\x02\x03\xff"


def settled(folder: Path, contents: Mapping[str, bytes]) -> dict[str, FileFacts]:
    files = [look_at(folder, name, data) for name, data in contents.items()]
    return {item.name: item for item in settle(files)}


def found(item: FileFacts) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in item.facts.findings]


def test_data_that_a_model_accounts_for_is_clean(tmp_path: Path) -> None:
    files = settled(
        tmp_path, {"a/model.onnx": external_model("w.data"), "a/w.data": RAW * 2, "w.data": RAW * 2}
    )
    data = files["a/w.data"]
    assert (data.state, data.facts.format, data.facts.role) == (
        State.CLEAN,
        "onnx_data",
        Role.WEIGHT,
    )
    assert data.facts.values == {"of": ["a/model.onnx"], "bytes": 8}
    assert files["a/model.onnx"].state is State.CLEAN
    assert files["w.data"].state is State.UNREAD


def test_the_data_of_a_checkpoint_is_clean(tmp_path: Path) -> None:
    index = checkpoint({"w": placed([2], 0, 8)})
    name = "variables/variables.data-00000-of-00001"
    files = settled(tmp_path, {"variables/variables.index": index, name: RAW * 2})
    assert (files[name].state, files[name].facts.format) == (State.CLEAN, "tensorflow_data")


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        ({}, "is not there"),
        ({"w.data": RAW}, "has 4 bytes, and tensors lie up to byte 8"),
    ],
)
def test_data_that_is_missing_or_short_is_found_at_the_model(
    tmp_path: Path, contents: dict[str, bytes], why: str
) -> None:
    files = settled(tmp_path, {"model.onnx": external_model("w.data"), **contents})
    assert found(files["model.onnx"]) == [("AIV-ONNX-MISSING", Severity.ERROR)]
    [finding] = files["model.onnx"].facts.findings
    assert why in finding.message
    assert finding.file == "model.onnx"
    assert all(files[name].state is State.UNREAD for name in contents)


def test_a_model_is_not_its_own_data(tmp_path: Path) -> None:
    files = settled(tmp_path, {"model.onnx": external_model("model.onnx")})
    assert found(files["model.onnx"]) == [("AIV-ONNX-MISSING", Severity.ERROR)]


def test_a_file_of_another_kind_is_no_data(tmp_path: Path) -> None:
    files = settled(
        tmp_path, {"model.onnx": external_model("config.json"), "config.json": b'{"a": "bcdef"}'}
    )
    assert found(files["model.onnx"]) == [("AIV-ONNX-MISSING", Severity.WARNING)]
    assert files["config.json"].facts.format != "onnx_data"


def test_data_may_lie_in_a_safetensors_file(tmp_path: Path) -> None:
    weights = safetensors_bytes({"w": ("F32", (2,))})
    files = settled(
        tmp_path, {"model.onnx": external_model("w.safetensors"), "w.safetensors": weights}
    )
    assert found(files["model.onnx"]) == []
    assert files["w.safetensors"].facts.format == "safetensors"


def test_bytes_that_belong_to_no_tensor_leave_a_file_unread(tmp_path: Path) -> None:
    data = RAW * 2 + bytes(MAX_GAP + 1)
    files = settled(tmp_path, {"model.onnx": external_model("w.data"), "w.data": data})
    assert files["w.data"].state is State.UNREAD
    assert "bytes 8 to 65545 belong to no tensor" in files["w.data"].facts.unread


def test_several_models_may_account_for_one_file(tmp_path: Path) -> None:
    far = tensor("b", (2,), external={"location": "w.data", "offset": str(MAX_GAP + 100)})
    files = settled(
        tmp_path,
        {
            "a.onnx": model(graph(node("Relu"), tensors=[far])),
            "b.onnx": model(
                graph(tensors=[tensor(shape=(MAX_GAP,), external={"location": "w.data"})])
            ),
            "w.data": b"\x01" + b"\xff" * (4 * MAX_GAP - 1),
        },
    )
    assert files["w.data"].facts.values["of"] == ["a.onnx", "b.onnx"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("model.so", RAW * 64),
        ("model.engine", RAW * 64),
        ("w.data", b"\x1c\0\0\0TFL3" + RAW * 64),
        ("w.data", b"\xac\xed\0\x05sr" + RAW * 64),
        ("w.data", b"\xa7\x0d\r\n\0\0\0\0" + RAW * 64),
    ],
    ids=["library", "engine", "flat-buffer", "java-objects", "bytecode"],
)
def test_what_other_programs_load_is_no_data(tmp_path: Path, name: str, data: bytes) -> None:
    whole = tensor(shape=(len(data) // 4,), external={"location": name})
    files = settled(
        tmp_path, {"model.onnx": model(graph(node("Relu"), tensors=[whole])), name: data}
    )
    assert files[name].facts.unread
    assert files[name].state is not State.CLEAN


@pytest.mark.parametrize(
    "first",
    [
        b"B" + (6000).to_bytes(4, "little") + b"\xff" * 6000,
        b"\x8e" + (6000).to_bytes(8, "little") + b"\xff" * 6000,
        b"C\xff" + b"\xff" * 255 + b"0" + (b"C\xff" + b"\xff" * 255 + b"0") * 30 + b"N",
    ],
    ids=["one-opcode", "eight-bytes-of-length", "few-opcodes"],
)
def test_a_pickle_behind_long_opcodes_is_no_data(tmp_path: Path, first: bytes) -> None:
    data = first + b"0cos\nsystem\n(S'touch /nonexistent/pwned'\ntR."
    data += bytes(-len(data) % 4)
    whole = tensor(shape=(len(data) // 4,), external={"location": "w.data"})
    files = settled(tmp_path, {"model.onnx": model(graph(tensors=[whole])), "w.data": data})
    assert files["w.data"].facts.format == "pickle"
    assert ("AIV-PICKLE-DANGEROUS", Severity.ERROR) in found(files["w.data"])


def test_files_without_a_model_stay_as_they_are(tmp_path: Path) -> None:
    files = [look_at(tmp_path, "w.data", RAW)]
    assert settle(files) == tuple(files)
