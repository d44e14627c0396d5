"""What a pickle builds, in a phrase."""

from __future__ import annotations

from aiverify.core.names import printable
from aiverify.formats.pickling.values import (
    Call,
    Dict,
    List,
    Opaque,
    Persistent,
    Plain,
    Ref,
    Set,
    Tuple,
    Value,
)

MAX_NAME = 100

KINDS = {
    bool: "a truth value",
    int: "a number",
    float: "a number",
    str: "a string",
    bytes: "bytes",
    bytearray: "bytes",
    type(None): "nothing",
}


def phrase(value: Value) -> str:
    """What a value is: `a dictionary of 3`, `sklearn.svm._classes.SVC`."""
    if isinstance(value, Call):
        return _shown(value.made) if value.made else "what a computed function gives"
    if isinstance(value, Dict):
        return f"a dictionary of {len(value.pairs)}"
    if isinstance(value, List | Tuple | Set):
        return f"a {type(value).__name__.lower()} of {len(value.items)}"
    return _simple(value)


def _simple(value: Plain | Opaque | Ref | Persistent) -> str:
    if isinstance(value, Ref):
        return f"the global {_shown(value.name)}"
    if isinstance(value, Persistent):
        return "an object that stands elsewhere"
    if isinstance(value, Opaque):
        return f"a long value of type {value.kind}" if value.size else value.kind
    return KINDS[type(value)]


def _shown(name: str) -> str:
    return printable(name[:MAX_NAME])
