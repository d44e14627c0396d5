"""How long a review may take: a little less than the API server waits."""

from __future__ import annotations

import re

_TIMEOUT = re.compile(r"(?:^|&)timeout=([0-9]{1,4}(?:\.[0-9]{1,9})?)(ms|s|m)(?:&|$)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}

MARGIN = 0.05
"""Part of the time that is kept for the way back."""

LEAST = 0.1
"""Seconds that are kept in any case."""


def seconds(query: str, most: float) -> float:
    """The seconds that there are, by the API server's `?timeout=10s`, and never more than `most`.

    What is no duration as it writes them is as good as none.
    """
    found = _TIMEOUT.search(query)
    if found is None:
        return most
    given = float(found[1]) * _UNITS[found[2]]
    return max(0.0, min(most, given - max(LEAST, given * MARGIN)))
