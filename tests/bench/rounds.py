"""Several measurements of one thing, and the one in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tests.support.processes import Cost


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each number; of memory the most, for a budget is held by the worst run."""
    return Cost(
        seconds=median(cost.seconds for cost in costs),
        cpu_seconds=median(cost.cpu_seconds for cost in costs),
        peak_bytes=max(cost.peak_bytes for cost in costs),
    )
