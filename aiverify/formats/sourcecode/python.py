"""A Python module: what it imports, and what it does beyond a model. Parsed, never compiled."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import code
from aiverify.errors import MalformedError
from aiverify.formats.found import Found, shown
from aiverify.formats.hidden import hidden
from aiverify.formats.sourcecode import shell
from aiverify.formats.sourcecode.dangers import (
    CONNECTS,
    DECODES,
    EVALUATES,
    QUIET,
    REDIRECTS,
    RUNS,
    UNPICKLES,
    danger,
)
from aiverify.formats.sourcecode.flow import Flow
from aiverify.formats.sourcecode.names import Names

CODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
"""A declaration of the encoding, in one of the first two lines (PEP 263)."""

ENCODINGS = frozenset({"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii", "latin-1", "iso-8859-1"})

EVALUATORS = frozenset({"builtins.eval", "builtins.exec", "compile", "eval", "exec"})

MAX_TEXTS = 100
"""Texts in a command that are looked at."""

DEFERRED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of something dangerous."""

    name: str
    kind: str
    node: ast.Call
    at_import: bool


def judge(text: str, found: Found, place: str = "") -> dict[str, Json]:
    """Judge a module, and state its imports and calls. `place` is put before its lines.

    Raises:
        MalformedError: it cannot be parsed.
    """
    where = f"{place}, line " if place else "line "
    _note_characters(text, found, where)
    module = parse(text)
    nodes = list(ast.walk(module))
    names = Names.of(nodes)
    calls = list(_calls(module, names))
    flow = Flow.of(module, names)
    for call in calls:
        _judge_call(call, flow, found, f"{where}{call.node.lineno}")
    _judge_together(calls, found, where)
    return {
        "imports": sorted(names.modules),
        "functions": sum(isinstance(node, DEFERRED[:2]) for node in nodes),
        "classes": sum(isinstance(node, ast.ClassDef) for node in nodes),
        "calls_at_import": sorted({call.name for call in calls if call.at_import}),
    }


def parse(text: str) -> ast.Module:
    """The tree of a module.

    Raises:
        MalformedError: its syntax is wrong, or it is nested deeper than a parser goes.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # of escapes that Python does not know
            return ast.parse(text)
    except SyntaxError as error:
        raise MalformedError(f"line {error.lineno or 1}: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise MalformedError("nested deeper than a parser goes") from error
    except (ValueError, OverflowError) as error:
        raise MalformedError("not the text of a program") from error


def _note_characters(text: str, found: Found, where: str) -> None:
    for number, line in enumerate(text.split("\n", 2)[:2], 1):
        declared = CODING.match(line)
        if declared and declared.group(1).lower().replace("_", "-") not in ENCODINGS:
            message = f"is read in another encoding than it is shown in: {shown(declared.group(1))}"
            found.add(code.MALICIOUS, message, f"{where}{number}")
    if not text.isascii():
        for number, line in enumerate(text.split("\n"), 1):
            if codes := hidden(line):
                message = f"holds characters that nobody sees: {codes}"
                found.add(code.DANGEROUS, message, f"{where}{number}")


def _calls(module: ast.Module, names: Names) -> Iterator[Call]:
    """Calls of what is dangerous, in their order."""
    left: list[tuple[ast.AST, bool]] = [(module, True)]
    while left:
        node, at_import = left.pop()
        for called, call in _used(node):
            name = names.dotted(called)
            if kind := danger(name):
                yield Call(name, kind, call, at_import)
        if isinstance(node, DEFERRED) or _is_for_the_command_line(node):
            at_import = False
        below = list(ast.iter_child_nodes(node))
        left.extend((child, at_import) for child in reversed(below))


def _used(node: ast.AST) -> Iterator[tuple[ast.expr, ast.Call]]:
    """What a node calls; what a call is given may be called too, and so may a decorator."""
    if isinstance(node, ast.Call):
        yield node.func, node
        for given in (*node.args, *(item.value for item in node.keywords)):
            if isinstance(given, ast.Name | ast.Attribute):
                yield given, node
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            call = ast.Call(decorator, [], [], lineno=decorator.lineno)
            yield decorator, call


def _is_for_the_command_line(node: ast.AST) -> bool:
    """Whether this is `if __name__ == "__main__"`."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.left, ast.Name)
        and node.test.left.id == "__name__"
    )


def _judge_call(call: Call, flow: Flow, found: Found, place: str) -> None:
    attack = next(_attacks(call, flow), "")
    if attack:
        found.add(code.MALICIOUS, f"{attack}: {shown(call.name)}", place)
    elif call.kind not in QUIET:
        when = " when it is imported" if call.at_import else ""
        # A loader that follows `auto_map` imports the module, and nobody calls anything.
        weight = Severity.ERROR if call.at_import and call.kind == RUNS else None
        found.add(code.DANGEROUS, f"{call.kind}{when}: {shown(call.name)}", place, weight)


def _attacks(call: Call, flow: Flow) -> Iterator[str]:
    """What makes a call one that only an attack makes."""
    given = call.node.args[:1]
    if call.kind == EVALUATES and given:
        kind = flow.comes_from(given[0])
        if kind and (kind == DECODES or call.name in EVALUATORS):
            yield f"{call.kind} that it {kind}"
    elif call.kind == UNPICKLES and given and flow.unpacks(given[0]):
        yield f"{call.kind} what it {DECODES}"
    elif call.kind == RUNS:
        if any(flow.unpacks(part) for part in _command(call.node)):
            yield f"{call.kind} by a command that it {DECODES}"
        for text in islice(_texts(call.node), MAX_TEXTS):
            yield from shell.attacks(text[: shell.MAX_LINE])
    elif call.kind == CONNECTS and flow.sends_environment(call.node):
        yield "sends away all of the environment"


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _command(node: ast.Call) -> Sequence[ast.expr]:
    """The parts of a command that a shell reads: all of a text, and what follows `sh -c`."""
    first = node.args[0] if node.args else None
    if not isinstance(first, ast.List | ast.Tuple):
        return [first] if first else []
    texts = [item.value for item in first.elts if isinstance(item, ast.Constant)]
    return first.elts if "-c" in texts else []


def _judge_together(calls: Sequence[Call], found: Found, where: str) -> None:
    """A socket in the place of a shell's input and output."""
    connected = any(call.name.startswith("socket.") for call in calls)
    handed = [call for call in calls if call.kind == REDIRECTS or call.name == "pty.spawn"]
    if connected and handed:
        message = "connects a shell to another machine"
        found.add(code.MALICIOUS, message, f"{where}{handed[0].node.lineno}")
