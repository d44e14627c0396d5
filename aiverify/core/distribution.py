"""Distributions of Python: how their names are compared."""

from __future__ import annotations

import re

SEPARATORS = re.compile(r"[-_.]+")


def normalised(name: str) -> str:
    """A distribution's name as indexes compare names (PEP 503)."""
    return SEPARATORS.sub("-", name).lower()
