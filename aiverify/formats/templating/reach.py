"""What a template reaches for: attributes, members, filters and what it calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from jinja2 import nodes

from aiverify.core.rules import templates
from aiverify.formats.found import shown
from aiverify.formats.templating import names
from aiverify.formats.templating.parse import every
from aiverify.formats.templating.remark import Remark
from aiverify.formats.templating.scope import Scope

INNER = (
    r"(?:__(?:builtins|class|bases?|mro|subclasses|globals|import|init|new|dict|code"
    r"|getattribute|getattr|setattr|reduce|reduce_ex|func|self|call|loader|spec|closure|wrapped"
    r"|subclasshook|init_subclass|class_getitem|getitem|enter|exit|del)__|_TemplateReference__)"
)

DUNDER = re.compile(rf"[\w.\[\]{{}}:!]*{INNER}[\w.\[\]{{}}:!]*", re.ASCII)
"""A text that is a path to Python itself, or a format string with one."""

HELD = re.compile(INNER)
"""The same within a text, out of which it can be cut."""

FIELD = re.compile(r"\{([^{}]*)\}")

LOADERS = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)

MAX_NAME = 200
"""Characters of a text in which such a name stands for itself. Longer ones may be prose."""

CAPTURES = (nodes.AssignBlock, nodes.CallBlock, nodes.FilterBlock, nodes.Macro)
"""Blocks whose text becomes a value."""


def remarks(tree: nodes.Template, scope: Scope) -> Iterator[Remark]:
    """All that is dangerous or not known, in the template's order."""
    for node in every(tree):
        if isinstance(node, LOADERS):
            yield Remark(templates.INCLUDE, "loads another template", node.lineno)
        judge = JUDGES.get(type(node))
        if judge:
            yield from judge(node, scope)


def _name(node: nodes.Name, scope: Scope) -> Iterator[Remark]:
    if DUNDER.fullmatch(node.name):
        yield _escape(node, f"names {shown(node.name)}")
    elif node.name in names.FRAMEWORK and node.name not in scope.assigned:
        message = f"names {node.name}, which leads to the program that renders it"
        yield Remark(templates.UNKNOWN, message, node.lineno)


def _constant(node: nodes.Const, _scope: Scope) -> Iterator[Remark]:
    if isinstance(node.value, str):
        yield from _held(node, node.value)


def _captured(node: nodes.Node, _scope: Scope) -> Iterator[Remark]:
    """Text of a block, which is a value like any other."""
    for part in every(node):
        if isinstance(part, nodes.TemplateData):
            yield from _held(part, part.data)


def _held(node: nodes.Node, text: str) -> Iterator[Remark]:
    """A text that is a path to Python itself, or holds a part of one."""
    if found := HELD.search(text):
        whole = len(text) <= MAX_NAME
        rule = templates.ESCAPE if whole else templates.UNKNOWN
        yield Remark(rule, f"holds the name {shown(text if whole else found.group())}", node.lineno)


def _keyword(node: nodes.Keyword, _scope: Scope) -> Iterator[Remark]:
    if DUNDER.fullmatch(node.key):
        yield _escape(node, f"holds the name {shown(node.key)}")


def _built(node: nodes.Expr, scope: Scope) -> Iterator[Remark]:
    """A text that is put together, whatever for."""
    text = scope.folder.text(node)
    if text is not None and DUNDER.fullmatch(text):
        yield _escape(node, f"builds the name {shown(text)}")


def _attribute(node: nodes.Getattr | nodes.NSRef, _scope: Scope) -> Iterator[Remark]:
    if _is_internal(node.attr) or node.attr.startswith("_"):
        yield _escape(node, f"reads the attribute {shown(node.attr)}")


def _member(node: nodes.Getitem, scope: Scope) -> Iterator[Remark]:
    yield from _built(node, scope)
    text = scope.folder.text(node.arg)
    if text is not None and _is_internal(text):
        yield _escape(node, f"reads the member {shown(text)}")
    elif text is not None and text.startswith("_"):
        yield Remark(templates.UNKNOWN, f"reads the member {shown(text)}", node.lineno)
    elif not isinstance(node.arg, nodes.Slice) and scope.built.builds(node.arg):
        rule = templates.ESCAPE if scope.fragments else templates.UNKNOWN
        yield Remark(rule, "reads a member by a name that it builds", node.lineno)


def _call(node: nodes.Call, scope: Scope) -> Iterator[Remark]:
    called = node.node
    if isinstance(called, nodes.Name):
        yield from _function(called, scope)
        return
    yield from _built(node, scope)
    if isinstance(called, nodes.Getattr):
        yield from _method(node, called.node, called.attr, scope)
    elif isinstance(called, nodes.Getitem) and (name := scope.folder.text(called.arg)):
        yield from _method(node, called.node, name, scope)
    else:
        rule = templates.ESCAPE if scope.fragments else templates.UNKNOWN
        yield Remark(rule, "calls what it does not name", node.lineno)


