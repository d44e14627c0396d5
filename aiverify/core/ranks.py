"""The rank that an adapter's configuration gives each module."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiverify.core.fields import Fields

LITERAL = re.compile(r"\^?[\w.-]+\$?")
"""A pattern that means its own text, but for the anchors at its ends."""

MAX_PARTS = 64
"""Parts of a module's path that patterns are held against, from its end."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """`r`, and the ranks that override it by module.

    PEFT reads the keys of `rank_pattern` as regular expressions for the end of a module's
    path, and takes the first that matches. An expression from a stranger can take for ever
    to match, so only keys that are plain text are told apart: any other key may match, and
    its rank is allowed everywhere.
    """

    default: int | None
    literal: dict[str, tuple[int, int]]
    """By the path's end: the key's position in the pattern, and its rank."""
    elsewhere: frozenset[int]

    @classmethod
    def of(cls, config: Fields) -> Ranks:
        """The ranks in the members of an `adapter_config.json`."""
        literal: dict[str, tuple[int, int]] = {}
        elsewhere: set[int] = set()
        patterns = config.inner("rank_pattern")
        for position, key in enumerate(patterns.members):
            rank = patterns.integer(key)
            if rank is None:
                continue
            if LITERAL.fullmatch(key):
                literal.setdefault(key.strip("^$"), (position, rank))
            else:
                elsewhere.add(rank)
        return cls(config.integer("r"), literal, frozenset(elsewhere))

    def allowed(self, path: str) -> frozenset[int]:
        """The ranks that a module may have; none when the configuration does not say."""
        parts = path.rsplit(".", MAX_PARTS)
        ends = (".".join(parts[start:]) for start in range(len(parts)))
        overriding = [self.literal[end] for end in ends if end in self.literal]
        if overriding:
            return self.elsewhere | {min(overriding)[1]}
        return self.elsewhere if self.default is None else self.elsewhere | {self.default}
