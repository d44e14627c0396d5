"""The nodes of one graph or function, and what the dangerous ones among them reach."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiverify.core.finding import Severity
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import TooLarge
from aiverify.formats.protobuf.walk import Field, Message
from aiverify.formats.tensorflow.dangers import DANGERS, Danger
from aiverify.formats.tensorflow.types import MAX_TEXT, map_entry, texts

MAX_NODES = 200_000
"""Nodes of a graph with dangers that are kept to follow its constants."""

MAX_INPUTS = 1000
MAX_STEPS = 200
"""Nodes that are passed on the way from a dangerous one to its constants."""

MAX_ALL_STEPS = 1_000_000
"""The same for all dangerous ones of a graph together."""

OUTSIDE = re.compile(
    r"[/\\~]|[A-Za-z]:|(?!memcbk)[A-Za-z0-9+.-]+://|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL
)
"""What leads out of a model's folder: absolute, upwards, or to a server."""

PLAIN = frozenset(
    {
        "Const",
        "Identity",
        "IdentityN",
        "Pack",
        "Placeholder",
        "PlaceholderWithDefault",
        "Select",
        "SelectV2",
        "ShardedFilename",
        "StaticRegexFullMatch",
        "StringJoin",
    }
)
"""Operators from which a SavedModel makes the name of its checkpoint."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node (`NodeDef`). Its attributes are kept where they may say something."""

    operator: str
    inputs: tuple[str, ...]
    attributes: tuple[Field, ...]


class Scope:
    """The nodes of one graph or function by their names."""

    def __init__(self, message: Message, number: int, where: str, assets: frozenset[str]) -> None:
        self._where = where
        self._assets = assets
        self._nodes: dict[str, Node] = {}
        # Apart from their names: a second node of the same name must not cover one up.
        self._dangerous: list[tuple[str, Node, Danger]] = []
        self._steps = 0
        for field in message.fields():
            if field.number == number:
                if len(self._nodes) + len(self._dangerous) >= MAX_NODES:
                    raise TooLarge(f"a graph with dangers has more than {MAX_NODES} nodes")
                name, node = _read(field.message())
                self._nodes[name] = node
                if node.operator in DANGERS:
                    self._dangerous.append((name, node, DANGERS[node.operator]))

    def judge(self, found: Found) -> None:
        """A finding for every node that reaches beyond the graph."""
        for name, node, danger in self._dangerous:
            self._judge(name, node, danger, found)

    def _judge(self, name: str, node: Node, danger: Danger, found: Found) -> None:
        values = [value for value in self._values(node, danger) if value not in danger.usual]
        severity, value = danger.severity, values[0] if values else ""
        away = [value for value in values if OUTSIDE.match(value)]
        if away:
            severity, value = Severity.ERROR, away[0]
        elif values and severity is None:
            severity = danger.named
        if severity is None and self._untold(node, danger):
            severity = Severity.WARNING
        if severity is not None:
            what = f": '{shown(value)}'" if value else ""
            message = f"{node.operator} {danger.doing}{what}"
            found.add(danger.rule, message, f"{self._where}{name}", severity)

    def _values(self, node: Node, danger: Danger) -> Iterator[str]:
        """The files or addresses that a node names by itself or by constants."""
        if danger.attribute:
            for field in node.attributes:
                key, value = map_entry(field)
                if key == danger.attribute and value:
                    yield from texts(value)
        for name in self._led_to(node, danger):
            origin = self._nodes.get(name)
            if origin and origin.operator == "Const" and name not in self._assets:
                yield from _constant(origin)

    def _untold(self, node: Node, danger: Danger) -> bool:
        """Whether the name of a checkpoint is made in a way in which none is."""
        origins = (self._nodes.get(name) for name in self._led_to(node, danger))
        return any(origin and origin.operator not in PLAIN for origin in origins)

    def _led_to(self, node: Node, danger: Danger) -> Iterator[str]:
        """The names of all nodes that lead to the inputs at stake, nearest first."""
        taken = [node.inputs[index] for index in danger.inputs if index < len(node.inputs)]
        ahead = deque(dict.fromkeys(_sources(taken)))
        seen = set(ahead)
        while ahead and len(seen) <= MAX_STEPS:
            name = ahead.popleft()
            yield name
            origin = self._nodes.get(name)
            for other in _sources(origin.inputs if origin else ()):
                self._step()
                if other not in seen:
                    seen.add(other)
                    ahead.append(other)
        yield from ahead

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_ALL_STEPS:
            raise TooLarge("a graph with more dangers than can be followed to their constants")


def _sources(inputs: Iterable[str]) -> Iterator[str]:
    """The nodes that inputs come from. Those that begin with a caret bring an order, no value."""
    for source in inputs:
        if not source.startswith("^"):
            yield source.partition(":")[0]


def _read(message: Message) -> tuple[str, Node]:
    name = operator = ""
    inputs: list[str] = []
    attributes: list[Field] = []
    for field in message.fields(frozenset({1, 2, 4})):
        if field.number == 1:
            name = field.text()
        elif field.number == 2:
            operator = field.text()
        elif field.number == 3 and len(inputs) < MAX_INPUTS:
            inputs.append(field.text())
        elif field.number == 5:
            attributes.append(field)
    kept = operator == "Const" or operator in DANGERS
    return name, Node(operator, tuple(inputs), tuple(attributes) if kept else ())


def _constant(node: Node) -> Iterator[str]:
    """The texts of a constant (`TensorProto.string_val`)."""
    for field in node.attributes:
        key, value = map_entry(field)
        if key != "value" or not value:
            continue
        for held in value.fields():
            if held.number == 8:
                for item in held.message().fields():
                    if item.number == 8:
                        yield item.excerpt(MAX_TEXT)
