"""Whatever is in an ONNX model, or stands for one, looking into it ends in facts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.external import settle
from aiverify.core.facts import FileFacts, State, Tensor
from aiverify.core.jsonvalue import canonical
from aiverify.formats.onnx.external import location_fault
from aiverify.formats.onnx.tensor import BITS
from tests.corpus.onnxes import SAMPLES
from tests.support.looking import look_at
from tests.support.protobuf_files import blob, graph, model, node, number, tensor, varint

modest = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

VALID = st.sampled_from([sample.make() for sample in SAMPLES])
NAMES = st.sampled_from(["model.onnx", "weights.bin", "input_0.pb", "tokenizer.model"])

FIELD = st.one_of(
    st.builds(number, st.integers(0, 30), st.integers(-(1 << 63), 1 << 63)),
    st.builds(blob, st.integers(0, 30), st.binary(max_size=8) | st.text(max_size=8)),
    st.binary(max_size=6),
)

MESSAGE = st.recursive(
    st.lists(FIELD, max_size=4).map(b"".join),
    lambda inner: st.lists(
        FIELD | st.builds(blob, st.sampled_from([1, 5, 6, 7, 11, 13, 20, 25]), inner), max_size=5
    ).map(b"".join),
    max_leaves=12,
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sample, cut off somewhere and with some bytes changed."""
    data = bytearray(draw(VALID))
    for _ in range(draw(st.integers(0, 4))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@st.composite
def lying(draw: st.DrawFn) -> bytes:
    """A model in which a length is any number."""
    size = draw(st.sampled_from([0, 1, 127, 1 << 31, 1 << 63, (1 << 64) - 1]))
    body = draw(MESSAGE)
    return number(1, 8) + varint(draw(st.integers(0, 30)) << 3 | 2) + varint(size) + body


def looked_at(name: str, data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), name, data)


@modest
@given(NAMES, damaged() | lying() | MESSAGE | MESSAGE.map(model) | st.binary(max_size=100))
def test_any_bytes_give_facts_that_can_be_written_down(name: str, data: bytes) -> None:
    found = looked_at(name, data)
    assert canonical(found.to_json())
    assert all(finding.message.isprintable() for finding in found.facts.findings)
    assert all(finding.place.isprintable() for finding in found.facts.findings)
    assert len(found.facts.findings) < 200
    settle([found])


@modest
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(BITS)), st.lists(st.integers(0, 5), max_size=4)),
        max_size=5,
    )
)
def test_tensors_that_were_written_are_stated(written: list[tuple[int, list[int]]]) -> None:
    tensors, expected = [], []
    for index, (code, shape) in enumerate(written):
        dtype, bits = BITS[code]
        stated = Tensor(f"w{index}", dtype, tuple(shape))
        size = (stated.elements * bits + 7) // 8
        texts = b"".join(blob(6, "x") for _ in range(stated.elements)) if not bits else b""
        data = b"".join(number(1, item) for item in shape) + number(2, code) + blob(8, stated.name)
        tensors.append(data + (blob(9, bytes(size)) if bits else texts))
        expected.append(stated)
    found = looked_at("model.onnx", model(graph(node("Relu"), tensors=tensors)))
    assert found.facts.tensors == tuple(expected)
    assert found.facts.findings == ()


@modest
@given(st.text(st.sampled_from("./\\:ab~%\0"), max_size=8))
def test_a_location_is_let_through_only_if_it_stays_in_the_folder(location: str) -> None:
    data = model(graph(tensors=[tensor(external={"location": location})]))
    found = looked_at("model.onnx", data)
    allowed = not any(item.rule == "AIV-ONNX-EXTERNAL" for item in found.facts.findings)
    assert allowed == (not location_fault(location))
    if allowed:
        assert ".." not in location.split("/")
        assert not location.startswith(("/", "\\"))
        assert "\0" not in location
        assert found.facts.values["external_data"]


@modest
@given(damaged())
def test_a_model_is_clean_only_when_it_is_whole(data: bytes) -> None:
    found = looked_at("model.onnx", data)
    if found.state is State.CLEAN and found.facts.format == "onnx":
        assert "ir_version" in found.facts.values
        assert "inputs" in found.facts.values
