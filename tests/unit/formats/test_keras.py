"""Keras archives: what the configuration states, and what it must not name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import Role, State
from aiverify.core.finding import Severity
from aiverify.errors import MalformedError
from aiverify.formats import zip as archive
from aiverify.formats.keras import config as keras_config
from aiverify.formats.keras import facts as keras_facts
from aiverify.formats.keras.config import MAX_FINDINGS, is_model, judge
from aiverify.formats.keras.reader import is_keras
from aiverify.formats.sources import Memory
from tests.corpus import kerases
from tests.corpus.kerases import REAL, called, old
from tests.corpus.sample import Label, Sample
from tests.support.keras_files import (
    METADATA,
    bytecode,
    function,
    keras_bytes,
    layer,
    model,
    old_model,
    weights_bytes,
    zip_bytes,
)
from tests.support.looking import look_at


def judged(config: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in judge(config, "config.json")]


@pytest.mark.parametrize("sample", kerases.SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_found_to_be_what_it_is(tmp_path: Path, sample: Sample) -> None:
    found = look_at(tmp_path, sample.file, sample.make())
    assert found.state is sample.state
    assert not sample.rule or sample.rule in {finding.rule for finding in found.facts.findings}
    if sample.label is Label.BENIGN:
        assert all(item.severity is not Severity.ERROR for item in found.facts.findings)


def test_a_real_archive_states_its_model_and_weights(tmp_path: Path) -> None:
    data = (REAL / "functional-nested.keras").read_bytes()
    found = look_at(tmp_path, "m.keras", data)
    assert (found.state, found.facts.format, found.facts.role) == (
        State.CLEAN,
        "keras",
        Role.WEIGHT,
    )
    values = dict(found.facts.values)
    assert values.pop("date_saved")
    assert values == {
        "keras_version": "3.15.1",
        "class": "Functional",
        "model": "nested",
        "layers": {"Dense": 2, "InputLayer": 2, "Sequential": 1},
        "inputs": [{"name": "features", "dtype": "float32", "shape": [None, 6]}],
        "outputs": ["score"],
        "tensors": 4,
        "parameters": 17,
        "dtypes": {"f32": 17},
    }


def test_a_real_model_in_hdf5_states_the_same(tmp_path: Path) -> None:
    found = look_at(tmp_path, "m.h5", (REAL / "sequential.h5").read_bytes())
    values = found.facts.values
    assert (values["class"], values["backend"]) == ("Sequential", "tensorflow")
    assert (values["optimizer"], values["loss"]) == ("SGD", "mse")
    kernel = next(item for item in found.facts.tensors if item.name.endswith("/kernel"))
    assert kernel.name.startswith("model_weights/dense")
    assert (kernel.dtype, kernel.shape) == ("f32", (3, 2))


def test_weights_and_assets_are_looked_into(tmp_path: Path) -> None:
    found = look_at(tmp_path, "m.keras", keras_bytes(model(), **{"vocabulary.txt": b"a\nb\n"}))
    assert found.state is State.CLEAN
    assert [tensor.name for tensor in found.facts.tensors] == [
        "layers/dense/vars/0",
        "layers/dense/vars/1",
    ]


def test_an_archive_is_recognised_by_what_it_holds() -> None:
    names = ("config.json", "metadata.json", "model.weights.h5")
    members = dict.fromkeys(names, b"{}")
    for chosen in (names, names[:2], names[2:]):
        data = zip_bytes({name: members[name] for name in chosen})
        assert is_keras(archive.read(Memory(data)))
    assert not is_keras(archive.read(Memory(zip_bytes({"config.json": b"{}"}))))


def test_a_document_that_is_too_large_is_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiverify.formats.keras.reader.MAX_DOCUMENT", 10)
    assert look_at(tmp_path, "m.keras", keras_bytes(model())).state is State.UNREAD


def test_findings_name_their_place_and_are_made_once() -> None:
    config = model(*[layer("Lambda", function=bytecode())] * 3)
    (finding,) = judge(config, "config.json")
    assert finding.rule == "AIV-KERAS-LAMBDA"
    assert finding.place == "config.json#/config/layers/1/config/function"


def test_an_error_does_not_hide_behind_many_warnings() -> None:
    many = [old(f"Mine>Layer{index}") for index in range(2 * MAX_FINDINGS)]
    found = judged(old_model(*many, layer("Lambda", function=bytecode())))
    assert found.count(("AIV-KERAS-CUSTOM", "warning")) == MAX_FINDINGS
    assert ("AIV-KERAS-LAMBDA", "error") in found


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("keras.layers", "Dense"),
        ("keras", "Sequential"),
        ("keras", "DTypePolicy"),
        ("keras.src.models.functional", "Functional"),
        ("keras.optimizers.schedules", "ExponentialDecay"),
        ("keras.api._v2.keras.layers", "Dense"),
        ("tensorflow.keras.layers", "Dense"),
        ("tensorflow.python.keras.engine.functional", "Functional"),
        ("tf_keras.src.engine.sequential", "Sequential"),
        ("keras_hub.src.models.backbones.backbone", "Backbone"),
        ("keras_nlp.tokenizers", "BytePairTokenizer"),
    ],
)
def test_classes_of_keras_are_a_models(module: str, name: str) -> None:
    assert judged(layer(name, module)) == []


@pytest.mark.parametrize(
    ("module", "name", "rule"),
    [
        ("builtins", "relu", ""),
        ("builtins", "abs", ""),
        ("builtins", "eval", "MODULE"),
        ("builtins", "__import__", "MODULE"),
        ("builtins", "x.y", "MODULE"),
        ("builtins", "mine>relu", "CUSTOM"),
        ("__main__", "loss", "CUSTOM"),
        ("keras.ops", "matmul", ""),
        ("keras.ops.numpy", "matmul", ""),
        ("keras.activations", "relu", ""),
        ("tensorflow.keras.activations", "relu", ""),
        ("keras.activations", "deserialize", "GADGET"),
        ("keras.src.activations", "relu", "GADGET"),
        ("keras.src.layers.core.lambda_layer", "relu", "GADGET"),
        ("keras.utils", "get_file", "GADGET"),
        ("keras.saving", "load_model", "GADGET"),
        ("keras.config", "enable_unsafe_deserialization", "GADGET"),
        ("keras", "device", "GADGET"),
        ("keras_hub.models", "load_weights", "GADGET"),
        ("tensorflow.io", "read_file", "MODULE"),
        ("tensorflow", "py_function", "MODULE"),
        ("os", "system", "MODULE"),
        ("os.path", "join", "MODULE"),
        ("numpy", "load", "MODULE"),
        ("", "loss", "CUSTOM"),
    ],
)
def test_functions_are_a_models_only_where_models_have_theirs(
    module: str, name: str, rule: str
) -> None:
    found = judged(function(module, name))
    assert [item for item, _ in found] == ([f"AIV-KERAS-{rule}"] if rule else [])


def test_a_class_that_is_written_as_a_function_is_one() -> None:
    assert judged(layer("get_file", "keras.utils")) == [("AIV-KERAS-GADGET", "error")]
    assert judged(layer("load_model", "keras.models")) == [("AIV-KERAS-GADGET", "error")]


@pytest.mark.parametrize(
    ("registered", "rule"),
    [
        ("my_package>MyLayer", "CUSTOM"),
        ("MyLayer", "CUSTOM"),
        ("Custom>Other", "MODULE"),
        ("", "MODULE"),
    ],
)
def test_a_publishers_own_layer_is_a_warning_under_its_own_name(registered: str, rule: str) -> None:
    config = {**layer("MyLayer", "my_package.layers"), "registered_name": registered}
    assert [item for item, _ in judged(config)] == [f"AIV-KERAS-{rule}"]


@pytest.mark.parametrize(
    ("symbol", "calls"),
    [
        ("math.add", False),
        ("nn.relu", False),
        ("reshape", False),
        ("image.resize", False),
        ("strings.regex_replace", False),
        ("compat.v1.nn.conv2d", False),
        ("keras.backend.mean", False),
        ("io.decode_raw", False),
        ("raw_ops.AddV2", False),
        ("experimental.numpy.mean", False),
        ("io.read_file", True),
        ("io.gfile.remove", True),
        ("compat.v1.io.write_file", True),
        ("raw_ops.ReadFile", True),
        ("numpy_function", True),
        ("load_library", True),
        ("saved_model.load", True),
        ("data.TextLineDataset", True),
        ("keras.utils.get_file", True),
        ("config.experimental.set_x", True),
    ],
)
def test_functions_of_tensorflow_must_only_compute(symbol: str, calls: bool) -> None:
    expected = ["AIV-KERAS-GADGET"] if calls else []
    assert [item for item, _ in judged(old("TFOpLambda", function=symbol))] == expected


def test_bytecode_is_found_in_a_layer_of_any_class() -> None:
    config = old("Odd", function="4wEAAAAAAAAA", function_type="lambda")
    assert judged(config) == [("AIV-KERAS-LAMBDA", "error")]


def test_a_vocabulary_by_a_plain_name_is_a_warning() -> None:
    for path in ("vocab.txt", "my vocabulary"):
        assert judged(layer("StringLookup", vocabulary=path)) == [("AIV-KERAS-PATH", "warning")]
    for path in ("/etc/passwd", "../x", "a/b", "C:x", "file://x", "~x", "\\\\host\\x"):
        assert judged(layer("StringLookup", vocabulary=path)) == [("AIV-KERAS-PATH", "error")]
    assert judged(layer("StringLookup", vocabulary=["a", "b"])) == []


def test_what_keras_writes_and_is_not_json_is_read_as_null() -> None:
    text = '{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN and \\"Infinity"}'
    loaded = keras_config.loads(text, "x")
    assert loaded == {"a": None, "b": [None, None], "c": 'NaN and "Infinity'}


def test_a_string_that_does_not_end_is_looked_at_once() -> None:
    with pytest.raises(MalformedError):
        keras_config.loads('"' + '\\"' * 1_000_000, "x")


def test_a_model_is_told_by_its_class_and_configuration() -> None:
    assert is_model(model())
    assert is_model(old_model())
    assert not is_model({"model_type": "llama"})
    assert not is_model([])


@pytest.mark.parametrize(
    "config",
    [None, [], {}, 7, "x", {"config": 7}, {"class_name": 7}, {"config": {"layers": 3}},
     {"class_name": "Model", "config": {"layers": [3, {"config": 7}], "output_layers": [[], 7]}},
     {"loss": ["a"], "optimizer": []}],
)  # fmt: skip
def test_anything_can_be_judged_and_stated(config: Any) -> None:
    judge(config, "x")
    assert json.dumps(keras_facts.of(config))


def test_facts_are_bounded() -> None:
    config = model(*[layer(f"L{index}") for index in range(3000)])
    layers = keras_facts.of(config)["layers"]
    assert isinstance(layers, dict)
    assert len(layers) == keras_facts.MAX_NAMES


def test_shapes_and_losses_are_stated_in_all_their_forms() -> None:
    config = {
        "class_name": "Model",
        "config": {"output_layers": {"a": ["first", 0, 0], "b": ["second", 0, 0]}},
        "compile_config": {"optimizer": old("Adam"), "loss": function("builtins", "mse")},
    }
    stated = keras_facts.of(config)
    assert (stated["outputs"], stated["optimizer"], stated["loss"]) == (
        ["first", "second"],
        "Adam",
        "mse",
    )
    single = {"class_name": "Model", "config": {"output_layers": ["only", 0, 0]}}
    assert keras_facts.of(single)["outputs"] == ["only"]


def test_an_archive_with_nothing_wrong_has_no_finding(tmp_path: Path) -> None:
    members = {
        "config.json": json.dumps(model()).encode(),
        "metadata.json": json.dumps(METADATA).encode(),
        "model.weights.h5": weights_bytes(),
        "assets/": b"",
    }
    found = look_at(tmp_path, "m.keras", zip_bytes(members))
    assert (found.state, found.facts.findings) == (State.CLEAN, ())


def test_a_call_that_switches_safe_mode_off_is_found_anywhere() -> None:
    assert judged(called("keras.ops", "abs", safe_mode=False)) == [("AIV-KERAS-GADGET", "error")]
