"""Whatever a Keras configuration says, it is judged, and code in it is found wherever it stands."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core.facts import FileFacts, State
from aiverify.core.jsonvalue import canonical
from aiverify.formats.keras import facts as keras_facts
from aiverify.formats.keras.config import judge
from tests.support.keras_files import bytecode, function, keras_bytes, layer, model
from tests.support.looking import look_at

modest = settings(deadline=None, max_examples=100, derandomize=True)

KEYS = st.sampled_from(
    [
        "class_name", "config", "module", "registered_name", "function", "function_type",
        "layers", "layer", "vocabulary", "output_layers", "compile_config", "optimizer", "loss",
        "inbound_nodes", "batch_shape", "dtype", "safe_mode", "custom_objects", "spec_name",
        "node_def", "filepath",
    ]
) | st.text(max_size=3)  # fmt: skip
WORDS = st.sampled_from(
    [
        "Lambda", "__lambda__", "function", "keras.layers", "keras", "os", "builtins", "eval",
        "TFOpLambda", "TensorFlowOpLayer", "StringLookup", "__typespec__", "Mine>Layer", "", ".",
        "/", "io.", "compat",
    ]
) | st.text(max_size=5)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
DANGERS = st.sampled_from(
    [
        bytecode(),
        function("os", "system"),
        function("keras.utils", "get_file"),
        layer("TorchModuleWrapper", module="gAJ="),
        layer("StringLookup", vocabulary="/etc/passwd"),
    ]
)


def looked_at(data: bytes) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder:
        return look_at(Path(folder), "m.keras", data)


@modest
@given(JSON)
def test_any_configuration_is_judged_and_stated(config: Any) -> None:
    assert all(finding.message.isprintable() for finding in judge(config, "x"))
    assert canonical(keras_facts.of(config))


@modest
@given(DANGERS, st.lists(st.sampled_from([None, "layer", "activation", "x"]), max_size=30))
def test_a_danger_is_found_however_deep_it_stands(danger: Any, way: list[str | None]) -> None:
    config = danger
    for key in way:
        config = [1, config] if key is None else layer("Dense", **{key: config})
    assert [finding.severity for finding in judge(config, "x")] == ["error"]


@modest
@given(st.data())
def test_a_damaged_archive_gives_facts_that_can_be_written_down(data: st.DataObject) -> None:
    whole = bytearray(keras_bytes(model(layer("Dense", units=3))))
    for _ in range(data.draw(st.integers(0, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    found = looked_at(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    assert canonical(found.to_json())
    assert all(finding.message.isprintable() for finding in found.facts.findings)


@modest
@given(st.text(max_size=60) | JSON.map(json.dumps))
def test_any_document_in_an_archive_is_clean_only_if_it_is_json(text: str) -> None:
    found = looked_at(keras_bytes(text.encode("utf-8", "surrogatepass")))
    assert canonical(found.to_json())
    if found.state is State.CLEAN:
        json.loads(text)
