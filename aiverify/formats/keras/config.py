"""The dangers in a Keras model's configuration, which is a program: it names what to make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from aiverify.core import jsonvalue, rules
from aiverify.core.finding import Finding, Rule, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats.keras.names import rule_for
from aiverify.formats.keras.ops import reaching

MAX_FINDINGS = 100
"""Findings of one rule and weight that are made of one configuration; a hostile one could make
millions. Those of other rules are made nevertheless: none can hide behind harmless ones."""

MAX_SHOWN = 100

TYPE = "__typespec__"
"""A type of TensorFlow's, which stands under a name of its own."""

CONSTANTS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|-?\b(?:NaN|Infinity)\b', re.DOTALL)
"""Strings, to pass over, and what Keras writes that is not JSON. A string that does not end is
one as well: no part of it is looked at twice."""

OUTSIDE = re.compile(r"[/\\~$%]|\A\w:|://|\.\.")
"""What a path has that leads to a certain place on the machine, or elsewhere."""

FILES = {
    "merges": OUTSIDE,
    "proto": re.compile(r"\A(?:[/\\~]|\w:|\.|[\w.+-]+://)"),
    "vocabulary": OUTSIDE,
}
"""Members that name a file of words, and what their values have that lead elsewhere. `proto`
may hold the file's bytes instead, in letters that a path has too."""

Trail: TypeAlias = "tuple[Trail, str | int] | None"
"""Where a value stands: the trail to what holds it, and its key there."""


def loads(data: bytes | str, where: str) -> Json:
    """Parse a configuration. Python's NaN and Infinity, which Keras writes, become null.

    Raises:
        MalformedError: it is not JSON.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        return jsonvalue.loads(data, where)
    return jsonvalue.loads(CONSTANTS.sub(_plain, text), where)


def is_model(config: Json) -> bool:
    """Whether a document is a model's configuration: an object that names a class and has one."""
    return (
        isinstance(config, Mapping)
        and isinstance(config.get("class_name"), str)
        and isinstance(config.get("config"), Mapping | list)
    )


def judge(config: Json, place: str) -> tuple[Finding, ...]:
    """What is dangerous in a configuration, each thing once; `place` is where that stands."""
    found: dict[tuple[str, str], Finding] = {}
    counts: Counter[tuple[Rule, Severity | None]] = Counter()
    for value, trail in _objects(config):
        for rule, message, severity in _faults(value):
            if (rule.id, message) in found or counts[rule, severity] >= MAX_FINDINGS:
                continue
            counts[rule, severity] += 1
            where = f"{place}#{_pointer(trail)}"
            found[rule.id, message] = rule.found(message, place=where, severity=severity)
    return tuple(found.values())


Fault: TypeAlias = tuple[Rule, str, Severity | None]


def _objects(config: Json) -> Iterator[tuple[Mapping[str, Json], Trail]]:
    """All objects in a configuration, in order, and where they stand."""
    levels: list[tuple[Trail, Iterator[tuple[str | int, Json]]]] = [(None, _members(config))]
    if isinstance(config, Mapping):
        yield config, None
    while levels:
        trail, members = levels[-1]
        for key, value in members:
            if isinstance(value, Mapping):
                yield value, (trail, key)
            if isinstance(value, Mapping | list):
                levels.append(((trail, key), _members(value)))
                break
        else:
            levels.pop()


def _members(value: Json) -> Iterator[tuple[str | int, Json]]:
    if isinstance(value, Mapping):
        return iter(value.items())
    return enumerate(value) if isinstance(value, list) else iter(())


def _faults(value: Mapping[str, Json]) -> Iterator[Fault]:
    """One object, by the class that it names."""
    class_name = value.get("class_name")
    config = value.get("config")
    members = config if isinstance(config, Mapping) else {}
    if isinstance(class_name, str):
        bare = class_name.rpartition(">")[2]
        yield from _named(value, class_name)
        yield from _layer(bare, members)
        if bare == "Lambda":
            yield from _lambda(members)
    if value.get("function_type") == "lambda":
        yield rules.keras.LAMBDA, "a layer carries a Python function as bytecode", None
    if value.get("safe_mode") is False:
        yield rules.keras.GADGET, "a call that switches safe mode off", None
    if value.get("custom_objects"):
        yield rules.keras.CUSTOM, "the configuration brings custom objects", None


def _named(value: Mapping[str, Json], class_name: str) -> Iterator[Fault]:
    """The module and name of a class or function, as Keras looks them up."""
    if class_name == "__lambda__":
        yield rules.keras.LAMBDA, "a Python function as bytecode", None
        return
    function = class_name == "function"
    key = "config" if function else "spec_name" if class_name == TYPE else "class_name"
    name, module, registered = (
        item if isinstance(item, str) else ""
        for item in (value.get(key), value.get("module"), value.get("registered_name"))
    )
    if module:
        rule = rule_for(module, name, registered, function=function)
        if rule:
            yield rule, f"names {_shown(module)}.{_shown(name)}", None
    elif ">" in class_name or ("module" in value and not class_name.startswith("__")):
        yield rules.keras.CUSTOM, f"names {_shown(class_name)}, which is custom", None


def _layer(name: str, config: Mapping[str, Json]) -> Iterator[Fault]:
    """Layers that reach out of the model by themselves."""
    if name == "TorchModuleWrapper":
        yield rules.keras.PICKLE, "TorchModuleWrapper holds a pickled module", None
    if name == "TFSMLayer":
        path = _shown(config.get("filepath", ""))
        yield rules.keras.PATH, f"TFSMLayer loads the program {path}", None
    for key, start in FILES.items():
        named = config.get(key)
        if isinstance(named, str) and named:
            weight = None if start.search(named) else Severity.WARNING
            yield rules.keras.PATH, f"{_shown(name)} reads {_shown(named)}", weight
    symbol = reaching(name, config)
    if symbol:
        yield rules.keras.GADGET, f"{_shown(name)} calls TensorFlow's {_shown(symbol)}", None


def _lambda(config: Mapping[str, Json]) -> Iterator[Fault]:
    """A Lambda layer of Keras 2: bytecode as the first of a list, or the name of a function."""
    for key in ("function", "output_shape", "mask"):
        value = config.get(key)
        if isinstance(value, list) and value and isinstance(value[0], str):
            yield rules.keras.LAMBDA, f"a Lambda layer carries its {key} as bytecode", None
        kind = config.get(f"{key}_type")
        module = config.get("module" if key == "function" else f"{key}_module")
        if isinstance(value, str) and kind == "lambda":
            yield rules.keras.LAMBDA, f"a Lambda layer carries its {key} as bytecode", None
        elif isinstance(value, str):
            origin = module if isinstance(module, str) and module else "__main__"
            rule = rule_for(origin, value, "", function=True)
            if rule:
                yield rule, f"a Lambda layer calls {_shown(f'{origin}.{value}')}", None


def _pointer(trail: Trail) -> str:
    """A JSON pointer, of which each key is cut."""
    parts: list[str] = []
    while trail is not None:
        trail, key = trail
        parts.append(str(key)[:MAX_SHOWN].replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{part}" for part in reversed(parts))


def _plain(found: re.Match[str]) -> str:
    return found.group() if found.group().startswith('"') else "null"


def _shown(value: Json) -> str:
    return printable(str(value)[:MAX_SHOWN])
