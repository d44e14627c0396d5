"""ONNX's graphs: nodes with their attributes, in which there may be tensors and graphs again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import TooLarge
from aiverify.formats.onnx.external import ExternalData, location_fault
from aiverify.formats.onnx.operators import Operator, canonical
from aiverify.formats.onnx.tensor import faults, read_tensor
from aiverify.formats.onnx.types import read_value
from aiverify.formats.protobuf.walk import Field, Message

MAX_NESTED = 32
"""Graphs within graphs. Each costs the libraries three messages of the 100 they accept."""

MAX_TENSORS = 200_000
MAX_VALUES = 10_000
"""Inputs or outputs that facts name."""

NODE_ONCE = frozenset({3, 4, 6, 7, 8})
ATTRIBUTE_ONCE = frozenset({1, 2, 3, 4, 5, 6, 13, 14, 20, 21, 22})
TENSORS, GRAPHS, SPARSE = (5, 10), (6, 11), (22, 23)
"""Fields of an attribute that hold one or many of a kind."""


class Graphs:
    """What is in all graphs and functions of a model together, as they are walked through."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.external = ExternalData()
        self.tensors: list[Tensor] = []
        self.operators: Counter[Operator] = Counter()
        self.functions: dict[Operator, set[Operator]] = {}

    def graph(self, message: Message, depth: int = 0) -> dict[str, Json]:
        """A graph (`GraphProto`): its `graph` name, `inputs` and `outputs`.

        Raises:
            MalformedError: a field is not what the format has, or graphs are nested too deeply.
            TooLarge: there are more tensors than are listed.
        """
        if depth >= MAX_NESTED:
            raise MalformedError(f"graphs are nested more than {MAX_NESTED} deep")
        name, initializers = "", set[str]()
        inputs: list[dict[str, Json]] = []
        outputs: list[dict[str, Json]] = []
        for field in message.fields(frozenset({2, 10})):
            if field.number == 1:
                self.node(field.message(), depth)
            elif field.number == 2:
                name = field.text()
            elif field.number in (5, 15):
                self._initializer(field, initializers)
            elif field.number in (11, 12):
                values = inputs if field.number == 11 else outputs
                if len(values) < MAX_VALUES:
                    values.append(read_value(field.message()))
        # Old models list every initializer among the inputs.
        given = [value for value in inputs if value["name"] not in initializers]
        return {"graph": name, "inputs": given, "outputs": outputs}

    def node(self, message: Message, depth: int) -> Operator:
        """A node (`NodeProto`): its operator, and what its attributes hold."""
        name = domain = operator = overload = output = ""
        attributes: list[Field] = []
        for field in message.fields(NODE_ONCE):
            if field.number == 2:
                output = output or field.text()
            elif field.number == 3:
                name = field.text()
            elif field.number == 4:
                operator = field.text()
            elif field.number == 5:
                attributes.append(field)
            elif field.number == 7:
                domain = canonical(field.text())
            elif field.number == 8:
                overload = field.text()
        used = Operator(domain, operator, overload)
        self.operators[used] += 1
        label = name or output or operator
        for field in attributes:
            self._attribute(field.message(), used, label, depth)
        if used.name == "EPContext":
            self._context(attributes, label)
        return used

    def function(self, message: Message) -> None:
        """A function of the model (`FunctionProto`), and the operators that it calls."""
        name = domain = overload = ""
        before = self.operators
        self.operators = Counter()
        for field in message.fields(frozenset({1, 8, 10, 13})):
            if field.number == 1:
                name = field.text()
            elif field.number == 7:
                self.node(field.message(), 0)
            elif field.number == 10:
                domain = canonical(field.text())
            elif field.number == 11:
                self._attribute(field.message(), Operator(domain, name), name, 0)
            elif field.number == 13:
                overload = field.text()
        key = Operator(domain, name, overload)
        if key in self.functions:
            raise MalformedError(f"the function {shown(str(key))} is defined twice")
        self.functions[key] = set(self.operators)
        before.update(self.operators)
        self.operators = before

    def _attribute(self, message: Message, used: Operator, label: str, depth: int) -> None:
        """Every tensor and graph in it, whichever of its fields is said to be in use."""
        for field in message.fields(ATTRIBUTE_ONCE):
            if field.number in TENSORS:
                self._tensor(field.message(), label, listed=used == Operator("", "Constant"))
            elif field.number in GRAPHS:
                self.graph(field.message(), depth + 1)
            elif field.number in SPARSE:
                self._sparse(field.message(), label)

    def _initializer(self, field: Field, names: set[str]) -> None:
        if field.number == 15:
            self._sparse(field.message(), "a sparse initializer")
            return
        name = self._tensor(field.message(), "an initializer", listed=True)
        if name in names:
            message = f"two initializers have the name '{shown(name)}'"
            self.found.add(rules.onnx.TENSOR, message, name)
        names.add(name)

    def _sparse(self, message: Message, label: str) -> None:
        """Values and their indices (`SparseTensorProto`), each a tensor of its own."""
        for field in message.fields(frozenset({1, 2})):
            if field.number in (1, 2):
                self._tensor(field.message(), label, listed=True)

    def _tensor(self, message: Message, label: str, *, listed: bool) -> str:
        """A tensor, its faults, and where its data is if that is another file. Its name."""
        stored = read_tensor(message)
        place = stored.name or label
        for fault in faults(stored):
            self.found.add(rules.onnx.TENSOR, f"{shown(place)} {fault}", place)
        if stored.external or stored.entries:
            self.external.add(stored, self.found, place)
        if listed:
            if len(self.tensors) >= MAX_TENSORS:
                raise TooLarge(f"more than the {MAX_TENSORS} tensors that are listed")
            self.tensors.append(Tensor(place, stored.dtype, stored.shape))
        return stored.name

    def _context(self, attributes: list[Field], label: str) -> None:
        """A program that an accelerator's compiler made, here or in another file."""
        embedded, location = 1, ""
        for name, field in _values(attributes):
            if name == "embed_mode" and field.number == 3:
                embedded = field.unsigned()
            elif name == "ep_cache_context" and field.number == 4:
                location = field.excerpt(1000)
        shape = "holds" if embedded else "names a file with"
        message = f"{shown(label)} {shape} a compiled program that the accelerator runs"
        self.found.add(rules.onnx.CONTEXT, message, label)
        fault = "" if embedded else location_fault(location)
        if fault:
            message = f"{shown(label)}: the location {fault}"
            self.found.add(rules.onnx.EXTERNAL, message, label)


def _values(attributes: list[Field]) -> Iterator[tuple[str, Field]]:
    """Every field of every attribute, with the attribute's name."""
    for attribute in attributes:
        fields = list(attribute.message().fields())
        name = next((field.text() for field in fields if field.number == 1), "")
        for field in fields:
            yield name, field
