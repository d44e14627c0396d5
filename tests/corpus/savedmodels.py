"""TensorFlow's graphs: operators that reach files, the network and Python, hidden and not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from aiverify.core.facts import State
from tests.corpus.real import ASSETS
from tests.corpus.sample import Label, Sample
from tests.support.protobuf_files import (
    MAGIC,
    blob,
    blobs,
    checkpoint,
    keras_metadata,
    keras_objects,
    meta_graph,
    number,
    placed,
    saved_model,
    table,
    tf_asset,
    tf_function,
    tf_graph,
    tf_node,
    tf_text,
    tf_weight,
    varint,
)

READ = "AIV-SAVEDMODEL-READ"
WRITE = "AIV-SAVEDMODEL-WRITE"
NETWORK = "AIV-SAVEDMODEL-NETWORK"
HIDDEN = "AIV-SAVEDMODEL-HIDDEN"
PYTHON = "AIV-SAVEDMODEL-PYTHON"
ASSET = "AIV-SAVEDMODEL-ASSET"
CHECKPOINT = "AIV-SAVEDMODEL-CHECKPOINT"
BROKEN = "AIV-FORMAT-MALFORMED"

AWAY = "/nonexistent/pwned"
LAMBDA = json.dumps({"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None]}})
DENSE = json.dumps({"class_name": "Dense", "config": {"name": "dense", "units": 2}})


def _sample(
    name: str,
    label: Label,
    technique: str,
    make: Callable[[], bytes],
    rule: str = "",
    file: str = "saved_model.pb",
) -> Sample:
    state = State.FLAGGED if rule else State.CLEAN
    return Sample(f"savedmodel/{name}", label, technique, file, make, rule, state)


def malicious(
    name: str,
    technique: str,
    make: Callable[[], bytes],
    rule: str,
    file: str = "saved_model.pb",
) -> Sample:
    return _sample(name, Label.MALICIOUS, technique, make, rule, file)


def malformed(
    name: str,
    technique: str,
    make: Callable[[], bytes],
    rule: str = BROKEN,
    file: str = "saved_model.pb",
) -> Sample:
    return _sample(name, Label.MALFORMED, technique, make, rule, file)


def benign(
    name: str,
    technique: str,
    make: Callable[[], bytes],
    file: str = "saved_model.pb",
    data: int = 0,
) -> Sample:
    """A file of TensorFlow's; an index lies beside this many bytes of data."""
    sample = _sample(name, Label.BENIGN, technique, make, "", file)
    return replace(sample, beside={"variables.data-00000-of-00001": bytes(data)} if data else {})


def running(*nodes: bytes) -> Callable[[], bytes]:
    """A SavedModel with these nodes in a function, as TensorFlow 2 saves them."""
    return lambda: saved_model(called(*nodes))


def called(*nodes: bytes) -> bytes:
    """A graph that calls a function of these nodes."""
    function = tf_function("__inference_call_7", *nodes)
    return tf_graph(tf_node("call", "StatefulPartitionedCall"), functions=[function])


def given(
    operator: str, path: str = AWAY, place: int = 0, **attributes: bytes
) -> tuple[bytes, ...]:
    """A node that is given a constant as one of its inputs."""
    inputs = [f"other{index}:output:0" for index in range(place)] + ["path:output:0"]
    return tf_text("path", path), tf_node("op", operator, *inputs, **attributes)


def debugged(url: str) -> tuple[bytes, ...]:
    """A node that sends a tensor to an address."""
    urls = blob(1, blob(2, url))
    return (tf_node("debug", "DebugIdentityV3", "x", debug_urls=urls),)


