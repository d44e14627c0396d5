"""Texts that a template puts together, and the names that it gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from jinja2 import nodes

from aiverify.formats.templating.parse import every

BUILDERS = frozenset({"format", "join", "replace", "reverse"})
"""Filters and methods that build a text from others."""

TELLERS = frozenset({"caller", "strftime_now"})
"""Functions whose result is a text that the template chooses."""

ROUNDS = 5
"""How often names are followed: a name of a name of a name."""


@dataclass(slots=True)
class Built:
    """Names and members of objects that stand for texts that a template put together."""

    macros: Set[str]
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, found: Sequence[nodes.Node], macros: Set[str]) -> Built:
        """Follow what a template's nodes give to names."""
        built = cls(macros)
        given = [pair for node in found for pair in _given(node)]
        for _ in range(ROUNDS):
            known = len(built.names) + len(built.members)
            for target, value in given:
                if value is None or built.builds(value):
                    built._add(target)
            if len(built.names) + len(built.members) == known:
                break
        return built

    def builds(self, expression: nodes.Node) -> bool:
        """Whether an expression puts a text together, rather than to pick or to count."""
        return any(self._is_built(node) for node in every(expression))

    def _add(self, target: nodes.Node) -> None:
        for node in every(target):
            if isinstance(node, nodes.Name):
                self.names.add(node.name)
            elif isinstance(node, nodes.NSRef):
                self.members.add(node.attr)

    def _is_built(self, node: nodes.Node) -> bool:
        built = isinstance(node, nodes.Concat)
        if isinstance(node, nodes.Add | nodes.Mod | nodes.Mul):
            built = _is_text(node.left) or _is_text(node.right)
        elif isinstance(node, nodes.Name):
            built = node.name in self.names
        elif isinstance(node, nodes.Getattr):
            built = node.attr in self.members
        elif isinstance(node, nodes.Filter):
            built = node.name in BUILDERS or _is_text(node.node)
        elif isinstance(node, nodes.Call):
            built = self._says(node.node)
        return built

    def _says(self, called: nodes.Node) -> bool:
        """Whether what is called puts a text together."""
        if isinstance(called, nodes.Name):
            return called.name in self.macros or called.name in TELLERS
        return isinstance(called, nodes.Getattr) and (
            called.attr in BUILDERS or _is_text(called.node)
        )


def _is_text(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _given(node: nodes.Node) -> Iterator[tuple[nodes.Node, nodes.Node | None]]:
    """Targets and what they are given, which is nothing where it is a block of text."""
    if isinstance(node, nodes.Assign):
        yield node.target, node.node
    elif isinstance(node, nodes.AssignBlock):
        yield node.target, None
    elif isinstance(node, nodes.For):
        yield node.target, None if _is_text(node.iter) else node.iter
    elif isinstance(node, nodes.With):
        yield from zip(node.targets, node.values, strict=False)
