"""What names in a Python module stand for."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_DEPTH = 30
"""Attributes of attributes that are followed."""

MAX_TEXT = 1000
"""Characters of a text that is put together; names are shorter."""

BUILDERS = ("__import__", "importlib.import_module", "builtins.__import__")


@dataclass(slots=True)
class Names:
    """Dotted names by what stands for them in the module, wherever it is bound."""

    imported: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    """Modules that are imported, as far as their first part."""

    @classmethod
    def of(cls, nodes: Sequence[ast.AST]) -> Names:
        """Gather imports, and names that are given to what was imported."""
        names = cls()
        for node in nodes:
            if isinstance(node, ast.Import):
                names._import(node)
            elif isinstance(node, ast.ImportFrom):
                names._import_from(node)
        for node in nodes:
            if isinstance(node, ast.Assign):
                names._assign(node)
        return names

    def dotted(self, node: ast.expr, depth: int = 0) -> str:
        """The dotted name of an expression; empty when it is none."""
        if depth > MAX_DEPTH:
            return ""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value, depth + 1)
            return f"{base}.{node.attr}" if base else ""
        if isinstance(node, ast.Call):
            return self._made(node, depth + 1)
        if isinstance(node, ast.Subscript):
            return self._looked_up(node, depth + 1)
        return ""

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            first = alias.name.partition(".")[0]
            self.modules.add(first)
            self.imported[alias.asname or first] = alias.name if alias.asname else first

    def _import_from(self, node: ast.ImportFrom) -> None:
        if node.level or not node.module:
            return
        self.modules.add(node.module.partition(".")[0])
        for alias in node.names:
            self.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def _assign(self, node: ast.Assign) -> None:
        name = self.dotted(node.value)
        for target in node.targets if name else ():
            if isinstance(target, ast.Name):
                self.imported.setdefault(target.id, name)

    def _made(self, node: ast.Call, depth: int) -> str:
        """A module that is imported by a call, and an attribute that is got by one."""
        called = self.dotted(node.func, depth)
        texts = [text(arg) for arg in node.args[:2]]
        if called == "get_ipython":
            return called
        if called in BUILDERS and texts and texts[0]:
            self.modules.add(texts[0].partition(".")[0])
            return texts[0]
        if called == "getattr" and len(texts) == 2 and texts[1]:
            base = self.dotted(node.args[0], depth)
            return f"{base}.{texts[1]}" if base else ""
        return ""

    def _looked_up(self, node: ast.Subscript, depth: int) -> str:
        """A name in `__builtins__`, `globals()`, `sys.modules` and the like."""
        key = text(node.slice)
        base = self.dotted(node.value, depth)
        if isinstance(node.value, ast.Call):
            base = self.dotted(node.value.func, depth)
        if key and base in ("sys.modules", "globals", "locals", "vars", "__builtins__"):
            return key
        if key and base.endswith("__dict__"):
            return f"{base.removesuffix('.__dict__')}.{key}"
        return ""


def text(node: ast.AST, depth: int = 0) -> str:
    """A text that is written out, or put together of such."""
    found = ""
    if isinstance(node, ast.Constant):
        found = node.value if isinstance(node.value, str) else ""
    elif depth > MAX_DEPTH:
        found = ""
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found = text(node.left, depth + 1) + text(node.right, depth + 1)
    elif isinstance(node, ast.JoinedStr):
        found = "".join(text(value, depth + 1) for value in node.values)
    elif isinstance(node, ast.Subscript) and _reverses(node.slice):
        found = text(node.value, depth + 1)[::-1]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        found = _joined(node, node.func, depth)
    return found[:MAX_TEXT]


def _reverses(node: ast.expr) -> bool:
    """Whether this is `[::-1]`."""
    return isinstance(node, ast.Slice) and node.step is not None and ast.unparse(node) == "::-1"


def _joined(node: ast.Call, func: ast.Attribute, depth: int) -> str:
    """`"".join([...])` of texts."""
    if func.attr != "join" or len(node.args) != 1:
        return ""
    items = node.args[0]
    if not isinstance(items, ast.List | ast.Tuple):
        return ""
    return text(func.value, depth + 1).join(text(item, depth + 1) for item in items.elts)
