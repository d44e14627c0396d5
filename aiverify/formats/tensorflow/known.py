"""The operators that TensorFlow itself brings: data, in a file beside this one."""

from __future__ import annotations

from functools import cache
from importlib import resources

FILE = "known.txt"


@cache
def known() -> frozenset[str]:
    """Names of operators that need no other library."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))
