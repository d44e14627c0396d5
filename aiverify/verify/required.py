"""Attestations that must be there, and how old they may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiverify.core.trust import Trust
from aiverify.errors import UsageError


@dataclass(frozen=True, slots=True)
class SummaryTrust:
    """Who may vouch for an artifact by a summary of a verdict, and how old that may be."""

    trust: Trust
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Required:
    """A predicate type that somebody must have attested.

    `signers` are those who count, by name, empty for all that are trusted; `threshold` is how
    many distinct ones it takes; `max_age` is how old it may be, None for any age.

    Raises:
        UsageError: a threshold that is never or always met.
    """

    predicate_type: str
    max_age: timedelta | None = None
    signers: frozenset[str] = frozenset()
    threshold: int = 1

    def __post_init__(self) -> None:
        if self.threshold < 1 or (self.signers and self.threshold > len(self.signers)):
            raise UsageError(
                f"the threshold of {self.predicate_type} is {self.threshold}, which its signers "
                "cannot meet"
            )
