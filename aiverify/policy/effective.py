"""From when on the rules of a package count: `custom.since` in its METADATA."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from aiverify.policy import metadata
from aiverify.policy.outline import outline
from aiverify.policy.sources import Module

_PACKAGE = re.compile(
    r"(?>\s|#[^\n]*)*+package[ \t]++(?P<name>[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+)"
    r"(?=\s|#|\Z)(?!(?>\s|#[^\n]*)*+[\[.])",
    re.ASCII,
)
"""The statement that a module begins with, where its name is written with dots."""


def since(modules: Iterable[Module]) -> Mapping[str, datetime]:
    """From when on the packages count that say so; of several days that one states, the first.

    Raises:
        MalformedError: METADATA is not as OPA would have it, or states what is no day.
    """
    found: dict[str, datetime] = {}
    for module in modules:
        day = metadata.since(module.text, module.origin)
        if day is not None:
            package = package_of(module)
            found[package] = min(day, found.get(package, day))
    return found


def package_of(module: Module) -> str:
    """The package of a module, dotted.

    Raises:
        MalformedError: it is no Rego.
    """
    plain = _PACKAGE.match(module.text)
    return plain["name"] if plain else outline(module).package
