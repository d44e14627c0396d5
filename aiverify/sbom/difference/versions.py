"""Whether a version went up or down, where its ecosystem says how versions are ordered."""

from __future__ import annotations

import re
from enum import StrEnum

MAX_VERSION = 200
"""Characters of a version that is compared. A longer one is no version that anybody released."""

SEMANTIC = frozenset({"", "npm", "golang", "cargo", "composer", "hex", "nuget", "pub", "swift"})
"""Types of purl whose versions are semantic ones; those without a purl may be.

Not those of distributions: there, `1.2.3-1` comes after `1.2.3`.
"""

_SEMVER = re.compile(
    r"v?(\d{1,18})\.(\d{1,18})\.(\d{1,18})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{1,100})?",
    re.ASCII,
)


class Turn(StrEnum):
    """Where a version went."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
    """There is no order between the two that anybody defined, or they are equal in it."""


def turn(old: str, new: str, kind: str) -> Turn:
    """Where a version went; `kind` is the type of the package's purl, or empty."""
    if max(len(old), len(new)) > MAX_VERSION:
        return Turn.UNKNOWN
    if kind == "pypi":
        return _python(old, new)
    return _semantic(old, new) if kind in SEMANTIC else Turn.UNKNOWN


def _python(old: str, new: str) -> Turn:
    from packaging.version import InvalidVersion, Version

    try:
        before, after = Version(old), Version(new)
    except InvalidVersion:
        return Turn.UNKNOWN
    if before == after:
        return Turn.UNKNOWN
    return Turn.UP if before < after else Turn.DOWN


def _semantic(old: str, new: str) -> Turn:
    """Semantic Versioning 2.0.0, section 11."""
    before, after = _SEMVER.fullmatch(old), _SEMVER.fullmatch(new)
    if not before or not after:
        return Turn.UNKNOWN
    one, other = _precedence(before), _precedence(after)
    if one == other:
        return Turn.UNKNOWN
    return Turn.UP if one < other else Turn.DOWN


def _precedence(found: re.Match[str]) -> tuple[object, ...]:
    """Numbers, then whether it is a release, then the identifiers of the pre-release.

    Numeric identifiers are lower than others, and fewer of them lower than more.
    """
    numbers = tuple(int(found[group]) for group in (1, 2, 3))
    before = (found[4] or "").split(".") if found[4] else []
    identifiers = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in before)
    return (numbers, not identifiers, identifiers)
