"""How deep a policy's brackets may nest."""

from __future__ import annotations

import re

from aiverify.errors import MalformedError
from aiverify.policy.sources import Module

MAX_DEPTH = 12
"""The engine's parser takes twice as long for each further level: a second at 14, an hour at
25, and at a thousand it runs out of stack."""

_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"?|`[^`]*`?|#[^\n]*|[][(){}]|\n')
"""Strings and comments, which hide brackets, then brackets and the ends of lines.

A string need not end, so that nothing is looked at twice."""

_CHANGE = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def check(module: Module) -> None:
    """Refuse a module whose brackets nest too deep to be parsed.

    Raises:
        MalformedError: with the file and line.
    """
    depth, line = 0, 1
    for match in _TOKEN.finditer(module.text):
        found = match.group()
        depth += _CHANGE.get(found, 0)
        if depth > MAX_DEPTH:
            raise MalformedError(
                f"{module.origin}:{line}: brackets are nested deeper than {MAX_DEPTH} levels",
                hint="Give the inner part a name of its own, as a rule or function.",
            )
        line += found.count("\n")
