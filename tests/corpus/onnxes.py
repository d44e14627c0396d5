"""ONNX models: tensors in files that are none of the model's, operators that run code, lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from aiverify.core.facts import State
from tests.corpus.real import ASSETS
from tests.corpus.sample import Label, Sample
from tests.support.protobuf_files import (
    I64,
    STRING,
    attribute,
    blob,
    external_model,
    function,
    graph,
    model,
    node,
    number,
    opset,
    tensor,
    varint,
)

EXTERNAL = "AIV-ONNX-EXTERNAL"
KEY = "AIV-ONNX-KEY"
RANGE = "AIV-ONNX-RANGE"
TENSOR = "AIV-ONNX-TENSOR"
BROKEN = "AIV-FORMAT-MALFORMED"

AWAY = tensor(external={"location": "../../etc/passwd"})
"""A tensor in a file outside the model's folder."""

TENSOR_VALUE, GRAPH_VALUE, TENSORS, GRAPHS, SPARSE, SPARSES = 5, 6, 10, 11, 22, 23
"""Fields of an attribute."""


def _sample(
    name: str, label: Label, technique: str, make: Callable[[], bytes], rule: str = ""
) -> Sample:
    state = State.FLAGGED if rule else State.CLEAN
    return Sample(f"onnx/{name}", label, technique, "model.onnx", make, rule, state)


def malicious(name: str, technique: str, make: Callable[[], bytes], rule: str) -> Sample:
    return _sample(name, Label.MALICIOUS, technique, make, rule)


def malformed(name: str, technique: str, make: Callable[[], bytes], rule: str = BROKEN) -> Sample:
    return _sample(name, Label.MALFORMED, technique, make, rule)


def benign(name: str, technique: str, make: Callable[[], bytes], **beside: int) -> Sample:
    """A model, and the sizes of files that lie beside it."""
    sample = _sample(name, Label.BENIGN, technique, make)
    return replace(sample, beside={path: bytes(size) for path, size in beside.items()})


def located(location: str) -> Callable[[], bytes]:
    """A model with a tensor of 8 bytes in another file."""
    return partial(external_model, location)


def described(**entries: str) -> Callable[[], bytes]:
    """The same with other keys besides."""
    return partial(external_model, "model.onnx.data", **entries)


def within(*attributes: bytes) -> Callable[[], bytes]:
    """A model of one node with these attributes."""
    return lambda: model(graph(node("Constant", *attributes)))


def holding(*tensors: bytes) -> Callable[[], bytes]:
    """A model with these initializers."""
    return lambda: model(graph(node("Relu"), tensors=tensors))


def branch(main: bytes, depth: int) -> bytes:
    """A graph in a branch of a graph, and so on."""
    for _ in range(depth):
        main = graph(node("If", attribute("then_branch", GRAPH_VALUE, main)))
    return main


def good() -> bytes:
    """A model without fault."""
    weights = [tensor(), tensor("shape", (2,), I64), tensor("none", (0, 4))]
    return model(graph(node("Relu"), node("Conv", name="c"), tensors=weights))


def graph_first() -> bytes:
    """The fields of a model in another order than any library writes them."""
    return blob(7, graph(node("Relu"), tensors=[AWAY])) + number(1, 10) + blob(8, opset("", 21))


_LOCATIONS = (
    ("traversal", "path traversal (CVE-2022-25882)", "../../../etc/passwd"),
    ("traversal-inside", "traversal behind a folder (CVE-2024-27318)", "data/../../etc/passwd"),
    ("traversal-end", "the folder above", "data/../.."),
    ("absolute", "absolute path (CVE-2024-5187)", "/etc/passwd"),
    ("drive", "drive letter", "C:/Windows/win.ini"),
    ("drive-relative", "drive letter without a slash", "c:model.data"),
    ("backslash", "traversal by backslashes", "..\\..\\secret"),
    ("unc", "network share", "\\\\host\\share\\w"),
    ("url", "URL", "https://example.invalid/w.bin"),
    ("file-url", "file URL", "file:///etc/passwd"),
    ("nul", "NUL in the path", "model.data\0.txt"),
    ("empty", "no path", ""),
    ("folder", "the folder itself", "./"),
    ("memory", "an address for a file", "*/_ORT_MEM_ADDR_/*"),
)

