"""Findings as a reader gathers them, bounded: a hostile file may give cause for millions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from aiverify.core.finding import Finding, Rule, Severity
from aiverify.core.names import printable

MAX_EACH = 20
"""Findings of one rule and severity that are kept of a file. The rest are counted."""

MAX_SHOWN = 200
"""Characters of a text from the file that a message repeats."""


class Found:
    """Findings of one file, in the order in which they were made."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[tuple[str, Severity]] = Counter()
        self._first: dict[tuple[str, Severity], Finding] = {}

    def add(
        self, rule: Rule, message: str, place: str = "", severity: Severity | None = None
    ) -> None:
        """One finding more. The caller passes text from the file through `shown`."""
        self.keep(rule.found(message, place=shown(place), severity=severity))

    def keep(self, finding: Finding) -> None:
        """One that was made elsewhere."""
        kind = (finding.rule, finding.severity)
        self._counts[kind] += 1
        self._first.setdefault(kind, finding)
        if self._counts[kind] <= MAX_EACH:
            self._kept.append(finding)

    def all(self) -> tuple[Finding, ...]:
        """What was found, and how much more of each kind there is."""
        more = (
            replace(self._first[kind], message=f"{count - MAX_EACH} more of this rule", place="")
            for kind, count in self._counts.items()
            if count > MAX_EACH
        )
        return (*self._kept, *more)


def shown(text: str) -> str:
    """Text from a file as a message may repeat it."""
    return printable(text[:MAX_SHOWN])
