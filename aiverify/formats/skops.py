"""skops: scikit-learn models as a ZIP of arrays and a schema, which names what to build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiverify.core import jsonvalue, rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding, Severity
from aiverify.core.globals import Global
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats.interface import TooLarge
from aiverify.formats.zip import Zip

SCHEMA = "schema.json"
MAX_SCHEMA = 16 << 20
MAX_SHOWN = 200

LOADERS = frozenset(
    {
        "BytearrayNode",
        "BytesNode",
        "CachedNode",
        "ConstructorFromReduceNode",
        "DTypeNode",
        "DefaultDictNode",
        "DictNode",
        "FunctionNode",
        "JsonNode",
        "ListNode",
        "LossNode",
        "MaskedArrayNode",
        "MethodNode",
        "NdArrayNode",
        "ObjectNode",
        "OperatorFuncNode",
        "PartialNode",
        "QuantileForestNode",
        "RandomGeneratorNode",
        "RandomStateNode",
        "ReduceNode",
        "SetNode",
        "SliceNode",
        "SparseMatrixNode",
        "TreeNode",
        "TupleNode",
        "TypeNode",
        "_DictWithDeprecatedKeysNode",
    }
)
"""What `skops.io` has (0.13), and how a node says what builds it."""

NAMES_OTHERS = frozenset({"FunctionNode", "TypeNode"})
"""Loaders whose content names a second type."""

PLAIN = frozenset(
    f"builtins.{name}"
    for name in (
        "NoneType",
        "bool",
        "bytearray",
        "bytes",
        "complex",
        "dict",
        "float",
        "frozenset",
        "function",
        "int",
        "list",
        "method",
        "set",
        "slice",
        "str",
        "tuple",
        "type",
    )
)
"""Values that any schema is made of."""  # fmt: skip


def is_skops(archive: Zip) -> bool:
    """Whether an archive has a schema at its top."""
    return any(entry.name == SCHEMA for entry in archive.entries)


def facts(archive: Zip) -> Facts:
    """What the schema says: `protocol`, `skops_version`, and the types as globals.

    Raises:
        MalformedError: the schema is no JSON object.
    """
    entry = next(entry for entry in archive.entries if entry.name == SCHEMA)
    try:
        source = archive.open(entry, MAX_SCHEMA)
    except TooLarge as error:
        return Facts("skops", Role.WEIGHT, unread=f"{SCHEMA}: {error}")
    if source.size > MAX_SCHEMA:
        return Facts("skops", Role.WEIGHT, unread=f"{SCHEMA} is larger than {MAX_SCHEMA} bytes")
    schema = jsonvalue.load_object(source.read_at(0, source.size), SCHEMA)
    values: dict[str, Json] = {}
    for key, name in (("protocol", "protocol"), ("_skops_version", "skops_version")):
        if isinstance(schema.get(key), str | int):
            values[name] = schema[key]
    if "__loader__" not in schema:
        # Another program's schema: nothing in it is asked for.
        return Facts("", Role.WEIGHT)
    nodes = list(_nodes(schema))
    return Facts(
        "skops",
        Role.WEIGHT,
        values=values,
        globals=tuple(dict.fromkeys(use for node in nodes for use in _globals(node))),
        findings=tuple(finding for node in nodes for finding in _deceptions(node)),
    )


def _nodes(schema: Json) -> Iterator[Mapping[str, Json]]:
    """Every node of the tree, without recursion: its depth is the file's choice."""
    pending = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if "__loader__" in value:
                yield value
            pending.extend(reversed(value.values()))
        elif isinstance(value, list):
            pending.extend(reversed(value))


def _globals(node: Mapping[str, Json]) -> Iterator[Global]:
    """What the loader imports and builds for a node."""
    names = [_type(node)]
    content = node.get("content")
    if node.get("__loader__") in NAMES_OTHERS and isinstance(content, dict):
        names.append(_type(content))
        names.append(f"{content.get('module_path', '')}.{content.get('function', '')}")
    for name in names:
        if len(name) > 1 and name not in PLAIN:
            yield Global(name, SCHEMA, invoked=True)


def _type(node: Mapping[str, Json]) -> str:
    module, name = node.get("__module__", ""), node.get("__class__", "")
    return f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "."


def _deceptions(node: Mapping[str, Json]) -> Iterator[Finding]:
    loader, content = node.get("__loader__"), node.get("content")
    named = _type(node)
    shown = printable(named[:MAX_SHOWN])
    if loader not in LOADERS:
        message = f"the schema asks for the loader {printable(str(loader)[:MAX_SHOWN])}"
        yield rules.containers.LOADER.found(message, place=SCHEMA, severity=Severity.WARNING)
    elif loader == "OperatorFuncNode" and node.get("__module__") != "operator":
        message = f"an operator is taken from elsewhere: {shown}"
        yield rules.containers.LOADER.found(message, place=SCHEMA)
    elif loader == "MethodNode" and isinstance(content, dict):
        held = content.get("obj")
        if isinstance(held, dict) and _type(held) != named:
            real = printable(_type(held)[:MAX_SHOWN])
            message = f"a method that is said to be of {shown} is of {real}"
            yield rules.containers.LOADER.found(message, place=SCHEMA)
