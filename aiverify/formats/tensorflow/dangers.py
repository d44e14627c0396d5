"""Operators of TensorFlow that reach beyond their graph: what each does, and how bad that is.

The list was made by going through all operators of TensorFlow 2.21. SaveV2, RestoreV2 and
MergeV2Checkpoints are part of every SavedModel, which names no file for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiverify.core import rules
from aiverify.core.finding import Rule, Severity


@dataclass(frozen=True, slots=True)
class Danger:
    """What an operator does. Without a `severity` it is harmless until it names a file.

    The file or address is an `attribute` of the node, or a constant that leads to its inputs
    of the numbers in `inputs`. `usual` are values that mean no file. One that leads out of
    the model's folder is an error whatever the operator, and one inside weighs `named`.
    """

    rule: Rule
    doing: str
    severity: Severity | None = Severity.ERROR
    inputs: tuple[int, ...] = (0,)
    attribute: str = ""
    usual: frozenset[str] = frozenset({""})
    named: Severity | None = None


_READS = Danger(rules.savedmodel.READ, "reads a file")
_READS_DATA = Danger(rules.savedmodel.READ, "reads data from files", Severity.WARNING)
_READS_IF = Danger(rules.savedmodel.READ, "reads a file", None, named=Severity.WARNING)
_WRITES = Danger(rules.savedmodel.WRITE, "writes a file")
_WRITES_DATA = Danger(rules.savedmodel.WRITE, "writes data to files", Severity.WARNING, (1,))
_WRITES_IF = Danger(rules.savedmodel.WRITE, "writes a file", None, named=Severity.WARNING)
_SAVES = Danger(rules.savedmodel.WRITE, "writes a checkpoint", None)
_CALLS = Danger(rules.savedmodel.NETWORK, "talks to a server")
_SERVES = Danger(rules.savedmodel.NETWORK, "is a server")
_PYTHON = Danger(rules.savedmodel.PYTHON, "calls Python", inputs=())
_HIDDEN = Danger(rules.savedmodel.HIDDEN, "runs a graph out of a text", inputs=())
_DEBUGS = Danger(
    rules.savedmodel.WRITE,
    "hands tensors to a debugger",
    Severity.WARNING,
    inputs=(),
    attribute="debug_urls",
)

_ALIKE: tuple[tuple[Danger, tuple[str, ...]], ...] = (
    (_READS, ("ReadFile", "MatchingFiles", "MatchingFilesDataset")),
    (_READS, ("ExperimentalMatchingFilesDataset",)),
    (replace(_READS, inputs=()), ("WholeFileReader", "WholeFileReaderV2")),
    (replace(_READS, inputs=(), attribute="memory_region_name"), ("ImmutableConst",)),
    (
        _READS_DATA,
        (
            "CSVDataset",
            "CSVDatasetV2",
            "ExperimentalCSVDataset",
            "ExperimentalLMDBDataset",
            "FixedLengthRecordDataset",
            "FixedLengthRecordDatasetV2",
            "GenerateVocabRemapping",
            "LMDBDataset",
            "ListSnapshotChunksDataset",
            "LoadAndRemapMatrix",
            "LoadDataset",
            "Restore",
            "RestoreSlice",
            "SnapshotChunkDataset",
            "SnapshotDatasetReader",
            "TFRecordDataset",
            "TFRecordDatasetV2",
            "TextLineDataset",
        ),
    ),
    (replace(_READS_DATA, inputs=(1,)), ("SqlDataset", "ExperimentalSqlDataset")),
    (
        replace(_READS_DATA, inputs=()),
        (
            "FileSystemSetConfiguration",
            "FixedLengthRecordReader",
            "FixedLengthRecordReaderV2",
            "LMDBReader",
            "TFRecordReader",
            "TFRecordReaderV2",
            "TextLineReader",
            "TextLineReaderV2",
        ),
    ),
    (replace(_READS_DATA, inputs=(), attribute="file_pattern"), ("RecordInput",)),
    (replace(_READS_DATA, inputs=(), attribute="filename"), ("Skipgram",)),
    (replace(_READS_IF, inputs=(), attribute="vocab_file"), ("FixedUnigramCandidateSampler",)),
    (
        replace(
            _READS_IF,
            inputs=(),
            attribute="descriptor_source",
            usual=frozenset({"", "local://"}),
        ),
        ("DecodeProtoV2", "EncodeProto"),
    ),
    (replace(_READS_IF, named=None), ("RestoreV2",)),
    (replace(_READS_IF, inputs=(1,)), ("InitializeTableFromTextFile",)),
    (replace(_READS_IF, inputs=(1,)), ("InitializeTableFromTextFileV2",)),
    (_WRITES, ("WriteFile", "Save", "SaveSlices")),
    (replace(_WRITES, inputs=(), attribute="log_dir_path"), ("DumpTensor",)),
    (replace(_WRITES, inputs=(1,)), ("DatasetToTFRecord", "ExperimentalDatasetToTFRecord")),
    (replace(_WRITES, inputs=(1,)), ("SaveDataset", "SaveDatasetV2")),
    (
        _WRITES_DATA,
        ("CreateSummaryDbWriter", "CreateSummaryFileWriter", "SnapshotDataset"),
    ),
    (_WRITES_DATA, ("SnapshotDatasetV2",)),
    (
        replace(_WRITES_DATA, inputs=(), attribute="output_file_path"),
        ("CalibrationStatisticsSaver",),
    ),
    (_SAVES, ("SaveV2", "ShardedFilename")),
    (replace(_SAVES, inputs=(0, 1)), ("MergeV2Checkpoints",)),
    (replace(_WRITES_IF, inputs=(1,)), ("CacheDataset", "CacheDatasetV2")),
    (
        replace(
            _WRITES_IF,
            inputs=(),
            attribute="output_stream",
            usual=frozenset({"", "stdout", "stderr", "log(info)", "log(warning)", "log(error)"}),
        ),
        ("PrintV2",),
    ),
    (_DEBUGS, ("DebugIdentity", "DebugIdentityV2", "DebugIdentityV3")),
    (_DEBUGS, ("DebugNanCount", "DebugNumericSummary")),
    (_CALLS, ("RpcCall", "RpcClient")),
    (replace(_CALLS, inputs=(1,)), ("RegisterDataset", "RegisterDatasetV2")),
    (replace(_CALLS, inputs=(2, 1)), ("DistributedSave",)),
    (
        replace(_CALLS, inputs=(2,)),
        (
            "DataServiceDataset",
            "DataServiceDatasetV2",
            "DataServiceDatasetV3",
            "DataServiceDatasetV4",
        ),
    ),
    (_SERVES, ("RpcServer", "RpcServerRegister", "RpcServerStart")),
    (_PYTHON, ("EagerPyFunc", "PyFunc", "PyFuncStateless")),
    (_HIDDEN, ("DatasetFromGraph", "RemoteFusedGraphExecute")),
    (
        replace(_HIDDEN, doing="runs a module out of a text", severity=Severity.WARNING),
        ("MlirPassthroughOp", "TRTEngineOp"),
    ),
)

DANGERS: Mapping[str, Danger] = {name: danger for danger, names in _ALIKE for name in names}
"""By the operator's name."""
