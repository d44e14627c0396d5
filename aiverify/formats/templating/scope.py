"""What a template gives names to: its macros, its variables and its constants."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import nodes

from aiverify.formats.templating.fold import Folder
from aiverify.formats.templating.parse import every
from aiverify.formats.templating.texts import Built

MAKERS = frozenset({"cycler", "joiner"})
"""Functions whose result is there to be called."""

DATA = (nodes.BinExpr, nodes.Compare, nodes.Concat, nodes.Literal, nodes.Not, nodes.Test)
"""Expressions that never come to a function."""

FRAGMENT = re.compile(r"_{1,2}|__\w+|\w+__", re.ASCII)
"""A piece of a name such as `__class__`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Names, whatever the block that they are given in."""

    assigned: frozenset[str]
    callable: frozenset[str]
    """Names of macros and of what is made to be called, which nothing else is named."""
    members: frozenset[str]
    """Members of objects that the template fills with what may be a function."""
    built: Built
    folder: Folder
    fragments: bool
    """Whether some constant is a piece of a name that leads to Python itself."""

    @classmethod
    def of(cls, tree: nodes.Template) -> Scope:
        """Gather a template's."""
        assigned: Counter[str] = Counter()
        called: Counter[str] = Counter()
        members: set[str] = set()
        fragments = False
        found = list(every(tree))
        for node in found:
            members |= _filled(node)
            if isinstance(node, nodes.Name) and node.ctx in ("store", "param"):
                assigned[node.name] += 1
            elif isinstance(node, nodes.Macro):
                assigned[node.name] += 1
                called[node.name] += 1
            elif isinstance(node, nodes.Assign):
                called.update(_made_to_be_called(node))
            elif isinstance(node, nodes.Const) and isinstance(node.value, str):
                fragments = fragments or FRAGMENT.fullmatch(node.value) is not None
        only = frozenset(name for name, count in called.items() if assigned[name] == count)
        folder = _learned(found, assigned)
        built = Built.of(found, only)
        return cls(frozenset(assigned), only, frozenset(members), built, folder, fragments)


def _learned(found: Sequence[nodes.Node], assigned: Counter[str]) -> Folder:
    """What constants come to."""
    folder = Folder()
    for node in found:
        if isinstance(node, nodes.Assign):
            _note(node, assigned, folder)
    folder.learn(found)
    return folder


def _filled(node: nodes.Node) -> set[str]:
    """Members that a node gives to an object, unless what it gives is certainly data."""
    if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.NSRef):
        return set() if isinstance(node.node, DATA) else {node.target.attr}
    if isinstance(node, nodes.Keyword):
        return set() if isinstance(node.value, DATA) else {node.key}
    if not isinstance(node, nodes.Pair) or isinstance(node.value, DATA):
        return set()
    key = node.key.value if isinstance(node.key, nodes.Const) else None
    # What a dictionary has itself comes before its members.
    return {key} if isinstance(key, str) and not hasattr(dict, key) else set()


def _made_to_be_called(node: nodes.Assign) -> set[str]:
    if not isinstance(node.target, nodes.Name) or not isinstance(node.node, nodes.Call):
        return set()
    maker = node.node.node
    return {node.target.name} if isinstance(maker, nodes.Name) and maker.name in MAKERS else set()


def _note(node: nodes.Assign, assigned: Counter[str], folder: Folder) -> None:
    """Keep what names stand for that are given once, alone or several at a time."""
    pairs: list[tuple[nodes.Node, nodes.Node]] = [(node.target, node.node)]
    if isinstance(node.target, nodes.Tuple) and isinstance(node.node, nodes.Tuple | nodes.List):
        pairs = list(zip(node.target.items, node.node.items, strict=False))
    for target, expression in pairs:
        if isinstance(target, nodes.Name) and assigned[target.name] == 1:
            value = folder.fold(expression)
            if value is not None:
                folder.constants[target.name] = value
