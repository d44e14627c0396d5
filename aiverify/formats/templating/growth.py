"""Values that grow with every round of a loop, beyond what the loop puts to them."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from aiverify.formats.templating.parse import every

KEEPING = frozenset(
    {"capitalize", "e", "escape", "forceescape", "format", "indent", "join", "list", "lower"}
    | {"ljust", "replace", "reverse", "rjust", "safe", "string", "title", "tojson", "upper"}
)
"""Filters and methods whose result is as long as what they are given, or longer."""

ADDING = frozenset({"append", "extend", "insert"})
"""Methods that make a list longer."""

MAX_DEPTH = 50


def doubles(node: nodes.Assign | nodes.Call) -> bool:
    """`x = x + x` and `x.extend(x)`, whichever way they are written."""
    if isinstance(node, nodes.Call):
        called = node.node
        if not isinstance(called, nodes.Getattr) or called.attr != "extend":
            return False
        target = path(called.node)
        return bool(target) and any(path(item) == target for item in node.args)
    target = path(node.target)
    return bool(target) and _copies(node.node, target) > 1


def never_ends(loop: nodes.For) -> bool:
    """Whether a loop makes the list longer that it goes through."""
    target = path(loop.iter)
    return bool(target) and any(
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Getattr)
        and node.node.attr in ADDING
        and path(node.node.node) == target
        for statement in loop.body
        for node in every(statement)
    )


def path(node: nodes.Node) -> str:
    """A variable, or a namespace's member, as it is written."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.NSRef):
        return f"{node.name}.{node.attr}"
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return ""


def _copies(node: nodes.Node | None, target: str, depth: int = 0) -> int:
    """How often a value is, as a whole, in what an expression comes to."""
    if node is None or depth > MAX_DEPTH:
        return 0
    if path(node) == target:
        return 1
    if isinstance(node, nodes.CondExpr):
        branches = (node.expr1, node.expr2)
        return max(_copies(branch, target, depth + 1) for branch in branches)
    times = 2 if _multiplies(node) else 1
    return times * sum(_copies(part, target, depth + 1) for part in _parts(node))


def _multiplies(node: nodes.Node) -> bool:
    """Whether this makes several of one thing: `2 * x`, `x ** 2`, `x|replace("a", "aa")`."""
    if isinstance(node, nodes.Mul | nodes.Pow):
        return not isinstance(node.left, nodes.Const) or isinstance(node.left.value, int)
    name, args = _use(node)
    texts = [item.value for item in args[:2] if isinstance(item, nodes.Const)]
    if name != "replace" or len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        return False
    return not texts[0] or texts[1].count(texts[0]) > 1


def _parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """What an expression holds as a whole."""
    if isinstance(node, nodes.Concat):
        yield from node.nodes
    elif isinstance(node, nodes.Add | nodes.Mul | nodes.Mod | nodes.Pow):
        yield from (node.left, node.right)
    elif isinstance(node, nodes.List | nodes.Tuple):
        yield from node.items
    name, args = _use(node)
    if name in KEEPING:
        yield from args
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            yield node.node.node
        elif isinstance(node, nodes.Filter) and node.node is not None:
            yield node.node


def _use(node: nodes.Node) -> tuple[str, list[nodes.Expr]]:
    """The name of a filter or method, and its arguments."""
    if isinstance(node, nodes.Filter):
        return node.name, node.args
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        return node.node.attr, node.args
    return "", []
