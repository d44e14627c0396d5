"""What is refused before an OPA gets to see it: all that the embedded engine refuses, and more.

An OPA server cannot be told to do without some of its functions, so a policy that calls them
must not reach it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.policy import safety, tree
from aiverify.policy.embedded import EmbeddedEngine
from aiverify.policy.faults import as_error
from aiverify.policy.safety import FullName, ResultRule
from aiverify.policy.sources import Module, PolicySet
from aiverify.policy.syntax import Form, Mention, ModuleSyntax, read_module

SYSTEM = "system"
"""The package by which OPA is itself configured, and where it keeps its version."""

FOLLOWING = {
    "json.match_schema": "OPA follows its references to files and to the network",
    "json.verify_schema": "OPA follows its references to files and to the network",
}
"""Functions that are harmless in the embedded engine alone, and why they are refused here."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule set that may be given to an OPA.

    `modules` come after those whose functions they call, wherever that is possible; `declared`
    are the names that rules have below `data`.
    """

    modules: tuple[Module, ...]
    rules: tuple[ResultRule, ...]
    declared: frozenset[FullName]


def check(policies: PolicySet, data: Json) -> Checked:
    """Check policies and data that are to be loaded together.

    Raises:
        MalformedError: with file, line and column, as the embedded engine; or a policy touches
            what is OPA's own.
    """
    import regorus

    # The gate of the other engine, so that nothing passes one that does not pass both.
    EmbeddedEngine(policies, data)
    assert isinstance(data, Mapping)
    parser = regorus.Engine()
    for module in policies.modules:
        parser.add_policy(module.origin, module.text)
    with as_error(MalformedError, "the policies"):
        nodes = json.loads(parser.get_ast_as_json())
    if SYSTEM in data:
        raise MalformedError(f"the policies' data has a member {SYSTEM}, which is OPA's own")
    syntax = [read_module(node) for node in nodes]
    for node, module_syntax in zip(nodes, syntax, strict=True):
        _check_own(node, module_syntax)
    shipped = frozenset(module.origin for module in policies.modules if module.shipped)
    return Checked(
        tuple(policies.modules[index] for index in _order(syntax)),
        safety.check(syntax, shipped, data.keys()),
        frozenset(_declared(syntax)),
    )


def _check_own(node: Any, module: ModuleSyntax) -> None:
    package = module.package
    if package.parts[0] == SYSTEM:
        raise MalformedError(
            f"{package.place}: package {package.text} is OPA's own", hint="Give it another name."
        )
    for place, parts in _references(node, module.origin):
        if parts[:2] == ("data", SYSTEM):
            raise MalformedError(f"{place}: data.{SYSTEM} is OPA's own, and differs by server")
    for rule in module.rules:
        for mention in (*rule.calls, *rule.replaced):
            if mention.text in FOLLOWING:
                reason = FOLLOWING[mention.text]
                raise MalformedError(f"{mention.place}: {mention.text} is not allowed: {reason}")


def _references(node: Any, origin: str) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    pending = [node["ast"]]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            if len(item) == 1 and tree.is_reference(item):
                line, column = tree.start(item)
                yield f"{origin}:{line}:{column}", tree.parts(item)
            pending += item.values()


def _order(syntax: Sequence[ModuleSyntax]) -> Sequence[int]:
    """Indices of modules, those first whose functions the others call.

    Modules that call one another keep their order: a server that is given them one by one
    refuses the first, and a server that is started with all of them does not.
    """
    defined: dict[FullName, set[int]] = {}
    for index, module in enumerate(syntax):
        for rule in module.rules:
            if rule.form is Form.FUNCTION:
                name = (*module.package.parts, *rule.name.parts)
                defined.setdefault(name, set()).add(index)
    graph = {
        index: {
            other
            for rule in module.rules
            for mention in (*rule.calls, *rule.replaced)
            for name in _meant(mention, module)
            for other in defined.get(name, ())
            if other != index
        }
        for index, module in enumerate(syntax)
    }
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError:
        return range(len(syntax))


def _meant(mention: Mention, module: ModuleSyntax) -> Iterator[FullName]:
    first, *rest = mention.parts
    yield (*module.package.parts, *mention.parts)
    root, *imported = module.imports.get(first or "", (first,))
    if root == "data":
        yield (*imported, *rest)


def _declared(syntax: Sequence[ModuleSyntax]) -> Iterator[FullName]:
    for module in syntax:
        for rule in module.rules:
            name = (*module.package.parts, *rule.name.parts)
            yield name[: name.index(None)] if None in name else name
