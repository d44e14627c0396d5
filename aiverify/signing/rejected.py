"""A signature that does not count."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A signature that does not count, and why."""

    source: str
    reason: str
