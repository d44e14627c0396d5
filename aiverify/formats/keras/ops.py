"""TensorFlow's functions and operations in older Keras models, which call them by name."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.jsonvalue import Json

FUNCTIONS = ("TFOpLambda", "SlicingOpLambda", "ClassMethod")
OPERATION = "TensorFlowOpLayer"

MODULES = frozenset(
    {
        "__operators__",
        "audio",
        "bitwise",
        "dtypes",
        "image",
        "linalg",
        "math",
        "nn",
        "quantization",
        "ragged",
        "random",
        "sets",
        "signal",
        "sparse",
        "strings",
    }
)
"""Modules of TensorFlow that compute."""

KERAS_MODULES = frozenset(
    {"activations", "backend", "constraints", "initializers", "layers", "losses", "metrics", "ops"}
)

PARSING = ("decode_", "encode_", "parse_", "serialize_", "deserialize_")
"""How the functions of `tf.io` begin that open no file."""

RUNNING = frozenset(
    {
        "Module",
        "function",
        "import_graph_def",
        "load_library",
        "load_op_library",
        "numpy_function",
        "py_func",
        "py_function",
        "print",
    }
)
"""Functions of TensorFlow itself that run Python or native code, or write."""

REACHING = (
    "PyFunc",
    "ReadFile",
    "WriteFile",
    "MatchingFiles",
    "DebugIdentity",
    "DebugNan",
    "DebugNumeric",
    "Restore",
    "Save",
    "MergeV2Checkpoints",
    "Reader",
    "Dataset",
    "FromTextFile",
    "SummaryFileWriter",
    "SummaryWriter",
    "RemoteCall",
    "ShardedFilename",
    "PrintV2",
    "PrintFile",
    "LoadLibrary",
)
"""Words in the names of operations that reach out of the model."""


def reaching(class_name: str, config: Mapping[str, Json]) -> str:
    """What a layer calls that reaches out of the model, or nothing."""
    if class_name in FUNCTIONS:
        for key in ("function", "cls_symbol"):
            symbol = config.get(key)
            if isinstance(symbol, str) and not _computes(symbol):
                return symbol
    if class_name == OPERATION:
        # Text of one kind or another, which holds the operation's name as it is.
        node = str(config.get("node_def", ""))
        return next((word for word in REACHING if word in node), "")
    return ""


def _computes(symbol: str) -> bool:
    parts = symbol.removeprefix("tf.").split(".")
    while parts[0] in ("compat", "v1", "v2") and len(parts) > 1:
        del parts[0]
    if len(parts) == 1:
        return parts[0] not in RUNNING
    if parts[0] == "io":
        return parts[-1].startswith(PARSING)
    if parts[0] == "raw_ops":
        return not any(word in parts[-1] for word in REACHING)
    if parts[0] == "keras":
        return parts[1] in KERAS_MODULES
    return parts[0] in MODULES or parts[:2] == ["experimental", "numpy"]
