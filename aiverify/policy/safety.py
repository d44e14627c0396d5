"""Refusing, before it runs, a policy that the engine would take and then misjudge by.

The engine finds many mistakes only when the line at fault is reached, and some not at all:
a rule that calls the stub of `http.send`, or waits for a variable that nothing gives a
value, is silent. A deny that is silent is an allow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, TypeAlias

from aiverify.errors import MalformedError
from aiverify.policy.functions import BUILTINS, FORBIDDEN
from aiverify.policy.library import NAMESPACE
from aiverify.policy.results import RESULT_RULE
from aiverify.policy.syntax import Form, Mention, ModuleSyntax, Rule

if TYPE_CHECKING:
    from aiverify.policy.sources import Module

FullName: TypeAlias = tuple[str | None, ...]
"""A name from below `data` on."""

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_HEAD = re.compile(r"(?:default )?(?P<name>[a-z]\w*)(?P<form>\(| contains )")
_PACKAGE = "package "


@dataclass(frozen=True, slots=True, order=True)
class ResultRule:
    """A set of results, by its package (dotted, without `data`) and its name there."""

    package: str
    name: str

    @property
    def path(self) -> str:
        """The name to ask the engine for."""
        return f"data.{self.package}.{self.name}"


def check(
    modules: Sequence[ModuleSyntax], shipped: Set[str], data: Set[str]
) -> tuple[ResultRule, ...]:
    """Check modules that are loaded together, and say which sets of results they define.

    `shipped` are the origins of modules that came with aiverify; `data` are the names at the
    top of the data that is loaded with them.

    Raises:
        MalformedError: with file, line, column and reason.
    """
    functions = frozenset(_functions(modules))
    for module in modules:
        _check_package(module, shipped, data)
        _check_imports(module)
        for rule in module.rules:
            _check_result(rule)
            _check_variables(rule)
            _check_calls(rule, module, functions)
    _check_recursion(modules, functions)
    return tuple(sorted({rule for module in modules for rule in _results(module)}))


def heads(module: Module) -> ModuleSyntax:
    """What other modules depend on in a shipped one: its package, its functions and its sets.

    It is read from the text, which is quick, and relies on how that is laid out: a rule begins
    where its line does. Nothing is said of what the rules do, for shipped rules are safe.
    """
    package, rules = Mention((), module.origin), []
    for number, line in enumerate(module.text.split("\n"), 1):
        place = f"{module.origin}:{number}"
        if line.startswith(_PACKAGE):
            parts = tuple(line.removeprefix(_PACKAGE).split("."))
            package = Mention(parts, f"{place}:{len(_PACKAGE) + 1}")
        elif head := _HEAD.match(line):
            form = Form.FUNCTION if head["form"] == "(" else Form.SET
            name = Mention((head["name"],), f"{place}:{head.start('name') + 1}")
            rules.append(Rule(name, form, (), (), ()))
    return ModuleSyntax(module.origin, package, {}, tuple(rules))


def _functions(modules: Sequence[ModuleSyntax]) -> Iterator[FullName]:
    for module in modules:
        for rule in module.rules:
            if rule.form is Form.FUNCTION:
                yield (*module.package.parts, *rule.name.parts)


def _check_package(module: ModuleSyntax, shipped: Set[str], data: Set[str]) -> None:
    package = module.package
    if not all(part and WORD.fullmatch(part) for part in package.parts):
        raise MalformedError(f"{package.place}: a package is named by plain words with dots")
    if package.parts[0] == NAMESPACE and module.origin not in shipped:
        # Another clause of a shipped function or set could make it accept more.
        raise MalformedError(
            f"{package.place}: package {package.text} belongs to the shipped rules",
            hint=f"Give the package another name; ask for a shipped rule as {NAMESPACE}:NAME.",
        )
    if package.parts[0] in data:
        # The engine would believe the data, and not ask the rule of that name.
        raise MalformedError(f"{package.place}: {package.parts[0]} is both a package and data")


def _check_imports(module: ModuleSyntax) -> None:
    for alias, parts in module.imports.items():
        if alias in ("input", "data") and parts != (alias,):
            raise MalformedError(
                f"{module.package.place}: an import takes the name {alias}",
                hint="Give the import another name with `as`.",
            )


def _check_result(rule: Rule) -> None:
    """Refuse a `deny` that would not be asked, or not answer with a set."""
    parts = rule.name.parts
    named = [part for part in parts if part and RESULT_RULE.fullmatch(part)]
    if not named or rule.form is Form.FUNCTION:
        return
    asked = rule.form is Form.SET and named == [parts[-1]]
    if not asked or not all(part and WORD.fullmatch(part) for part in parts):
        raise MalformedError(
            f"{rule.name.place}: {rule.name.text} is not a set of results",
            hint=f"Write `{named[0]} contains ... if`, or give the rule another name.",
        )


def _check_variables(rule: Rule) -> None:
    for variable in rule.unbound:
        raise MalformedError(
            f"{variable.place}: nothing gives the variable {variable.text} a value",
            hint=f"Say where it comes from: `some {variable.text} in ...`.",
        )


def _check_calls(rule: Rule, module: ModuleSyntax, functions: frozenset[FullName]) -> None:
    for mention in (*rule.calls, *rule.replaced):
        if mention.text in FORBIDDEN:
            reason = FORBIDDEN[mention.text]
            raise MalformedError(f"{mention.place}: {mention.text} is not allowed: {reason}")
    for call in rule.calls:
        if call.text not in BUILTINS and not _meant(call, module) & functions:
            raise MalformedError(f"{call.place}: there is no function {call.text}")


def _meant(mention: Mention, module: ModuleSyntax) -> frozenset[FullName]:
    """The full names that a name may stand for."""
    first, *rest = mention.parts
    if first == "data":
        return frozenset({tuple(rest)})
    meant: set[FullName] = {(*module.package.parts, *mention.parts)}
    root, *imported = module.imports.get(first or "", (None,))
    if root == "data":
        meant.add((*imported, *rest))
    return frozenset(meant)


def _check_recursion(modules: Sequence[ModuleSyntax], functions: frozenset[FullName]) -> None:
    """Refuse functions that call themselves, as Rego does: the engine would run out of stack."""
    graph: dict[FullName, list[FullName]] = {}
    places: dict[FullName, str] = {}
    for module in modules:
        for rule in module.rules:
            name = (*module.package.parts, *rule.name.parts)
            if rule.form is Form.FUNCTION:
                places[name] = rule.name.place
                for mention in (*rule.calls, *rule.replaced):
                    graph.setdefault(name, []).extend(_meant(mention, module) & functions)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        function = min(Mention(name, places[name]).text for name in error.args[1])
        place = min(places[name] for name in error.args[1])
        raise MalformedError(f"{place}: the function {function} calls itself") from error


def _results(module: ModuleSyntax) -> Iterator[ResultRule]:
    for rule in module.rules:
        *folder, name = (*module.package.parts, *rule.name.parts)
        if rule.form is Form.SET and name and RESULT_RULE.fullmatch(name):
            yield ResultRule(".".join(part or "" for part in folder), name)
