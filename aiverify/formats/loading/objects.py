"""Members that describe an object: jsonpickle, LangChain, Hydra and Lightning."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import configs
from aiverify.formats.found import Found, shown
from aiverify.formats.loading.modules import Standing, standing

DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)

LANGCHAIN = frozenset({"langchain", "langchain_community", "langchain_core", "langchain_openai"})


def target(found: Found, place: str, value: Json) -> None:
    """Hydra's `_target_` and Lightning's `class_path`: called with the members beside it."""
    if not isinstance(value, str) or not value:
        return
    known = standing(value)
    if known is Standing.DANGEROUS:
        found.add(configs.IMPORT, f"has {shown(value)} called", place)
    elif known is Standing.UNKNOWN:
        message = f"has {shown(value)} called, which no list allows"
        found.add(configs.IMPORT, message, place, Severity.WARNING)


def imported(found: Found, place: str, value: Json) -> None:
    """A name that some loaders import where it has dots, and take from their own list else."""
    if not isinstance(value, str) or not DOTTED.fullmatch(value):
        return
    known = standing(value)
    if known is Standing.DANGEROUS:
        found.add(configs.IMPORT, f"has {shown(value)} imported", place)
    elif known is Standing.UNKNOWN and not place.endswith("/target"):
        # Everybody's own classes stand under `target`, and only some loaders build them.
        message = f"has {shown(value)} imported, which no list allows"
        found.add(configs.IMPORT, message, place, Severity.WARNING)


def pickled(found: Found, place: str, value: Json) -> None:
    """A member of jsonpickle's."""
    what = shown(value) if isinstance(value, str) else "something"
    found.add(configs.OBJECT, f"describes an object of jsonpickle's: {what}", place)


def reduced(found: Found, place: str, _value: Json) -> None:
    """A method by which Python's own pickles are built."""
    found.add(configs.OBJECT, "describes how an object is built", place)


def chain(found: Found, place: str, members: Mapping[str, Json]) -> None:
    """An object of LangChain's: `lc` beside its type and the path of its class."""
    kind, path = members.get("type"), members.get("id")
    if members.get("lc") != 1 or not isinstance(path, list):
        return
    name = ".".join(str(part) for part in path[:20])
    if kind == "secret":
        message = f"has the secret {shown(name)} read from the environment"
        found.add(configs.OBJECT, message, place, Severity.WARNING)
    elif kind == "constructor":
        known = bool(path) and path[0] in LANGCHAIN
        severity = Severity.WARNING if known else None
        found.add(configs.OBJECT, f"has {shown(name)} built", place, severity)
