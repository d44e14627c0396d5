"""What a module names of `data`: the packages that it may depend on."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.policy import tree
from aiverify.policy.tree import Node


def depends(names: frozenset[tuple[str, ...]], package: str) -> bool:
    """Whether one of the names may lead to a package, into it or through it."""
    parts = tuple(package.split("."))
    return any(name[: len(parts)] == parts[: len(name)] for name in names)


def references(content: Node) -> frozenset[tuple[str, ...]]:
    """The names below `data` in a module's tree, each as far as it is written out.

    `data` alone, or with a part that is computed, is the empty name: it may be anything.
    """
    return frozenset(_names([content["imports"], content["rules"]]))


def _names(node: Node) -> Iterator[tuple[str, ...]]:
    pending = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict) and len(item) == 1 and tree.is_reference(item):
            parts = tree.parts(item)
            if parts[0] == "data":
                written = parts[1:]
                end = written.index(None) if None in written else len(written)
                yield tuple(part for part in written[:end] if part is not None)
            pending += _inside(item)
        elif isinstance(item, dict):
            pending += item.values()


def _inside(reference: Node) -> Iterator[Node]:
    """What is computed inside a name: what stands between brackets, or before the first dot."""
    while tree.is_reference(reference) and "Var" not in reference:
        content = tree.body(reference)
        if "index" in content:
            yield content["index"]
        reference = content["refr"]
    if "Var" not in reference:
        yield reference
