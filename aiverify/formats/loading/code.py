"""Members that name code: `auto_map`, `trust_remote_code`, kernels and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import configs
from aiverify.formats.found import Found, shown
from aiverify.formats.loading.walk import every

REFERENCE = re.compile(r"[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*\.[A-Za-z_]\w*", re.ASCII)
"""A class in a module beside the configuration: `modeling.Model`."""

CURATED = "kernels-community"
"""The one organisation on the Hub from which transformers takes kernels by default."""


def auto_map(found: Found, place: str, value: Json) -> None:
    """Classes by their role: each `module.Class`, or `repository--module.Class`."""
    for at, name in _texts(place, value):
        reference(found, at, name)


def reference(found: Found, place: str, name: str) -> None:
    """One class that code beside the configuration, or elsewhere, defines."""
    if "--" in name:
        repository = name.partition("--")[0]
        message = f"has code of {shown(repository)} run: {shown(name)}"
        found.add(configs.REMOTE_CODE, message, place)
    elif REFERENCE.fullmatch(name):
        message = f"has code beside it run: {shown(name)}"
        found.add(configs.OWN_CODE, message, place)
    else:
        message = f"has code run that is no class of a module: {shown(name)}"
        found.add(configs.REMOTE_CODE, message, place)


def trust(found: Found, place: str, value: Json) -> None:
    """`trust_remote_code`, which a loader may take from here instead of from its caller."""
    # Of numbers, only the one that stands for true: others are a word's, in a vocabulary.
    if value == 1 or (isinstance(value, str) and value.strip().lower() in ("true", "1", "yes")):
        found.add(configs.REMOTE_CODE, "says that remote code is to be trusted", place)


def own_code(found: Found, place: str, value: Json) -> None:
    """`custom_pipelines`, `custom_generate`: functions and classes that replace a library's."""
    for at, name in _texts(place, value):
        if "--" in name or ":/" in name:
            found.add(configs.REMOTE_CODE, f"has code run: {shown(name)}", at)
        elif at.endswith(("/impl", place)):
            found.add(configs.OWN_CODE, f"has code beside it run: {shown(name)}", at)


def kernel(found: Found, place: str, value: Json) -> None:
    """An implementation with a slash in its name is a repository whose code is fetched."""
    for at, name in _texts(place, value):
        if "/" in name:
            curated = name.rpartition("|")[2].startswith(f"{CURATED}/")
            severity = Severity.WARNING if curated else None
            message = f"has a kernel fetched and run: {shown(name)}"
            found.add(configs.REMOTE_CODE, message, at, severity)


def _texts(place: str, value: Json) -> Iterator[tuple[str, str]]:
    """All texts in a value, each with its place."""
    for at, item in every(place, value):
        if isinstance(item, str):
            yield at, item
