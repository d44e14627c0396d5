"""Texts and numbers that a template puts together from constants, without rendering it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from jinja2 import nodes

Value: TypeAlias = "str | int"

MAX_DEPTH = 20
"""Nodes within nodes that are followed. What lies deeper counts as not constant."""

MAX_TEXT = 1000
"""Characters of a text that is put together; names are shorter."""

HUGE = 10**30
"""What larger numbers count as."""

WIDTH = re.compile(r"%[-+ #0]*[\d*.]")

ARITHMETIC: Mapping[type[nodes.BinExpr], Callable[[int, int], int]] = {
    nodes.Add: lambda left, right: left + right,
    nodes.Sub: lambda left, right: left - right,
    nodes.Mul: lambda left, right: left * right,
    nodes.FloorDiv: lambda left, right: left // right,
    nodes.Mod: lambda left, right: left % right,
}

FOLDED = (nodes.Concat, nodes.BinExpr, nodes.Neg, nodes.Getitem, nodes.Filter, nodes.Call)

CHANGES: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "reverse": lambda text: text[::-1],
    "string": str,
    "strip": str.strip,
    "trim": str.strip,
    "upper": str.upper,
}
"""Filters and methods that make one text of another."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Folds expressions. `constants` are names that stand for one text or number throughout."""

    constants: dict[str, Value] = field(default_factory=dict)
    known: dict[int, Value | None] = field(default_factory=dict)
    """What expressions came to, by their identity."""

    def learn(self, found: Sequence[nodes.Node]) -> None:
        """Fold a tree's nodes, each after those that it holds, however deep they lie."""
        for node in reversed(found):
            if isinstance(node, FOLDED):
                self.known[id(node)] = self._made(node, 1)

    def fold(self, node: nodes.Node | None, depth: int = 0) -> Value | None:
        """What an expression comes to, or None when that is not known from constants alone."""
        if isinstance(node, nodes.Const):
            return _value(node.value)
        if isinstance(node, nodes.Name):
            return self.constants.get(node.name)
        if id(node) in self.known:
            return self.known[id(node)]
        return self._made(node, depth + 1) if depth < MAX_DEPTH else None

    def _made(self, node: nodes.Node | None, depth: int) -> Value | None:
        value: Value | None = None
        if isinstance(node, nodes.Concat):
            value = self._joined("", node.nodes, depth)
        elif isinstance(node, nodes.BinExpr):
            value = self._binary(node, depth)
        elif isinstance(node, nodes.Neg):
            number = self.fold(node.node, depth)
            value = -number if isinstance(number, int) else None
        elif isinstance(node, nodes.Getitem):
            value = self._item(node, depth)
        elif isinstance(node, nodes.Filter):
            value = self._changed(node.node, node.name, node.args, depth)
        elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            value = self._changed(node.node.node, node.node.attr, node.args, depth)
        return value

    def text(self, node: nodes.Node | None) -> str | None:
        """What an expression comes to, if that is a text."""
        value = self.fold(node)
        return value if isinstance(value, str) else None

    def number(self, node: nodes.Node | None) -> int | None:
        """What an expression comes to, if that is a number."""
        value = self.fold(node)
        return value if isinstance(value, int) else None

    def _binary(self, node: nodes.BinExpr, depth: int) -> Value | None:
        left = self.fold(node.left, depth)
        if isinstance(node, nodes.Mod) and isinstance(left, str):
            items = node.right.items if isinstance(node.right, nodes.Tuple) else [node.right]
            return self._filled(left, items, depth)
        right = self.fold(node.right, depth)
        if isinstance(left, str):
            return _combined(node, left, right)
        if isinstance(left, int) and isinstance(right, int):
            return _computed(node, left, right)
        return None

    def _changed(
        self, node: nodes.Node | None, name: str, args: Sequence[nodes.Node], depth: int
    ) -> Value | None:
        """The value of a filter or a method."""
        if name == "join":
            return self._join(node, args, depth)
        text = self.fold(node, depth)
        if not isinstance(text, str):
            return None
        if name in CHANGES and not args:
            return CHANGES[name](text)
        if name == "format":
            return self._filled(text.replace("{}", "%s"), args, depth)
        if name == "replace" and len(args) == 2:
            old, new = (self.fold(item, depth) for item in args)
            if isinstance(old, str) and isinstance(new, str):
                return _short(text[:MAX_TEXT].replace(old, new[:MAX_TEXT]))
        return None

    def _join(self, node: nodes.Node | None, args: Sequence[nodes.Node], depth: int) -> str | None:
        """Of the filter (`list|join(text)`) and of the method (`text.join(list)`)."""
        items, between = _items(node), args[0] if args else None
        if items is None and args:
            items, between = _items(args[0]), node
        glue = self.fold(between, depth) if between else ""
        return self._joined(glue, items, depth) if items and isinstance(glue, str) else None

    def _joined(self, glue: str, items: Sequence[nodes.Node], depth: int) -> str | None:
        values = [self.fold(item, depth) for item in items[:MAX_TEXT]]
        if any(value is None for value in values):
            return None
        return _short(glue[:MAX_DEPTH].join(str(value)[:MAX_TEXT] for value in values))

    def _filled(self, text: str, items: Sequence[nodes.Node], depth: int) -> str | None:
        values = tuple(self.fold(item, depth) for item in items[:MAX_TEXT])
        if WIDTH.search(text) or any(value is None for value in values):
            return None
        try:
            return _short(text[:MAX_TEXT] % values)
        except (TypeError, ValueError, OverflowError, KeyError):
            return None

    def _item(self, node: nodes.Getitem, depth: int) -> str | None:
        text = self.fold(node.node, depth)
        if not isinstance(text, str):
            return None
        if isinstance(node.arg, nodes.Slice):
            parts = (node.arg.start, node.arg.stop, node.arg.step)
            start, stop, step = (self.fold(part, depth) for part in parts)
            return _cut(text, start, stop, step)
        index = self.fold(node.arg, depth)
        return text[index] if isinstance(index, int) and 0 <= index < len(text) else None


def _value(value: object) -> Value | None:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-HUGE, min(value, HUGE))
    return int(max(-HUGE, min(value, HUGE))) if isinstance(value, float) else None


def _items(node: nodes.Node | None) -> list[nodes.Node] | None:
    """The items of a list that is written out; of `dict(a=1)` its keys."""
    if isinstance(node, nodes.List | nodes.Tuple):
        return list(node.items)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        return [nodes.Const(item.key) for item in node.kwargs] or None
    return None


def _cut(text: str, start: Value | None, stop: Value | None, step: Value | None) -> str | None:
    if isinstance(start, str) or isinstance(stop, str) or isinstance(step, str) or step == 0:
        return None
    return text[start:stop:step]


def _combined(node: nodes.BinExpr, text: str, right: Value | None) -> str | None:
    if isinstance(node, nodes.Add) and isinstance(right, str):
        return _short(text + right)
    if isinstance(node, nodes.Mul) and isinstance(right, int):
        return text * right if 0 <= right * len(text) <= MAX_TEXT else None
    return None


def _computed(node: nodes.BinExpr, left: int, right: int) -> int | None:
    if isinstance(node, nodes.Pow):
        if right < 0:
            return None
        return _value(left**right) if abs(left).bit_length() * right <= 256 else HUGE  # type: ignore[return-value]
    operation = ARITHMETIC.get(type(node))
    if operation is None or (right == 0 and isinstance(node, nodes.FloorDiv | nodes.Mod)):
        return None
    return max(-HUGE, min(operation(left, right), HUGE))


def _short(text: str) -> str | None:
    return text if len(text) <= MAX_TEXT else None
