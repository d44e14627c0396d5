"""Versions of Debian packages and their order (deb-version(7))."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from aiverify.sbom.advisories.semver import MAX_VERSION

Part: TypeAlias = tuple[tuple[tuple[int, ...], int], ...]
"""What is no digit, letter by letter, and the number behind it, again and again."""

Precedence: TypeAlias = tuple[int, Part, Part]
"""Epoch, upstream version, Debian revision."""

_VERSION = re.compile(r"(?:([0-9]{1,9}):)?([A-Za-z0-9.+~:-]*[A-Za-z0-9.+~:])", re.ASCII)
_STEP = re.compile(r"([^0-9]*)([0-9]*)")

_END = 0
"""The weight of where a run of letters ends: behind a tilde, before everything else."""


@lru_cache(maxsize=1 << 16)
def parse(text: str) -> Precedence | None:
    """The place of a version in the order; None for what is no such version."""
    found = _VERSION.fullmatch(text) if len(text) <= MAX_VERSION else None
    if not found:
        return None
    epoch, rest = found.groups()
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    if not upstream or (epoch is None and ":" in rest):
        return None
    return int(epoch or 0), _part(upstream), _part(revision)


def _part(text: str) -> Part:
    first, *rest = ((_weights(match[1]), int(match[2] or 0)) for match in _STEP.finditer(text))
    # An empty step ends every list, to be compared with what a longer version has there.
    return (first, *(rest or [((_END,), 0)]))


def _weights(letters: str) -> tuple[int, ...]:
    return (*map(_weight, letters), _END)


def _weight(char: str) -> int:
    """Tilde, then the end, then letters, then all others."""
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + 256
