"""The globals that a pickle may import, and those that attacks use: data, in files beside this."""

from __future__ import annotations

from functools import cache
from importlib import resources

from aiverify.core.globals import Allowlist


@cache
def harmless() -> Allowlist:
    """Names that build values, and run nothing that the pickle could choose."""
    return _listed("harmless.txt")


@cache
def dangerous() -> Allowlist:
    """Names that run commands or code, or touch files or the network."""
    return _listed("dangerous.txt")


def _listed(file: str) -> Allowlist:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return Allowlist.of(line for line in lines if line)
