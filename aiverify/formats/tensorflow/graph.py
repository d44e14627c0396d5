"""TensorFlow's graphs (`GraphDef`) with their library of functions."""

from __future__ import annotations

from collections import Counter

from aiverify.core import rules
from aiverify.core.facts import Tensor
from aiverify.core.jsonvalue import Json
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import TooLarge
from aiverify.formats.protobuf.walk import Field, Message
from aiverify.formats.tensorflow.dangers import DANGERS
from aiverify.formats.tensorflow.known import known
from aiverify.formats.tensorflow.scope import Scope
from aiverify.formats.tensorflow.types import (
    dtype_name,
    map_entry,
    read_shape,
    whole_shape,
)

NODE, LIBRARY, FUNCTION_NODE = 1, 2, 3
CONSTANT = "Const"

MAX_TENSORS = 200_000
MAX_NAMED = 5


class Graphs:
    """What is in all graphs and functions of a file together, as they are walked through."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.operators: Counter[str] = Counter()
        self.functions: set[str] = set()
        self.tensors: list[Tensor] = []

    def graph(self, message: Message, assets: frozenset[str] = frozenset()) -> None:
        """A graph and its functions. `assets` are nodes that stand for files of the model.

        Raises:
            MalformedError: a field is not what the format has.
            TooLarge: there are more nodes or tensors than are kept.
        """
        self._nodes(message, NODE, "", assets)
        for field in message.fields(frozenset({LIBRARY, 3, 4})):
            if field.number == LIBRARY:
                for function in field.message().fields():
                    if function.number == 1:
                        self._function(function.message())

    def constants(self, message: Message) -> None:
        """Note the constants of a graph: a frozen one has its weights in them.

        Raises:
            TooLarge: there are more than are listed.
        """
        for field in message.fields():
            tensor = _constant(field.message()) if field.number == NODE else None
            if tensor:
                if len(self.tensors) >= MAX_TENSORS:
                    raise TooLarge(f"more than the {MAX_TENSORS} tensors that are listed")
                self.tensors.append(tensor)

    def judge(self) -> None:
        """A finding for operators that TensorFlow does not have, once all have been seen."""
        own = self.functions | known() | DANGERS.keys()
        custom = sorted(name for name in self.operators if name not in own)
        if custom:
            named = ", ".join(shown(name) for name in custom[:MAX_NAMED])
            more = f" and {len(custom) - MAX_NAMED} more" if len(custom) > MAX_NAMED else ""
            message = f"TensorFlow has no operator {named}{more}"
            self.found.add(rules.savedmodel.CUSTOM, message, custom[0])

    def values(self) -> dict[str, Json]:
        """`nodes`, `operators` (how often each is used) and `functions` (how many)."""
        return {
            "nodes": self.operators.total(),
            "operators": dict(sorted(self.operators.items())),
            "functions": len(self.functions),
        }

    def _function(self, message: Message) -> None:
        """A function (`FunctionDef`): its name is in its signature."""
        name = ""
        for field in message.fields(frozenset({1})):
            if field.number == 1:
                names = [item.text() for item in field.message().fields() if item.number == 1]
                name = names[-1] if names else ""
        self.functions.add(name)
        self._nodes(message, FUNCTION_NODE, f"{name}/", frozenset())

    def _nodes(self, message: Message, number: int, where: str, assets: frozenset[str]) -> None:
        """Count the operators, and look closer only where one of them is a danger."""
        dangerous = False
        for field in message.fields():
            if field.number == number:
                operator = _operator(field.message())
                self.operators[operator] += 1
                dangerous = dangerous or operator in DANGERS
        if dangerous:
            Scope(message, number, where, assets).judge(self.found)


def _operator(message: Message) -> str:
    names = [field.text() for field in message.fields(frozenset({1, 2})) if field.number == 2]
    return names[-1] if names else ""


def _constant(message: Message) -> Tensor | None:
    """A node's tensor, if it is a constant. Text is none of the weights."""
    name = operator = ""
    attributes: list[Field] = []
    for field in message.fields(frozenset({1, 2})):
        if field.number == 1:
            name = field.text()
        elif field.number == 2:
            operator = field.text()
        elif field.number == 5:
            attributes.append(field)
    if operator != CONSTANT:
        return None
    for attribute in attributes:
        key, value = map_entry(attribute)
        for field in value.fields() if value and key == "value" else ():
            if field.number == 8:
                return _tensor(name, field.message())
    return None


def _tensor(name: str, message: Message) -> Tensor | None:
    """A tensor's type and shape (`TensorProto`). A scalar's shape is not written."""
    dtype, shape = "", whole_shape(())
    for field in message.fields(frozenset({1, 2})):
        if field.number == 1:
            dtype = dtype_name(field.unsigned())
        elif field.number == 2:
            shape = whole_shape(read_shape(field.message()))
    return Tensor(name, dtype, shape) if shape is not None and dtype != "string" else None
