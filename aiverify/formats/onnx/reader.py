"""ONNX models: a graph of operators and its weights, as a protocol buffer."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe, Source, TooLarge
from aiverify.formats.onnx.graph import Graphs
from aiverify.formats.onnx.operators import (
    canonical,
    count_operators,
    judge_operators,
    judge_recursion,
)
from aiverify.formats.onnx.tensor import read_entry
from aiverify.formats.protobuf.head import head_fields
from aiverify.formats.protobuf.walk import Field, Message, Wire
from aiverify.formats.tally import summary, tally

MODEL = {
    1: Wire.VARINT,
    2: Wire.BYTES,
    3: Wire.BYTES,
    4: Wire.BYTES,
    5: Wire.VARINT,
    6: Wire.BYTES,
    7: Wire.BYTES,
    8: Wire.BYTES,
    14: Wire.BYTES,
    20: Wire.BYTES,
    25: Wire.BYTES,
    26: Wire.BYTES,
}
"""The fields of a model (`ModelProto`) and how they are written."""

TEXTS = {2: "producer_name", 3: "producer_version", 4: "domain"}
NUMBERS = {1: "ir_version", 5: "model_version"}
GRAPH, OPSET, METADATA, TRAINING, FUNCTION = 7, 8, 14, 20, 25
ONCE = frozenset({1, 2, 3, 4, 5, 6, GRAPH})

MAX_IR_VERSION = 63
"""The newest is 14. Higher numbers than this begin other protocol buffers."""

MAX_METADATA = 1000
MAX_EXCERPT = 4000
"""Bytes of a value of the metadata that facts repeat."""


class Onnx:
    """A model that ONNX Runtime and others run.

    States `ir_version`, `producer_name`, `producer_version`, `domain`, `model_version`,
    `opset_imports` (versions by domain), `graph` (its name), `inputs` and `outputs` (name,
    dtype and shape, whose dimensions are numbers, names or unknown), `nodes` (how many),
    `operators` (how often each is used), `custom_domains`, `vendor_domains`, `functions`,
    `training` (whether there are graphs for it), `metadata`, `external_data` (files that
    hold tensors, with their ranges), and `tensors`, `parameters` and `dtypes` of what is
    initialized or constant. Data of tensors is passed over.
    """

    name = "onnx"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By its first fields, and by extension so that a broken model is malformed."""
        return probe.base.endswith(".onnx") or _is_model(probe)

    def read(self, _probe: Probe, source: Source) -> Facts:
        """All that the model says besides the data of its tensors.

        Raises:
            MalformedError: it is no protocol buffer, or not one of this format.
        """
        found = Found()
        model = _Model(Graphs(found))
        try:
            for field in Message.of(source).fields(ONCE):
                model.take(field)
        except TooLarge as error:
            return Facts(self.name, self.role, "ONNX model", unread=str(error))
        values = model.values()
        tensors = tuple(model.graphs.tensors)
        return Facts(
            self.name, self.role, _summary(values, model), values, tensors, findings=found.all()
        )


class _Model:
    """A model's statements as its fields are read."""

    def __init__(self, graphs: Graphs) -> None:
        self.graphs = graphs
        self._stated: dict[str, Json] = {}
        self._main: Mapping[str, Json] | None = None
        self._opsets: dict[str, Json] = {}
        self._metadata: dict[str, Json] = {}
        self._training = False

    def take(self, field: Field) -> None:
        """Read one field of the model."""
        if field.number in TEXTS:
            self._stated[TEXTS[field.number]] = field.text()
        elif field.number in NUMBERS:
            self._stated[NUMBERS[field.number]] = field.signed()
        elif field.number == GRAPH:
            self._main = self.graphs.graph(field.message())
        elif field.number == OPSET:
            domain, version = _opset(field.message())
            self._opsets[domain] = version
        elif field.number == METADATA and len(self._metadata) < MAX_METADATA:
            key, value = read_entry(field.message())
            self._metadata[key] = value[:MAX_EXCERPT]
        elif field.number == TRAINING:
            self._training = True
            for graph in field.message().fields(frozenset({1, 2})):
                if graph.number in (1, 2):
                    self.graphs.graph(graph.message())
        elif field.number == FUNCTION:
            self.graphs.function(field.message())

    def values(self) -> dict[str, Json]:
        """All statements, once the model has been read to its end.

        Raises:
            MalformedError: it lacks what every model has.
        """
        if "ir_version" not in self._stated or self._main is None:
            raise MalformedError("the model lacks its IR version or its graph")
        graphs = self.graphs
        judge_recursion(graphs.functions, graphs.found)
        return {
            **self._stated,
            "opset_imports": self._opsets,
            **self._main,
            "nodes": graphs.operators.total(),
            "operators": count_operators(graphs.operators),
            **judge_operators(graphs.operators, graphs.functions, graphs.found),
            "functions": sorted(str(function) for function in graphs.functions),
            "training": self._training,
            "metadata": self._metadata,
            "external_data": graphs.external.to_json(),
            **tally(graphs.tensors),
        }


def _is_model(probe: Probe) -> bool:
    """Whether the first fields are a model's: a version, and then others of the format."""
    fields = head_fields(probe, MODEL)
    if len(fields) < 2:
        return False
    version = next((field.value for field in fields if field.number == 1), 0)
    texts = (field.data for field in fields if field.number in TEXTS)
    if not 0 < version <= MAX_IR_VERSION or not all(map(_is_text, texts)):
        return False
    # Loaders take the fields in any order. What begins elsewhere must get to a graph.
    return fields[0].number == 1 or any(field.number == GRAPH for field in fields)


def _is_text(data: bytes) -> bool:
    return data.decode("utf-8", "ignore").isprintable()


def _opset(message: Message) -> tuple[str, int]:
    """A domain and the version of its operators (`OperatorSetIdProto`)."""
    domain, version = "", 0
    for field in message.fields(frozenset({1, 2})):
        if field.number == 1:
            domain = canonical(field.text())
        elif field.number == 2:
            version = field.signed()
    return domain, version


def _summary(values: Mapping[str, Json], model: _Model) -> str:
    nodes = model.graphs.operators.total()
    producer = str(values.get("producer_name", ""))
    by = f" by {producer}" if producer else ""
    return f"ONNX graph of {counted(nodes, 'node')}{by}, {summary(model.graphs.tensors)}"
