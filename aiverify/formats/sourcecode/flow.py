"""What was decoded or fetched, and the names that it is given on its way through a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from aiverify.formats.sourcecode.dangers import CONNECTS, DECODES, danger
from aiverify.formats.sourcecode.names import Names

ROUNDS = 3
"""How often names are followed: a name of a name of a name."""

MIN_TEXT = 12
"""Characters that a program takes once it is encoded."""

MAX_PARTS = 50
"""Parts of what a decoder is given that are looked at."""

PICKING = (ast.Subscript, ast.Attribute)

WORDS = {DECODES: DECODES, CONNECTS: "fetches"}


@dataclass(frozen=True, slots=True)
class Flow:
    """Where values come from. Names are followed whatever the function that they stand in."""

    names: Names
    sources: dict[str, str] = field(default_factory=dict)
    """Names of what was decoded or fetched, and which of the two."""
    unpacked: set[str] = field(default_factory=set)
    """Names of texts that the module holds itself, and of what was decoded from them."""

    @classmethod
    def of(cls, module: ast.Module, names: Names) -> Flow:
        """Follow the assignments and the functions of a module."""
        flow = cls(names)
        given = list(_given(module))
        for _ in range(ROUNDS):
            for targets, value in given:
                if kind := flow.comes_from(value):
                    flow.sources.update(dict.fromkeys(targets, kind))
                if _is_text(value) or flow.unpacks(value):
                    flow.unpacked.update(targets)
        return flow

    def comes_from(self, node: ast.AST) -> str:
        """Whether some part of an expression is `decodes` or `fetches`; empty for neither."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in self.sources:
                return self.sources[part.id]
            if isinstance(part, ast.Call):
                kind = WORDS.get(danger(self.names.dotted(part.func)))
                if kind:
                    return kind
        return ""

    def unpacks(self, node: ast.AST) -> bool:
        """Whether some part of an expression was decoded from a text in the module itself."""
        return any(self._is_unpacked(part) for part in ast.walk(node))

    def _is_unpacked(self, part: ast.AST) -> bool:
        if isinstance(part, ast.Name):
            return part.id in self.unpacked and self.sources.get(part.id) == DECODES
        if not isinstance(part, ast.Call) or danger(self.names.dotted(part.func)) != DECODES:
            return False
        return any(
            _is_text(item) or (isinstance(item, ast.Name) and item.id in self.unpacked)
            for arg in part.args
            for item in islice(ast.walk(arg), MAX_PARTS)
        )

    def sends_environment(self, call: ast.Call) -> bool:
        """Whether all of `os.environ` is among what a call is given, and not one member of it."""
        given = [*call.args, *(item.value for item in call.keywords)]
        parts = [part for value in given for part in ast.walk(value)]
        members = {id(part.value) for part in parts if isinstance(part, PICKING) and _is_one(part)}
        return any(
            isinstance(part, ast.Attribute | ast.Name)
            and self.names.dotted(part) == "os.environ"
            and id(part) not in members
            for part in parts
        )


def _is_text(node: ast.AST) -> bool:
    """Whether this is a text long enough to be a program, and not the name of an encoding."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str | bytes):
        return False
    return len(node.value) >= MIN_TEXT


def _is_one(part: ast.Subscript | ast.Attribute) -> bool:
    """Whether this is `environ[...]` or `environ.get`."""
    return isinstance(part, ast.Subscript) or part.attr in ("get", "pop", "setdefault")


def _given(module: ast.Module) -> Iterator[tuple[list[str], ast.expr]]:
    """Names, and what they are given: by assignment, by `with`, or as a function's result."""
    left: list[tuple[ast.AST, str]] = [(module, "")]
    while left:
        node, function = left.pop()
        if isinstance(node, ast.Return) and node.value and function:
            yield [function], node.value
        else:
            yield from _bound(node)
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        left.extend((child, inside) for child in reversed(list(ast.iter_child_nodes(node))))


def _bound(node: ast.AST) -> Iterator[tuple[list[str], ast.expr]]:
    if isinstance(node, ast.Assign):
        yield _names(*node.targets), node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and node.value:
        yield _names(node.target), node.value
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield _names(node.optional_vars), node.context_expr


def _names(*targets: ast.expr) -> list[str]:
    parts = [part for target in targets for part in ast.walk(target)]
    return [part.id for part in parts if isinstance(part, ast.Name)]