def _function(node: nodes.Name, scope: Scope) -> Iterator[Remark]:
    given = node.name in scope.assigned
    if node.name in scope.callable or (node.name in names.FUNCTIONS and not given):
        return
    if node.name in names.FUNCTIONS:
        yield _escape(node, f"calls {node.name}, to which it gave another meaning")
    elif node.name in names.DANGEROUS and not given:
        yield _escape(node, f"calls {node.name}")
    else:
        yield Remark(templates.UNKNOWN, f"calls {shown(node.name)}", node.lineno)


def _method(call: nodes.Call, base: nodes.Expr, name: str, scope: Scope) -> Iterator[Remark]:
    if name in names.DANGEROUS:
        yield _escape(call, f"calls the method {name}")
    elif name == "format":
        yield from _format(call, scope.folder.text(base))
    elif name in scope.members or (name not in names.METHODS and not name.startswith("_")):
        yield Remark(templates.UNKNOWN, f"calls the method {shown(name)}", call.lineno)


def _format(call: nodes.Call, text: str | None) -> Iterator[Remark]:
    """A format string reads attributes by the names in its fields."""
    if text is None:
        message = "formats a text that it does not hold itself"
        yield Remark(templates.UNKNOWN, message, call.lineno)
        return
    for field in FIELD.findall(text):
        path = field.partition(":")[0]
        parts = re.split(r"[.\[\]!]+", path)[1:]
        if any(part.startswith("_") or _is_internal(part) for part in parts):
            yield _escape(call, f"formats with the field {shown(field)}")
        elif "." in path or "[" in path:
            message = f"formats with the field {shown(field)}"
            yield Remark(templates.UNKNOWN, message, call.lineno)


def _filter(node: nodes.Filter, scope: Scope) -> Iterator[Remark]:
    yield from _built(node, scope)
    given = [("", item) for item in node.args] + [(item.key, item.value) for item in node.kwargs]
    if node.name == "attr":
        text = scope.folder.text(node.args[0]) if node.args else None
        rule = templates.ESCAPE if text is None or _is_path(text) else templates.UNKNOWN
        name = "of a name that it computes" if text is None else shown(text)
        yield Remark(rule, f"reads the attribute {name}", node.lineno)
    elif node.name not in names.FILTERS:
        yield Remark(templates.UNKNOWN, f"uses the filter {shown(node.name)}", node.lineno)
    elif node.name in names.BY_NAME:
        for key, value in given:
            yield from _by_name(node, str(key), value, scope)


def _by_name(node: nodes.Filter, key: str, value: nodes.Expr, scope: Scope) -> Iterator[Remark]:
    """An argument of a filter that takes the name of an attribute, a filter or a test."""
    text = scope.folder.text(value)
    if text is not None and (_is_path(text) or (node.name == "map" and text == "attr")):
        yield _escape(node, f"reads the attribute {shown(text)}")
    elif text is None and (key == "attribute" or scope.built.builds(value)):
        yield _escape(node, "reads an attribute by a name that it computes")
    elif text is not None and not key and not _is_known(node, text, value):
        message = f"uses {shown(text)} in the filter {node.name}"
        yield Remark(templates.UNKNOWN, message, node.lineno)


def _is_known(node: nodes.Filter, text: str, value: nodes.Expr) -> bool:
    """Whether a filter's or a test's name, where one is due, is a known one."""
    first = bool(node.args) and value is node.args[0]
    if node.name == "map":
        return not first or text in names.FILTERS
    if node.name in ("select", "reject"):
        return not first or text in names.TESTS
    return True


def _test(node: nodes.Test, _scope: Scope) -> Iterator[Remark]:
    if node.name not in names.TESTS:
        yield Remark(templates.UNKNOWN, f"uses the test {shown(node.name)}", node.lineno)


def _is_internal(name: str) -> bool:
    return name.startswith(("__", "_TemplateReference")) or name in names.INTERNALS


def _is_path(text: str) -> bool:
    """Whether an attribute's name, which may have several parts, leads to Python itself."""
    return any(part.startswith("_") or _is_internal(part) for part in text.split("."))


def _escape(node: nodes.Node, message: str) -> Remark:
    return Remark(templates.ESCAPE, message, node.lineno)


JUDGES: Mapping[type[nodes.Node], Callable[..., Iterator[Remark]]] = {
    nodes.Name: _name,
    nodes.Const: _constant,
    nodes.Keyword: _keyword,
    **dict.fromkeys(CAPTURES, _captured),
    nodes.Concat: _built,
    nodes.Add: _built,
    nodes.Mul: _built,
    nodes.Mod: _built,
    nodes.Getattr: _attribute,
    nodes.NSRef: _attribute,
    nodes.Getitem: _member,
    nodes.Call: _call,
    nodes.Filter: _filter,
    nodes.Test: _test,
}
