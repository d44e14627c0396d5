"""Severities that a record states, and the scores that follow from their vectors (FIRST, CVSS)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.sbom.vulnerability import Rating

MAX_RATINGS = 100
"""Severities of one record that are looked at."""

_METRIC = r"[A-Za-z]{1,3}:[A-Za-z]{1,10}"
_VECTOR = re.compile(rf"(?:CVSS:[34]\.[0-9]/)?{_METRIC}(?:/{_METRIC}){{0,50}}")
"""Metrics and their values. CVSS 4.0 has 32 metrics."""

_WORDS: Mapping[str, str] = {
    "critical": "critical",
    "high": "high",
    "important": "high",
    "moderate": "medium",
    "medium": "medium",
    "low": "low",
    "negligible": "info",
    "minimal": "info",
    "none": "none",
}
"""Words of databases by CycloneDX's: GitHub says moderate, Red Hat important, Ubuntu negligible."""

_METHODS = (
    ("CVSS_V4", "CVSS:4.0/", "CVSSv4"),
    ("CVSS_V3", "CVSS:3.1/", "CVSSv31"),
    ("CVSS_V3", "CVSS:3.0/", "CVSSv3"),
    ("CVSS_V2", "", "CVSSv2"),
)
"""OSV's types of severity, how their vectors begin, and CycloneDX's names of the methods."""


def ratings(
    severities: Iterable[Json], word: str, source: str
) -> tuple[tuple[Rating, ...], tuple[str, ...]]:
    """The ratings in `severity` arrays and the one in a database's own word, and what is none.

    `source` is the record's id.
    """
    found: dict[Rating, None] = {}
    faults: dict[str, None] = {}
    stated = _flat(severities)
    for item in islice(stated, MAX_RATINGS):
        rating, fault = _rating(item, source)
        if rating:
            found[rating] = None
        if fault:
            faults[f"{source} has a severity {fault}: '{_shown(item)}'"] = None
    if next(stated, None) is not None:
        faults[f"{source} has more than {MAX_RATINGS} severities; the rest were left out"] = None
    if word:
        severity = _WORDS.get(word.lower(), "unknown")
        found[Rating("other", severity=severity, source=source)] = None
    return tuple(found), tuple(faults)


def _flat(severities: Iterable[Json]) -> Iterator[Json]:
    """The items of arrays. What is no array stands for itself, and will be found to be none."""
    for stated in severities:
        if isinstance(stated, list):
            yield from stated
        elif stated is not None:
            yield stated


def _rating(item: Json, source: str) -> tuple[Rating | None, str]:
    """What a severity says, and what is wrong with it."""
    kind, score = (
        (item.get("type"), item.get("score")) if isinstance(item, Mapping) else (None, None)
    )
    if not isinstance(kind, str) or not isinstance(score, str):
        return None, "that is no rating"
    if kind == "Ubuntu":
        return Rating("other", severity=_WORDS.get(score.lower(), "unknown"), source=source), ""
    for named, prefix, method in _METHODS:
        if kind == named and score.startswith(prefix) and _VECTOR.fullmatch(score):
            return _scored(method, score, source)
    return None, "that is no vector of CVSS"


@lru_cache(maxsize=1 << 12)
def _scored(method: str, vector: str, source: str) -> tuple[Rating, str]:
    """A vector with its base score, or without one where it breaks the rules of its method."""
    import cvss  # type: ignore[import-untyped]

    by_method: dict[str, Any] = {"CVSSv4": cvss.CVSS4, "CVSSv2": cvss.CVSS2}
    try:
        parsed = by_method.get(method, cvss.CVSS3)(vector)
    except cvss.CVSSError:
        rating = Rating(method, vector, "unknown", source=source)
        return rating, "whose vector has no score by the rules"
    severity = str(parsed.severities()[0]).lower()
    return Rating(method, vector, severity, float(parsed.scores()[0]), source), ""


def _shown(item: Json) -> str:
    score = item.get("score") if isinstance(item, Mapping) else item
    return printable(str(score)[:100])
