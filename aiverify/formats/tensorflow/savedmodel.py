"""TensorFlow's SavedModel, and the graphs that it stored before: frozen ones and meta graphs."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe, Source, TooLarge
from aiverify.formats.onnx.external import location_fault
from aiverify.formats.protobuf.walk import Message
from aiverify.formats.tally import summary, tally
from aiverify.formats.tensorflow.graph import Graphs
from aiverify.formats.tensorflow.heads import is_graph, is_meta_graph, is_saved_model
from aiverify.formats.tensorflow.objects import judge_objects
from aiverify.formats.tensorflow.signatures import read_signature, tensor_name
from aiverify.formats.tensorflow.types import map_entry

INFO, DEFINITION, SIGNATURE, ASSET, OBJECTS = 1, 2, 5, 6, 7
TAG, VERSION, REVISION = 4, 5, 6
ONCE = frozenset({INFO, DEFINITION, 3, OBJECTS})
MAX_LISTED = 1000
"""Tags, signatures and assets that facts name."""


class SavedModel:
    """`saved_model.pb`: graphs with functions, signatures and the names of assets.

    States `tensorflow` (the version that saved it), `tags`, `nodes`, `operators` (how often
    each is used), `functions` (how many), `signatures` (inputs and outputs with dtype and
    shape) and `assets` (names of files). The weights are in a checkpoint beside it.
    """

    name = "savedmodel"
    role = Role.WEIGHT
    title = "SavedModel"

    def recognises(self, probe: Probe) -> bool:
        """By its first fields, and by name so that a broken one is malformed."""
        return probe.base == "saved_model.pb" or is_saved_model(probe)

    def read(self, _probe: Probe, source: Source) -> Facts:
        """All graphs, and what they reach.

        Raises:
            MalformedError: it is no protocol buffer, or not one of this format.
        """
        reading = _Reading()
        try:
            self.walk(Message.of(source), reading)
        except TooLarge as error:
            return Facts(self.name, self.role, self.title, unread=str(error))
        graphs = reading.graphs
        graphs.judge()
        tensors = tuple(graphs.tensors)
        values = {**reading.values, **graphs.values(), **(tally(tensors) if tensors else {})}
        text = f"{self.title} of {counted(graphs.operators.total(), 'node')}"
        text += f", {summary(tensors)}" if tensors else ""
        return Facts(self.name, self.role, text, values, tensors, findings=reading.found.all())

    def walk(self, message: Message, reading: _Reading) -> None:
        """Each of its meta graphs; most have one.

        Raises:
            MalformedError: it has none.
        """
        count = 0
        for field in message.fields(frozenset({1})):
            if field.number == 2:
                reading.meta_graph(field.message())
                count += 1
        if not count:
            raise MalformedError("the SavedModel holds no graph")


class MetaGraph(SavedModel):
    """A meta graph, as `.meta` beside a checkpoint. States what a SavedModel states."""

    name = "metagraph"
    title = "meta graph"

    def recognises(self, probe: Probe) -> bool:
        """By its first fields, down to a version or a graph."""
        return is_meta_graph(probe)

    def walk(self, message: Message, reading: _Reading) -> None:
        """The one that it is."""
        reading.meta_graph(message)


class FrozenGraph(SavedModel):
    """A graph whose weights are constants.

    States what a SavedModel states of its graphs, and `tensors`, `parameters` and `dtypes`.
    """

    name = "graphdef"
    title = "TensorFlow graph"

    def recognises(self, probe: Probe) -> bool:
        """By its first fields, down to a node's operator."""
        return is_graph(probe)

    def walk(self, message: Message, reading: _Reading) -> None:
        """The one that it is."""
        reading.graphs.graph(message)
        reading.graphs.constants(message)


class _Reading:
    """What a file says, as its graphs are read."""

    def __init__(self) -> None:
        self.found = Found()
        self.graphs = Graphs(self.found)
        self._tags: list[Json] = []
        self._assets: list[Json] = []
        self._signatures: dict[str, Json] = {}
        self._version = ""

    @property
    def values(self) -> Mapping[str, Json]:
        """What there is to state besides the graphs."""
        return {
            "tensorflow": self._version,
            "tags": self._tags,
            "signatures": self._signatures,
            "assets": self._assets,
        }

    def meta_graph(self, message: Message) -> None:
        """A graph with what belongs to it (`MetaGraphDef`). Assets first: they excuse paths."""
        assets = frozenset(
            self._asset(field.message()) for field in message.fields(ONCE) if field.number == ASSET
        )
        for field in message.fields(ONCE):
            if field.number == INFO:
                self._info(field.message())
            elif field.number == DEFINITION:
                self.graphs.graph(field.message(), assets)
            elif field.number == SIGNATURE and len(self._signatures) < MAX_LISTED:
                key, signature = map_entry(field)
                self._signatures[key] = read_signature(signature) if signature else {}
            elif field.number == OBJECTS:
                judge_objects(field.message(), self.found)

    def _info(self, message: Message) -> None:
        """Who wrote it, and what for (`MetaInfoDef`)."""
        for field in message.fields(frozenset({VERSION})):
            if field.number == VERSION:
                self._version = field.text()
            elif field.number == TAG and len(self._tags) < MAX_LISTED:
                self._tags.append(field.text())

    def _asset(self, message: Message) -> str:
        """A file in `assets/`, and the node that stands for it (`AssetFileDef`)."""
        node = filename = ""
        for field in message.fields(frozenset({1, 2})):
            if field.number == 1:
                node = tensor_name(field.message()).partition(":")[0]
            elif field.number == 2:
                filename = field.text()
        fault = location_fault(filename)
        if fault:
            self.found.add(rules.savedmodel.ASSET, f"the name of an asset {fault}", filename)
        if len(self._assets) < MAX_LISTED:
            self._assets.append(filename)
        return node
