"""Whatever is in a SavedModel or a checkpoint, looking into it ends in facts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiverify.core.external import settle
from aiverify.core.facts import FileFacts, State
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import canonical
from aiverify.formats.tensorflow.dangers import DANGERS
from tests.corpus.savedmodels import SAMPLES, called
from tests.support.looking import look_at
from tests.support.protobuf_files import (
    blob,
    checkpoint,
    meta_graph,
    number,
    placed,
    saved_model,
    tf_graph,
    tf_node,
    tf_text,
    varint,
)

modest = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

VALID = st.sampled_from([sample.make() for sample in SAMPLES])
NAMES = st.sampled_from(
    ["saved_model.pb", "keras_metadata.pb", "fingerprint.pb", "variables.index", "tokenizer.model"]
)

FIELD = st.one_of(
    st.builds(number, st.integers(0, 9), st.integers(-(1 << 63), 1 << 63)),
    st.builds(blob, st.integers(0, 9), st.binary(max_size=8) | st.sampled_from(sorted(DANGERS))),
    st.binary(max_size=6),
)

MESSAGE = st.recursive(
    st.lists(FIELD, max_size=4).map(b"".join),
    lambda inner: st.lists(FIELD | st.builds(blob, st.integers(1, 8), inner), max_size=5).map(
        b"".join
    ),
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
def damaged_table(draw: st.DrawFn) -> bytes:
    """The index of a checkpoint with some bytes changed, and its end as it was."""
    data = bytearray(checkpoint({"a": placed([2], 0, 8), "ab": placed([1], 8, 4)}))
    for _ in range(draw(st.integers(1, 6))):
        data[draw(st.integers(0, len(data) - 9))] = draw(st.integers(0, 255))
    return bytes(data)


@st.composite
def graphs(draw: st.DrawFn) -> bytes:
    """A graph of any operators, each given what any others make."""
    names = st.sampled_from(["a", "b", "c", "^a", "b:1", "c:output:0", ""])
    operators = st.sampled_from(["Identity", "Const", "StringJoin", *sorted(DANGERS)])
    nodes = draw(
        st.lists(
            st.builds(lambda name, operator, inputs: tf_node(name, operator, *inputs), names,
                      operators, st.lists(names, max_size=3)),
            max_size=6,
        )
    )  # fmt: skip
    return tf_graph(tf_text("a", draw(st.text(max_size=6))), *nodes)


def looked_at(name: str, data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), name, data)


@modest
@given(
    NAMES,
    damaged() | damaged_table() | MESSAGE | MESSAGE.map(saved_model) | st.binary(max_size=100),
)
def test_any_bytes_give_facts_that_can_be_written_down(name: str, data: bytes) -> None:
    found = looked_at(name, data)
    assert canonical(found.to_json())
    assert all(finding.message.isprintable() for finding in found.facts.findings)
    assert all(finding.place.isprintable() for finding in found.facts.findings)
    assert len(found.facts.findings) < 300
    settle([found])


@settings(modest, max_examples=60)
@given(graphs())
def test_any_graph_is_judged_in_each_of_its_wrappings_alike(data: bytes) -> None:
    wrapped = [
        looked_at("saved_model.pb", saved_model(data)),
        looked_at("model.meta", meta_graph(data)),
        looked_at("frozen.pb", data),
    ]
    first, *others = (
        {(item.rule, item.message) for item in found.facts.findings if "SAVED" in item.rule}
        for found in wrapped
    )
    assert all(other == first for other in others)


@modest
@given(
    st.sampled_from(sorted(name for name, danger in DANGERS.items() if danger.severity)),
    st.booleans(),
)
def test_no_danger_is_clean_wherever_it_stands(operator: str, inside: bool) -> None:
    node = tf_node("x", operator, "y")
    found = looked_at("saved_model.pb", saved_model(called(node) if inside else tf_graph(node)))
    assert found.state is State.FLAGGED
    assert DANGERS[operator].rule.id in {finding.rule for finding in found.facts.findings}


@modest
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5), st.integers(0, 90))
def test_a_checkpoint_is_whole_only_with_all_of_its_bytes(
    places: list[tuple[int, int]], size: int
) -> None:
    tensors = {
        f"t{index}": placed([count], offset, count, code=6)
        for index, (offset, count) in enumerate(places)
    }
    index = looked_at("variables.index", checkpoint(tensors))
    data = looked_at("variables.data-00000-of-00001", b"\xff" * size)
    settled, _ = settle([index, data])
    needed = max((offset + count for offset, count in places), default=0)
    broken = [item for item in settled.facts.findings if item.severity is Severity.ERROR]
    assert bool(broken) == (needed > size)


@modest
@given(st.integers(11, 1 << 64), st.integers(0, 255))
def test_a_length_that_lies_is_malformed(size: int, field: int) -> None:
    data = number(1, 1) + varint((field or 1) << 3 | 2) + varint(size) + b"x" * 10
    found = looked_at("saved_model.pb", data)
    assert found.state is State.FLAGGED
