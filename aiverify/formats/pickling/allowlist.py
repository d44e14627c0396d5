"""The globals that a pickle may import: data, in a file beside this one."""

from __future__ import annotations

from functools import cache
from importlib import resources

from aiverify.core.globals import Allowlist

FILE = "harmless.txt"


@cache
def harmless() -> Allowlist:
    """Names that build values, and run nothing that the pickle could choose."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return Allowlist.of(line for line in lines if line)
