"""A module's rules with their text, and the results that they say they give."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.policy import nesting, tree
from aiverify.policy.faults import as_error
from aiverify.policy.results import RESULT_RULE
from aiverify.policy.sources import Module
from aiverify.policy.tree import Node

_VERB = re.compile(r"%%|%[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Stated:
    """One result as a rule writes it down.

    `keys` are those of its object, and None if it is a text alone. A code, message or fix
    that is computed is empty; where a message has a part filled in, it says `...`. `is_computed`
    says that the code is not written down.
    """

    rule: str
    line: int
    keys: frozenset[str] | None
    code: str = ""
    message: str = ""
    fix: str = ""
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition of a rule: its name in the package, its lines counted from 1, its text.

    A part of the name that is None is computed. `is_function` says that it has arguments.
    """

    parts: tuple[str | None, ...]
    first: int
    last: int
    text: str
    is_function: bool
    results: tuple[Stated, ...]

    @property
    def name(self) -> str:
        """The name with dots, to be shown."""
        return ".".join("[...]" if part is None else printable(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Outline:
    """A module: its package (dotted), the packages that it imports, and its rules."""

    module: Module
    package: str
    imports: frozenset[str]
    definitions: tuple[Definition, ...]

    @property
    def gives_results(self) -> bool:
        """Whether a rule in it is a set of results."""
        return any(_is_result(definition.parts[-1]) for definition in self.definitions)

    @property
    def results(self) -> tuple[Stated, ...]:
        """What its sets of results say they give, in the order of the text."""
        return tuple(item for definition in self.definitions for item in definition.results)


def outline(module: Module) -> Outline:
    """Parse one module.

    Raises:
        MalformedError: it is no Rego, with file, line and column.
    """
    return read(module, parse(module))


def parse(module: Module) -> Node:
    """The engine's tree of one module. Raises as `outline`."""
    import regorus

    nesting.check(module)
    engine = regorus.Engine()
    with as_error(MalformedError, module.origin):
        engine.add_policy(module.origin, module.text)
        (node,) = json.loads(engine.get_ast_as_json())
    return node["ast"]


def read(module: Module, content: Node) -> Outline:
    """The outline of a module by its tree."""
    source = module.text.encode("utf-8")
    imports = (tree.parts(item["refr"]) for item in content["imports"])
    return Outline(
        module,
        _dotted(tree.parts(content["package"]["refr"])),
        frozenset(_dotted(parts[1:]) for parts in imports if parts[0] == "data"),
        tuple(_definition(rule, source) for rule in content["rules"]),
    )


def _dotted(parts: tuple[str | None, ...]) -> str:
    return ".".join(part or "" for part in parts)


def _is_result(name: str | None) -> bool:
    return bool(name and RESULT_RULE.fullmatch(name))


def _definition(node: Node, source: bytes) -> Definition:
    content = tree.body(node)
    span = content["span"]
    head = content if "Default" in node else tree.body(content["head"])
    text = source[span["start"] : span["end"]].decode("utf-8", errors="replace")
    parts = tree.parts(head["refr"])
    first = span["line"]
    stated = "Spec" in node and "Set" in content["head"] and _is_result(parts[-1])
    return Definition(
        parts,
        first,
        first + text.count("\n"),
        text,
        is_function=bool(head.get("args")),
        results=tuple(_results(parts[-1] or "", head["key"], content)) if stated else (),
    )


def _results(rule: str, key: Node, content: Node) -> Iterator[Stated]:
    """The results of `deny contains KEY`; a variable stands for all that it is given."""
    if "Var" not in key:
        yield from _result(rule, key)
        return
    name = key["Var"]["value"]
    for kind, assignment in tree.below(content["bodies"]):
        if kind == "AssignExpr" and assignment["lhs"].get("Var", {}).get("value") == name:
            yield from _result(rule, assignment["rhs"])


def _result(rule: str, value: Node) -> Iterator[Stated]:
    line = tree.start(value)[0]
    if "Object" not in value:
        message = _text(value)
        if message:
            yield Stated(rule, line, None, message=message)
        return
    fields = {_text(key): item for _, key, item in _fields(value) if _is_text(key)}
    computed = any(not _is_text(key) for _, key, _ in _fields(value))
    code, message, fix = (_text(fields.get(name, {})) for name in ("code", "msg", "fix"))
    yield Stated(
        rule,
        line,
        frozenset(fields),
        code,
        message,
        fix,
        is_computed=computed or not _is_text(fields.get("code", {"String": {}})),
    )


def _fields(value: Node) -> list[tuple[Node, Node, Node]]:
    fields: list[tuple[Node, Node, Node]] = value["Object"]["fields"]
    return fields


def _is_text(value: Node) -> bool:
    return "String" in value or "RawString" in value


def _text(value: Node) -> str:
    """A text that stands in the policy, or the frame of one that `sprintf` fills in."""
    for kind in ("String", "RawString"):
        if kind in value:
            return str(value[kind]["value"])
    if "Call" in value and tree.parts(value["Call"]["fcn"]) == ("sprintf",):
        frame = _text((*value["Call"]["params"], {})[0])
        return _VERB.sub(lambda found: "%" if found.group() == "%%" else "...", frame)
    return ""