_RANGES = (
    ("offset-negative", "negative offset (CVE-2026-34446)", {"offset": "-8"}),
    ("offset-text", "offset that is no number", {"offset": "0x10"}),
    ("offset-lenient", "offset that languages read differently", {"offset": "1_0"}),
    ("offset-digits", "offset in other digits", {"offset": "\u0661"}),
    ("offset-huge", "offset that overflows", {"offset": str(1 << 63)}),
    ("offset-long", "offset of thousands of digits", {"offset": "9" * 5000}),
    ("end-overflows", "offset and length overflow together", {"offset": str((1 << 63) - 4)}),
    ("length-short", "length is not what the shape needs", {"length": "4"}),
    ("length-huge", "length that asks for all memory", {"length": str(1 << 62)}),
    ("length-negative", "negative length", {"length": "-1"}),
)

_KEYS = (
    ("key-unknown", "attribute injection (CVE-2026-34445)", {"__class__": "x"}),
    ("key-basepath", "a base path of the model's own", {"basepath": "/etc"}),
    ("key-case", "a key in another case", {"Location": "/etc/passwd"}),
)

_PLACES: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("attribute", "in a Constant", within(attribute("value", TENSOR_VALUE, AWAY))),
    ("attributes", "in a list of an attribute", within(attribute("values", TENSORS, AWAY))),
    ("sparse", "in sparse values", within(attribute("sparse_value", SPARSE, blob(1, AWAY)))),
    ("sparse-indices", "in sparse indices", within(attribute("s", SPARSES, blob(2, AWAY)))),
    (
        "sparse-initializer",
        "in a sparse initializer",
        lambda: model(graph(node("Relu"), more=blob(15, blob(1, AWAY)))),
    ),
    (
        "subgraph",
        "in a branch",
        within(attribute("then_branch", GRAPH_VALUE, graph(tensors=[AWAY]))),
    ),
    (
        "subgraphs",
        "in a list of graphs, deep down",
        within(attribute("g", GRAPHS, branch(graph(tensors=[AWAY]), 5))),
    ),
    (
        "function",
        "in a function",
        lambda: model(
            graph(node("Own", domain="own")),
            blob(25, function("Own", node("Constant", attribute("value", TENSOR_VALUE, AWAY)))),
        ),
    ),
    (
        "function-default",
        "in a function's default",
        lambda: model(
            graph(node("Own", domain="own")),
            blob(25, function("Own") + blob(11, attribute("a", TENSOR_VALUE, AWAY))),
        ),
    ),
    (
        "training",
        "in the graph for training",
        lambda: model(graph(node("Relu")), blob(20, blob(2, graph(tensors=[AWAY])))),
    ),
    (
        "not-in-force",
        "in a tensor that has its data here",
        holding(tensor(more=blob(13, blob(1, "location") + blob(2, "../x")))),
    ),
    ("graph-first", "in a model whose fields are in another order", graph_first),
)

