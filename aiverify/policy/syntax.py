"""What a policy's syntax tree says: its rules, and the names of the functions they call.

The tree is the engine's own, so that what is checked is what will run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from aiverify.core.names import printable
from aiverify.policy import tree
from aiverify.policy.tree import Node


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as a policy writes it, and where: `file:line:column`. None is a computed part."""

    parts: tuple[str | None, ...]
    place: str

    @property
    def text(self) -> str:
        """The name with dots, to be shown."""
        return ".".join("[...]" if part is None else printable(part) for part in self.parts)


class Form(Enum):
    """What a rule defines."""

    SET = auto()
    FUNCTION = auto()
    VALUE = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, by the name that it has inside its package.

    `calls` are the functions that it calls; `replaced` are the names on both sides of its
    `with`; `unbound` are the variables of `some x` that nothing beside it gives a value.
    """

    name: Mention
    form: Form
    calls: tuple[Mention, ...]
    replaced: tuple[Mention, ...]
    unbound: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class ModuleSyntax:
    """One module: its package, what its imports stand for, and its rules."""

    origin: str
    package: Mention
    imports: Mapping[str, tuple[str | None, ...]]
    rules: tuple[Rule, ...]


def read_module(module: Node) -> ModuleSyntax:
    """Read one module of the engine's tree."""
    origin = module["source"]["file"]
    reader = _Reader(origin, module["source"]["contents"].encode("utf-8"))
    content = module["ast"]
    return ModuleSyntax(
        origin,
        reader.mention(content["package"]["refr"]),
        dict(reader.imported(item) for item in content["imports"]),
        tuple(reader.rule(node) for node in content["rules"]),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads nodes of one file: places need its name, and bare spans its text."""

    origin: str
    source: bytes

    def mention(self, reference: Node) -> Mention:
        line, column = tree.start(reference)
        return Mention(tree.parts(reference), f"{self.origin}:{line}:{column}")

    def word(self, span: Node) -> str:
        return self.source[span["start"] : span["end"]].decode("utf-8")

    def imported(self, item: Node) -> tuple[str, tuple[str | None, ...]]:
        parts = tree.parts(item["refr"])
        alias = item.get("as")
        return (self.word(alias) if alias else parts[-1] or "", parts)

    def rule(self, node: Node) -> Rule:
        form, head = _head(node)
        calls: list[Mention] = []
        replaced: list[Mention] = []
        unbound: list[Mention] = []
        for key, content in tree.below(node):
            if key == "Call":
                calls.append(self.mention(content["fcn"]))
            elif key == "with_mods":
                replaced += self.replaced(content)
            elif isinstance(content, dict) and "stmts" in content:
                unbound += self.unbound(content)
        return Rule(self.mention(head["refr"]), form, tuple(calls), tuple(replaced), tuple(unbound))

    def replaced(self, modifiers: Node) -> Iterator[Mention]:
        for modifier in modifiers:
            for side in (modifier["refr"], modifier["as"]):
                if tree.is_reference(side):
                    yield self.mention(side)

    def unbound(self, query: Node) -> Iterator[Mention]:
        bound = set(tree.bound(query))
        for span in tree.declared(query):
            name = self.word(span)
            if name not in bound:
                yield Mention((name,), f"{self.origin}:{span['line']}:{span['col']}")


def _head(node: Node) -> tuple[Form, Node]:
    if "Default" in node:
        default = node["Default"]
        return (Form.FUNCTION if default["args"] else Form.VALUE), default
    head = node["Spec"]["head"]
    form = {"Set": Form.SET, "Func": Form.FUNCTION}.get(next(iter(head)), Form.VALUE)
    return form, tree.body(head)
