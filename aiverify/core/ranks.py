"""The rank that an adapter's configuration gives each module."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiverify.core.fields import Fields
from aiverify.core.targets import ends

LITERAL = re.compile(r"\^?[\w.-]+\$?")
"""A pattern that means its own text, but for the anchors at its ends."""

SHOWN = 3
"""Ranks that a message lists: the configuration may give any number, for every module."""


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
    lowest: tuple[int, ...]
    """The first of `elsewhere`, for messages."""

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
        lowest = tuple(sorted(elsewhere)[:SHOWN])
        return cls(config.integer("r"), literal, frozenset(elsewhere), lowest)

    def allows(self, path: str, rank: int) -> bool:
        """Whether a module may have a rank: any, when the configuration does not say."""
        own = self._own(path)
        if own is None and not self.elsewhere:
            return True
        return rank == own or rank in self.elsewhere

    def shown(self, path: str) -> str:
        """The ranks that a module may have, `SHOWN` of them at most, its own among them."""
        own = self._own(path)
        others = [rank for rank in self.lowest if rank != own]
        listed = ([] if own is None else [own]) + others
        text = " or ".join(str(rank) for rank in sorted(listed[:SHOWN]))
        count = len(self.elsewhere) + (own is not None and own not in self.elsewhere)
        return f"{text} or one of {count - SHOWN} more" if count > SHOWN else text

    def _own(self, path: str) -> int | None:
        """The rank of the literal key that comes first for a module, or else `r`."""
        overriding = [self.literal[end] for end in ends(path) if end in self.literal]
        return min(overriding)[1] if overriding else self.default
