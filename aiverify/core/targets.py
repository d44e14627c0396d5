"""The modules that an adapter's configuration says it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiverify.core.fields import Fields

LITERAL = re.compile(r"[\w.-]+")
"""A pattern that means its own text."""

ALL_LINEAR = "all-linear"
"""What PEFT resolves against the base model: which modules it means, no name tells."""

MAX_PATH = 4096
"""Characters of a path that is taken apart. No module has more, and a file may."""

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

    @classmethod
    def of(cls, config: Fields) -> Targets:
        """The targets in the members of an `adapter_config.json`."""
        value = config.members.get("target_modules")
        if isinstance(value, str):
            plain = value != ALL_LINEAR and LITERAL.fullmatch(value)
            return cls(frozenset({value}) if plain else None, exact=True)
        named = frozenset(config.texts("target_modules"))
        return cls(None if not named or ALL_LINEAR in named else named)

    def include(self, path: str) -> bool:
        """Whether a module is one of them, as far as that can be told."""
        if self.names is None:
            return True
        return bool(self.names & set((path,) if self.exact else ends(path)))

    def unused(self, paths: Sequence[str]) -> Iterator[str]:
        """The names that none of the modules bears, in order."""
        borne = {end for path in paths for end in ((path,) if self.exact else ends(path))}
        yield from sorted((self.names or frozenset()) - borne)


def ends(path: str) -> list[str]:
    """A path, and what is left of it without its first parts: `a.b.c`, `b.c`, `c`."""
    if len(path) > MAX_PATH:
        return [path]
    parts = path.rsplit(".", MAX_PARTS)
    return [".".join(parts[start:]) for start in range(len(parts))]