SAMPLES: tuple[Sample, ...] = (
    *(malicious(name, what, located(path), EXTERNAL) for name, what, path in _LOCATIONS),
    *(malicious(name, what, described(**more), RANGE) for name, what, more in _RANGES),
    *(malicious(name, what, described(**more), KEY) for name, what, more in _KEYS),
    *(
        malicious(f"in-{name}", f"path traversal {what}", make, EXTERNAL)
        for name, what, make in _PLACES
    ),
    malicious(
        "key-twice",
        "two locations, of which a loader takes the last",
        holding(tensor(external=[("location", "w.data"), ("location", "../x")])),
        KEY,
    ),
    Sample(
        "onnx/renamed",
        Label.MALICIOUS,
        "path traversal in a model that is not called one",
        "weights.bin",
        lambda: model(graph(node("Relu"), tensors=[AWAY])),
        EXTERNAL,
    ),
    malicious(
        "python-operator",
        "operator in Python (ONNX Runtime)",
        lambda: model(graph(node("PyOp", domain="pyops"))),
        "AIV-ONNX-PYTHON",
    ),
    malicious(
        "python-training",
        "operator in Python (ONNX Runtime training)",
        lambda: model(graph(node("PythonOp", domain="com.microsoft"))),
        "AIV-ONNX-PYTHON",
    ),
    malicious(
        "python-extensions",
        "operator in Python (ONNX Runtime extensions), in a branch",
        lambda: model(branch(graph(node("PyCustomOp", domain="ai.onnx.contrib")), 3)),
        "AIV-ONNX-PYTHON",
    ),
    malicious(
        "context-away",
        "compiled program outside the model's folder",
        lambda: model(
            graph(
                node(
                    "EPContext",
                    attribute("embed_mode", 3, 0),
                    attribute("ep_cache_context", 4, b"../../evil.engine"),
                    domain="com.microsoft",
                )
            )
        ),
        EXTERNAL,
    ),
    malicious(
        "context-embedded",
        "compiled program in the model",
        lambda: model(
            graph(
                node(
                    "EPContext",
                    attribute("embed_mode", 3, 1),
                    attribute("ep_cache_context", 4, b"\x7fELF"),
                    domain="com.microsoft",
                )
            )
        ),
        "AIV-ONNX-CONTEXT",
    ),
    malicious(
        "custom-domain",
        "operator of a native library",
        lambda: model(graph(node("Run", domain="com.example")), blob(8, opset("com.example", 1))),
        "AIV-ONNX-CUSTOM",
    ),
    malicious(
        "recursion",
        "functions that call each other without end",
        lambda: model(
            graph(node("A", domain="own")),
            blob(25, function("A", node("B", domain="own")))
            + blob(25, function("B", node("A", domain="own"))),
        ),
        "AIV-ONNX-RECURSION",
    ),
    malformed("raw-short", "less data than the shape needs", holding(tensor(raw=b"1234")), TENSOR),
    malformed("raw-long", "more data than the shape needs", holding(tensor(raw=bytes(99))), TENSOR),
    malformed("type-unknown", "a type that there is not", holding(tensor(code=99)), TENSOR),
    malformed("type-missing", "no type", holding(tensor(code=0)), TENSOR),
    malformed("text-raw", "text as raw data", holding(tensor(code=STRING)), TENSOR),
    malformed("shape-negative", "negative size", holding(tensor(shape=(-1,), raw=b"")), TENSOR),
    malformed("no-data", "a shape and no data", holding(tensor(raw=b"")), TENSOR),
    malformed("names", "two weights of one name", holding(tensor(), tensor()), TENSOR),
    malformed(
        "data-twice",
        "data in two fields",
        holding(tensor(more=blob(4, bytes(8)))),
        TENSOR,
    ),
    malformed(
        "external-too",
        "data here and in another file",
        holding(tensor(external={"location": "w.data"}, more=blob(9, bytes(8)))),
        TENSOR,
    ),
    malformed(
        "shape-overflow", "a shape that overflows", holding(tensor(shape=(1 << 40,) * 2, raw=b""))
    ),
    malformed(
        "shape-overflow-zero",
        "a shape that overflows beside a zero",
        holding(tensor(shape=(0, 1 << 40, 1 << 40), raw=b"")),
    ),
    malformed("many-dimensions", "a thousand dimensions", holding(tensor(shape=(1,) * 1000))),
    malformed("deep", "a hundred graphs deep", lambda: model(branch(graph(), 100))),
    malformed("graph-twice", "two graphs, which libraries join", lambda: good() + blob(7, graph())),
    malformed("no-graph", "no graph", lambda: number(1, 10) + blob(2, "tests")),
    malformed("truncated", "cut off", lambda: good()[:-5]),
    malformed("length", "a length beyond the file", lambda: good() + varint(14 << 3 | 2) + b"\x7f"),
    malformed("group", "a group, which nothing writes any more", lambda: good() + b"\xa3\x01"),
    malformed("zero", "a field without a number", lambda: good() + b"\0\0"),
    malformed("varint", "a number of eleven bytes", lambda: good() + b"\x28" + b"\xff" * 11),
    malformed("pointer", "a Git LFS pointer", lambda: b"version https://git-lfs.github.com/\n"),
    benign("good", "a small model", good),
    benign(
        "functions",
        "functions of its own, which call others",
        lambda: model(
            graph(node("A", domain="own")),
            blob(25, function("A", node("B", domain="own"), node("B", domain="own")))
            + blob(25, function("B", node("Relu"))),
        ),
    ),
    benign(
        "vendor",
        "operators that ONNX Runtime brings",
        lambda: model(graph(node("FusedConv", domain="com.microsoft"))),
    ),
    benign("branches", "branches in branches", lambda: model(branch(graph(node("Relu")), 8))),
    benign(
        "external",
        "weights beside the model",
        located("model.onnx.data"),
        **{"model.onnx.data": 8},
    ),
    benign(
        "external-below",
        "weights in a folder",
        located("./weights/model.data"),
        **{"weights/model.data": 8},
    ),
    benign("tiny", "a model by the onnx package", (ASSETS / "tiny.onnx").read_bytes),
    benign(
        "onnx-external",
        "weights apart, by the onnx package",
        (ASSETS / "external.onnx").read_bytes,
        **{"external.onnx.data": 8212},
    ),
)
