"""Heads of rules whose value may be undefined, for an engine that trips over them.

In Rego a value that is undefined is no member of a set, and says nothing of the others. regorus
loses those it has, or fails, where the head itself is undefined: `deny contains t.msg if some t in
input.list` would deny nothing if the last `t` had no `msg`. A value that is given in the body is
undefined there, which regorus takes as Rego has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.policy import tree
from aiverify.policy.tree import Node

VALUE = "value_of_the_head__"
"""The variable that a value is given to in the body. It is declared nowhere, and local there."""

_DEFINED = frozenset(
    {"Var", "String", "RawString", "Number", "Bool", "Null", "Array", "Object", "Set"}
)
"""Kinds of expression that are defined if all in them are."""

_BEFORE = re.compile(rb"\scontains\s|:=|(?<=\])\s*=")


def spelled_out(module: Node) -> str:
    """A module's text with the values of its sets and objects given in the bodies of the rules."""
    source: bytes = module["source"]["contents"].encode("utf-8")
    edits = sorted(
        (edit for rule in module["ast"]["rules"] for edit in _edits(rule, source)), reverse=True
    )
    for start, end, text in edits:
        source = source[:start] + text + source[end:]
    return source.decode("utf-8")


def _edits(rule: Node, source: bytes) -> Iterator[tuple[int, int, bytes]]:
    """What to write in place of which bytes of a rule; nothing if its head is always defined."""
    spec = rule.get("Spec")
    value = _value(spec["head"]) if spec else None
    if value is None or _is_defined(value) or any(body["is_else"] for body in spec["bodies"]):
        return
    queries = [body["query"]["span"] for body in spec["bodies"]]
    start = _begin(spec, source)
    end = spec["span"]["end"]
    if queries:
        # The engine's tree does not say where an object begins. It says where a body does.
        end = source.rindex(b"if", start, queries[0]["start"])
    statement = VALUE.encode() + b" := " + source[start:end].strip() + b"\n}"
    yield start, end, b" " + VALUE.encode() + b" "
    for query in queries:
        text = source[query["start"] : query["end"]]
        yield query["start"], query["end"], _opened(text) + statement
    if not queries:
        # Later in the text than the value, and so written first.
        yield end, end, b" if { " + statement


def _begin(spec: Node, source: bytes) -> int:
    """Where the value begins: behind `contains`, or behind the sign of an assignment."""
    found = _BEFORE.search(source, spec["span"]["start"])
    assert found
    return found.end()


def _value(head: Node) -> Node | None:
    """What a rule adds to a set or an object."""
    kind = next(iter(head))
    if kind == "Set":
        return head[kind]["key"]
    if kind != "Compr" or "RefBrack" not in head[kind]["refr"]:
        return None
    assigned = head[kind].get("assign")
    return assigned["value"] if assigned else None


def _is_defined(value: Node) -> bool:
    kinds = {next(iter(value)), *(key for key, _ in tree.below(value) if key[:1].isupper())}
    return kinds <= _DEFINED


def _opened(query: bytes) -> bytes:
    """The text of a body that has its brace and waits for one more statement."""
    if not query.startswith(b"{"):
        return b"{ " + query + b"\n"
    inner = query[1:-1]
    return b"{" + inner + (b"" if inner.rstrip(b" \t").endswith(b"\n") else b"\n")
