"""What a template asks of the machine that renders it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import nodes

from aiverify.core.rules import templates
from aiverify.formats.templating import growth, names
from aiverify.formats.templating.remark import Remark
from aiverify.formats.templating.scope import Scope

MAX_ROUNDS = 100_000
"""Rounds of a loop, and of loops within loops together: what Jinja's sandbox allows one."""

MAX_REPEATED = 1_000_000
"""Characters of a line that is filled up, and copies of a text or a list."""

MAX_POWER = 1000
"""Exponents of a number that is not known."""

WIDTH = re.compile(r"(?:%[-+ #0]*\d*\.?|\{[^{}]*:[^{}]*?)(\d{6,})|%[-+#0]*\d*\.?\*")
"""A width or precision in a format string that is larger than any line, or given as a value."""


def remarks(tree: nodes.Template, scope: Scope) -> Iterator[Remark]:
    """All that asks for too much."""
    # No rounds: outside of loops. One: in loops through what a conversation brings.
    left: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while left:
        node, rounds = left.pop()
        if isinstance(node, nodes.For):
            rounds = max(1, rounds) * max(1, _rounds(node.iter, scope) or 1)
            if rounds > MAX_ROUNDS:
                yield _bomb(node, f"loops more than {MAX_ROUNDS} times")
                rounds = 1
            if growth.never_ends(node):
                yield _bomb(node, "loops through a list that it makes longer")
        for message in _asks(node, rounds, scope):
            yield _bomb(node, message)
        left.extend((child, rounds) for child in reversed(list(node.iter_child_nodes())))


def _asks(node: nodes.Node, rounds: int, scope: Scope) -> Iterator[str]:
    if isinstance(node, nodes.Call) and (_rounds(node, scope) or 0) > MAX_ROUNDS:
        yield f"counts beyond {MAX_ROUNDS}"
    elif isinstance(node, nodes.Mul) and _repeats(node, scope):
        yield "repeats a text or a list too often"
    elif isinstance(node, nodes.Pow) and _explodes(node, scope):
        yield "computes a number with too many digits"
    elif isinstance(node, nodes.Assign | nodes.Call) and rounds and growth.doubles(node):
        yield "doubles a text or a list in a loop"
    elif isinstance(node, nodes.Const | nodes.Filter | nodes.Call) and _is_wide(node, scope):
        yield "fills a line up beyond measure"


def _rounds(node: nodes.Node, scope: Scope) -> int | None:
    """How far a call of `range` counts; None for anything else."""
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
        return None
    values = [scope.folder.number(item) for item in node.args]
    if node.node.name != "range" or not values or len(values) > 3:
        return None
    start, stop, step = (0, values[0], 1) if len(values) == 1 else (*values, 1)[:3]
    if stop is None:
        return None
    return abs(stop - (start or 0)) // max(1, abs(step or 1))


def _repeats(node: nodes.Mul, scope: Scope) -> bool:
    """Numbers that are not known are multiplied by what they like."""
    for repeated, times in ((node.left, node.right), (node.right, node.left)):
        count = scope.folder.number(times)
        if count is None or scope.folder.number(repeated) is not None:
            continue
        text = scope.folder.text(repeated)
        length = len(text) if text is not None else 1
        if count * length > MAX_REPEATED:
            return True
    return False


def _explodes(node: nodes.Pow, scope: Scope) -> bool:
    base, power = scope.folder.number(node.left), scope.folder.number(node.right)
    if power is None:
        return isinstance(node.right, nodes.Pow)
    return power > MAX_POWER and base not in (0, 1)


def _is_wide(node: nodes.Const | nodes.Filter | nodes.Call, scope: Scope) -> bool:
    if isinstance(node, nodes.Const):
        return isinstance(node.value, str) and WIDTH.search(node.value) is not None
    name = ""
    if isinstance(node, nodes.Filter):
        name = node.name
    elif isinstance(node.node, nodes.Getattr):
        name = node.node.attr
    given = [*node.args, *(item.value for item in node.kwargs)]
    return name in names.WIDE and any(
        (scope.folder.number(item) or 0) > MAX_REPEATED for item in given
    )


def _bomb(node: nodes.Node, message: str) -> Remark:
    return Remark(templates.BOMB, message, node.lineno)
