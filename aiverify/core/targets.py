"""The modules that an adapter's configuration says it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json

LITERAL = re.compile(r"[\w.-]+")
"""A pattern that means its own text."""

ALL_LINEAR = "all-linear"
"""What PEFT resolves against the base model: which modules it means, no name tells."""

MAX_PATH = 4096
"""Characters of a path that is taken apart. No module has more, and a file may."""

MAX_DIGITS = 6
"""Digits of a layer's number."""

MAX_PARTS = 64
"""Parts of a module's path that names are held against, from its end."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Names of modules, each the end of a module's path.

    `names` is None where that cannot be told: PEFT also takes a regular expression, and one
    from a stranger is not matched here, as it can take for ever.
    """

    names: frozenset[str] | None
    exact: bool = False
    """Whether a name is a whole path, as a pattern that is plain text is to PEFT."""
    pattern: bool = False
    """Whether they are a regular expression that means more than its text."""
    excluded: frozenset[str] = frozenset()
    layers: frozenset[int] = frozenset()
    """The only layers that are changed, by number; empty for all."""

    @classmethod
    def of(cls, config: Fields) -> Targets:
        """The targets in the members of an `adapter_config.json`."""
        value = config.members.get("target_modules")
        named: frozenset[str] | None = frozenset(config.texts("target_modules"))
        pattern = isinstance(value, str) and value != ALL_LINEAR and not LITERAL.fullmatch(value)
        if pattern or not named or ALL_LINEAR in named:
            named = None
        excluded = config.members.get("exclude_modules")
        return cls(
            named,
            exact=isinstance(value, str),
            pattern=pattern,
            excluded=frozenset() if isinstance(excluded, str) else _texts(config, excluded),
            layers=_layers(config.members.get("layers_to_transform")),
        )

    def refuse(self, path: str) -> str:
        """Why a module is none of them, as far as that can be told; or nothing."""
        known = {path} if self.exact else set(ends(path))
        if self.names is not None and not self.names & known:
            return "target_modules does not name"
        if self.excluded & set(ends(path)):
            return "exclude_modules names"
        number = next((int(part) for part in path.split(".") if _is_number(part)), None)
        if self.layers and number is not None and number not in self.layers:
            return "lies in none of layers_to_transform"
        return ""

    def unused(self, paths: Sequence[str]) -> Iterator[str]:
        """The names that none of the modules bears, in order."""
        borne = {end for path in paths for end in ((path,) if self.exact else ends(path))}
        yield from sorted((self.names or frozenset()) - borne - self.excluded)


def _texts(config: Fields, value: Json) -> frozenset[str]:
    return frozenset(config.texts("exclude_modules")) if value else frozenset()


def _layers(value: Json) -> frozenset[int]:
    listed = value if isinstance(value, list) else [value]
    return frozenset(item for item in listed if type(item) is int)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < MAX_DIGITS


def ends(path: str) -> list[str]:
    """A path, and what is left of it without its first parts: `a.b.c`, `b.c`, `c`."""
    if len(path) > MAX_PATH:
        return [path]
    parts = path.rsplit(".", MAX_PARTS)
    return [".".join(parts[start:]) for start in range(len(parts))]
