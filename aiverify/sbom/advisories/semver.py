"""Semantic versions and their order (SemVer 2.0.0), and Go's releases as such versions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

MAX_VERSION = 256
"""Characters. No registry takes a longer version."""

Precedence: TypeAlias = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]
"""Major, minor, patch; 1 for a release and 0 before it; the identifiers of a pre-release."""

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_GO_RELEASE = re.compile(r"(?:go)?([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:(rc|beta)([0-9]+))?")
_GO_BOUND = re.compile(r"v?[0-9.]+-(?:0|(?:rc|beta)\.[0-9]+)")
"""How OSV writes what comes before a release. Go with any other suffix is somebody's own."""


@lru_cache(maxsize=1 << 16)
def parse(text: str) -> Precedence | None:
    """The place of a version in the order (section 11); None for what is no such version."""
    found = _VERSION.fullmatch(text) if len(text) <= MAX_VERSION else None
    if not found:
        return None
    major, minor, patch, before = found.groups()
    identifiers = tuple(map(_identifier, before.split("."))) if before else ()
    return int(major), int(minor), int(patch), int(not before), identifiers


def parse_module(text: str) -> Precedence | None:
    """The same for a Go module, whose versions begin with a `v` that OSV leaves out."""
    return parse(text.removeprefix("v"))


def parse_go(text: str) -> Precedence | None:
    """The same for Go itself: `go1.22`, `go1.22.1` and `1.22rc1`, or as OSV writes them."""
    found = _GO_RELEASE.fullmatch(text) if len(text) <= MAX_VERSION else None
    if not found:
        return parse_module(text) if _GO_BOUND.fullmatch(text) else None
    major, minor, patch, stage, count = found.groups()
    return parse(f"{major}.{minor}.{patch or 0}" + (f"-{stage}.{count}" if stage else ""))


def _identifier(text: str) -> tuple[int, int, str]:
    """Numbers stand before words (11.4.3)."""
    return (0, int(text), "") if text.isdigit() else (1, 0, text)