def saving(prefix: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The nodes that save a checkpoint, with those that make its prefix, the last as `prefix`."""
    return (
        *prefix,
        tf_node("shard", "ShardedFilename", "prefix:output:0", "zero", "one"),
        tf_node("save", "SaveV2", "shard:filename:0", "names", "slices", "w"),
        tf_node("pack", "Pack", "shard:filename:0", "^save"),
        tf_node("merge", "MergeV2Checkpoints", "pack:output:0", "prefix:output:0"),
    )


def usual_saving() -> tuple[bytes, ...]:
    """The prefix of every SavedModel: what the loader gives, and a part of a name."""
    join = tf_node("prefix", "StringJoin", "file_prefix", "part:output:0")
    return saving((tf_text("part", "_temp/part"), join))


_OPERATORS: tuple[tuple[str, str, tuple[bytes, ...], str], ...] = (
    ("read-file", "reads a file", given("ReadFile", "/etc/passwd"), READ),
    ("read-argument", "reads a file that its input names", (tf_node("r", "ReadFile", "x"),), READ),
    ("matching-files", "lists files", given("MatchingFiles", "/var/lib/*/.ssh/*"), READ),
    ("matching-dataset", "lists files for a dataset", given("MatchingFilesDataset", "/*"), READ),
    (
        "immutable-const",
        "maps a file",
        (tf_node("c", "ImmutableConst", memory_region_name=blob(2, "/etc/passwd")),),
        READ,
    ),
    ("text-lines", "reads lines of a file", given("TextLineDataset", "/etc/passwd"), READ),
    ("csv", "reads a file as a table", given("CSVDatasetV2", "../../secret.csv"), READ),
    ("fixed-length", "reads a file over SSH", given("FixedLengthRecordDatasetV2", "//h/f"), READ),
    ("sqlite", "reads a database", given("SqlDataset", "/var/db/users.sqlite", 1), READ),
    ("whole-file", "reads whole files", (tf_node("r", "WholeFileReaderV2"),), READ),
    ("table", "a table from a file", given("InitializeTableFromTextFileV2", AWAY, 1), READ),
    ("restore", "restores from elsewhere", given("RestoreV2", "/nonexistent/ckpt"), READ),
    (
        "proto-descriptors",
        "reads a file as descriptors",
        (tf_node("d", "DecodeProtoV2", descriptor_source=blob(2, "/etc/passwd")),),
        READ,
    ),
    ("write-file", "writes a file", given("WriteFile", "/etc/ssh/authorized_keys"), WRITE),
    ("save", "writes by the old saver", given("Save"), WRITE),
    ("save-slices", "writes by the old saver of slices", given("SaveSlices"), WRITE),
    ("save-v2", "writes a checkpoint elsewhere", given("SaveV2"), WRITE),
    (
        "sharded",
        "writes a checkpoint elsewhere, in shards",
        saving((tf_text("prefix", AWAY),)),
        WRITE,
    ),
    (
        "save-joined",
        "joins the name of a checkpoint",
        saving(
            (
                tf_text("a", "/nonexistent"),
                tf_text("b", "pwned"),
                tf_node("prefix", "StringJoin", "a:output:0", "b:output:0"),
            )
        ),
        WRITE,
    ),
    (
        "save-decoded",
        "decodes the name of a checkpoint",
        saving((tf_text("a", "L25vbg"), tf_node("prefix", "DecodeBase64", "a:output:0"))),
        WRITE,
    ),
    (
        "merge-deletes",
        "moves files elsewhere, and deletes",
        (*given("MergeV2Checkpoints", AWAY, 1), tf_text("other0", "part")),
        WRITE,
    ),
    (
        "print",
        "prints into a file",
        (tf_node("p", "PrintV2", "x", output_stream=blob(2, "file:///nonexistent/pwned")),),
        WRITE,
    ),
    ("debug-file", "dumps a tensor into a file", debugged("file:///nonexistent"), WRITE),
    ("debug-network", "sends a tensor away", debugged("grpc://192.0.2.1:4444"), WRITE),
    (
        "dump",
        "dumps a tensor",
        (tf_node("d", "DumpTensor", "x", log_dir_path=blob(2, AWAY)),),
        WRITE,
    ),
    ("records", "writes a dataset", given("DatasetToTFRecord", AWAY, 1), WRITE),
    ("summary", "writes a log elsewhere", given("CreateSummaryFileWriter", AWAY, 1), WRITE),
    ("cache", "caches a dataset elsewhere", given("CacheDatasetV2", AWAY, 1), WRITE),
    ("rpc-client", "calls a server", given("RpcClient", "192.0.2.1:4444"), NETWORK),
    ("rpc-server", "is a server", given("RpcServer", "0.0.0.0:4444"), NETWORK),
    ("data-service", "fetches from a server", given("DataServiceDatasetV4", "a:1", 2), NETWORK),
    ("register", "sends a dataset to a server", given("RegisterDatasetV2", "a:1", 1), NETWORK),
    ("distributed-save", "makes a server write", given("DistributedSave", AWAY, 1), NETWORK),
    (
        "nested-graph",
        "a graph in a text (modelscan bypass)",
        given("DatasetFromGraph", "x"),
        HIDDEN,
    ),
    ("py-func", "calls Python", (tf_node("p", "PyFunc", "x", token=blob(2, "pyfunc_0")),), PYTHON),
    ("py-func-stateless", "calls Python", (tf_node("p", "PyFuncStateless", "x"),), PYTHON),
    ("eager-py-func", "calls Python", (tf_node("p", "EagerPyFunc", "x"),), PYTHON),
    (
        "custom",
        "operators of a native library",
        (tf_node("x", "Example>Run"),),
        "AIV-SAVEDMODEL-CUSTOM",
    ),
)

SAMPLES: tuple[Sample, ...] = (
    *(malicious(name, what, running(*nodes), rule) for name, what, nodes, rule in _OPERATORS),
    malicious(
        "top-level",
        "writes a file, in the graph itself",
        lambda: saved_model(tf_graph(*given("WriteFile"))),
        WRITE,
    ),
    malicious(
        "second-graph",
        "writes a file, in a second meta graph",
        lambda: (
            saved_model(tf_graph(tf_weight("w", 2)))
            + blob(2, meta_graph(called(*given("WriteFile"))))
        ),
        WRITE,
    ),
    malicious(
        "second-library",
        "writes a file, in a function that is never called",
        lambda: saved_model(
            tf_graph(
                tf_node("x", "Placeholder"),
                functions=[tf_function("a"), tf_function("b", *given("WriteFile"))],
            )
        ),
        WRITE,
    ),
    malicious(
        "renamed",
        "reads a file, under another name",
        running(*given("ReadFile")),
        READ,
        "weights.bin",
    ),
    malicious(
        "frozen",
        "writes a file, in a frozen graph",
        lambda: tf_graph(*given("WriteFile")),
        WRITE,
        "frozen.pb",
    ),
    malicious(
        "frozen-library",
        "writes a file, in a frozen graph that begins with its functions",
        lambda: blob(2, blobs(1, [tf_function("a", *given("WriteFile"))])),
        WRITE,
        "frozen.pb",
    ),
    malicious(
        "meta",
        "writes a file, in a meta graph",
        lambda: meta_graph(called(*given("WriteFile"))),
        WRITE,
        "model.ckpt.meta",
    ),
    malicious(
        "asset-traversal",
        "an asset outside the model",
        lambda: saved_model(tf_graph(), [tf_asset("path", "../../etc/passwd")]),
        ASSET,
    ),
    malicious(
        "asset-absolute",
        "an asset at an absolute path",
        lambda: saved_model(tf_graph(), [tf_asset("path", "/etc/passwd")]),
        ASSET,
    ),
    malicious(
        "keras-lambda",
        "code in a Lambda layer",
        lambda: keras_metadata(DENSE, LAMBDA),
        "AIV-KERAS-LAMBDA",
        "keras_metadata.pb",
    ),
    malicious(
        "keras-lambda-inside",
        "code in a Lambda layer, in the SavedModel itself",
        lambda: saved_model(tf_graph(), more=keras_objects(LAMBDA)),
        "AIV-KERAS-LAMBDA",
    ),
    malicious(
        "checkpoint-shard",
        "a tensor in a file that the checkpoint has not",
        lambda: checkpoint({"w": placed([2], 0, 8, shard=7)}),
        CHECKPOINT,
        "variables.index",
    ),
    malicious(
        "checkpoint-size",
        "a tensor larger than its bytes",
        lambda: checkpoint({"w": placed([1 << 20], 0, 8)}),
        CHECKPOINT,
        "variables.index",
    ),
    malicious(
        "checkpoint-offset",
        "a tensor before its file",
        lambda: checkpoint({"w": placed([2], -8, 8)}),
        CHECKPOINT,
        "variables.index",
    ),
    malformed("empty", "no graph", lambda: number(1, 1)),
    malformed("truncated", "cut off", lambda: running(*usual_saving())()[:-4]),
    malformed("text", "no protocol buffer", lambda: b"touch /nonexistent/pwned\n"),
    malformed("length", "a length beyond the file", lambda: number(1, 1) + varint(18) + b"\x7f"),
    malformed(
        "graph-twice",
        "two graphs, which libraries join",
        lambda: saved_model(tf_graph(), more=blob(2, tf_graph())),
    ),
    malformed(
        "operator-twice",
        "two operators of a node, of which the last counts",
        lambda: saved_model(tf_graph(tf_node("a", "NoOp") + blob(2, "WriteFile"))),
    ),
    malformed(
        "not-an-operator",
        "a number for an operator",
        lambda: saved_model(tf_graph(blob(1, "a") + number(2, 1))),
    ),
    malformed(
        "keras-json",
        "a configuration that is not JSON",
        lambda: keras_metadata("{'class_name':"),
        BROKEN,
        "keras_metadata.pb",
    ),
    malformed(
        "fingerprint",
        "a fingerprint with something else",
        lambda: number(1, 1) + blob(2, "payload"),
        BROKEN,
        "fingerprint.pb",
    ),
    malformed(
        "checkpoint-magic",
        "an index without its end",
        lambda: checkpoint({"w": placed([2], 0, 8)})[:-1],
        BROKEN,
        "variables.index",
    ),
    malformed(
        "checkpoint-block",
        "an index whose block lies outside",
        lambda: (
            checkpoint({"w": placed([2], 0, 8)})[:-48] + varint(1 << 20) * 4 + bytes(28) + MAGIC
        ),
        BROKEN,
        "variables.index",
    ),
    malformed(
        "checkpoint-header",
        "an index without a header",
        lambda: table([(b"w", placed([2], 0, 8))]),
        BROKEN,
        "variables.index",
    ),
    benign(
        "saving",
        "the nodes that save and restore every SavedModel",
        running(*usual_saving(), tf_node("r", "RestoreV2", "file_prefix", "names", "slices")),
    ),
    benign(
        "print-log",
        "prints into the log",
        running(tf_node("p", "PrintV2", "x", output_stream=blob(2, "log(info)"))),
    ),
    benign(
        "no-cache", "a dataset that is cached in memory", running(*given("CacheDatasetV2", "", 1))
    ),
    benign(
        "asset",
        "a table from an asset",
        lambda: saved_model(
            tf_graph(*given("InitializeTableFromTextFileV2", "/old/vocab.txt", 1)),
            [tf_asset("path", "vocab.txt")],
        ),
    ),
    benign(
        "own-function",
        "a function that is called by its name",
        lambda: saved_model(
            tf_graph(tf_node("c", "my_function"), functions=[tf_function("my_function")])
        ),
    ),
    benign("keras", "layers of Keras", lambda: keras_metadata(DENSE), "keras_metadata.pb"),
    benign(
        "frozen-weights", "a graph with its weights", lambda: tf_graph(tf_weight("w", 2)), "f.pb"
    ),
    benign(
        "checkpoint", "an index", lambda: checkpoint({"w": placed([2], 0, 8)}), "variables.index", 8
    ),
    *(
        benign(
            f"real-{name}",
            "written by TensorFlow",
            (ASSETS / path).read_bytes,
            path.rpartition("/")[2],
            172 if name == "index" else 0,
        )
        for name, path in (
            ("module", "savedmodel/saved_model.pb"),
            ("vocabulary", "savedmodel-vocabulary/saved_model.pb"),
            ("fingerprint", "savedmodel/fingerprint.pb"),
            ("index", "savedmodel/variables.index"),
            ("meta", "model.ckpt.meta"),
            ("frozen", "frozen.pb"),
        )
    ),
)
