"""Moving about in the engine's syntax tree.

The tree is JSON. A node is an object with one member, its kind: `{"Call": {"span": ...,
"fcn": ..., "params": [...]}}`; names that a policy chose are values in it, never keys.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, TypeAlias

Node: TypeAlias = Any

PATTERNS = frozenset({"Var", "Array", "Object"})
"""Kinds of expression that give variables a value when something is matched with them."""


def body(node: Node) -> Node:
    """What a node holds, whatever its kind."""
    (content,) = node.values()
    return content


def is_reference(node: Node) -> bool:
    """Whether an expression is a name with parts, such as `input.a["b"][i]`."""
    return bool(node.keys() & {"Var", "RefDot", "RefBrack"})


def parts(reference: Node) -> tuple[str | None, ...]:
    """The parts of a name, from the left. None stands for one that is computed."""
    result: list[str | None] = []
    while "Var" not in reference:
        if not is_reference(reference):
            return (None, *reversed(result))
        content = body(reference)
        if "field" in content:
            result.append(content["field"][1])
        else:
            result.append(content["index"].get("String", {}).get("value"))
        reference = content["refr"]
    return (reference["Var"]["value"], *reversed(result))


def start(node: Node) -> tuple[int, int]:
    """The line and column where an expression starts: for a name, where its first part does."""
    while "refr" in body(node):
        node = body(node)["refr"]
    span = body(node)["span"]
    return span["line"], span["col"]


def below(node: Node, leave_out: Container[str] = ()) -> Iterator[tuple[str, Node]]:
    """Every object and list that is a member of an object in a tree, with its key.

    Those below some keys are left out, and so are spans, which most of a tree is.
    """
    pending = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            for key, value in item.items():
                if isinstance(value, dict | list) and key != "span" and key not in leave_out:
                    yield key, value
                    pending.append(value)


def declared(query: Node) -> Iterator[Node]:
    """The spans of variables that a query declares with `some x`, without saying in what."""
    for key, declaration in below(query["stmts"], {"query"}):
        if key == "SomeVars":
            yield from declaration["vars"]


def bound(query: Node) -> Iterator[str]:
    """The variables that a query's own statements give values to.

    `not` gives none, and neither does what is nested in a comprehension.
    """
    for key, content in below(query["stmts"], {"query", "NotExpr"}):
        if key == "RefBrack":
            yield from _variables(content["index"])
        elif key == "AssignExpr":
            yield from _variables(content["lhs"])
            yield from _variables(content["rhs"])
        elif key == "SomeIn":
            yield from _variables(content["value"])
            yield from _variables(content["key"] or {})
        elif key == "Call" and parts(content["fcn"]) == ("walk",):
            for given in content["params"][-1:]:
                yield from _variables(given)


def _variables(pattern: Node) -> Iterator[str]:
    if pattern.keys() & PATTERNS:
        for key, content in below(pattern):
            if key == "Var":
                yield content["value"]
