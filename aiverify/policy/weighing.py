"""What results come to: which of them count, and what those weigh on the day.

None of it is an engine's business, so that all engines give the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from aiverify.core import rules
from aiverify.core.finding import Finding, Severity
from aiverify.core.moments import EPOCH, parse, rfc3339, shown
from aiverify.core.terms import Terms
from aiverify.core.waiver import Found
from aiverify.policy.chosen import Chosen
from aiverify.policy.results import PolicyResult


@dataclass(frozen=True, slots=True)
class Scale:
    """What results are weighed by, beside exceptions.

    `chosen` says which count; `since` is the day from which on a package's denials do.
    """

    terms: Terms = field(default_factory=Terms)
    chosen: Chosen = field(default_factory=Chosen)
    since: Mapping[str, datetime] = field(default_factory=dict)

    def weigh(self, results: Iterable[PolicyResult], now: datetime) -> tuple[Finding, ...]:
        """The findings that results come to. `now` is the present, whatever the terms say."""
        return tuple(item.finding for item in self.found(results, now))

    def found(self, results: Iterable[PolicyResult], now: datetime) -> Iterator[Found]:
        """The same, with what exceptions have to know of each."""
        for result in results:
            if self.chosen.keeps(result.package, result.id):
                yield self._found(result, self.terms.at or now)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """What is to be said beside the findings: that they are those of another time."""
        if self.terms.at is None:
            return ()
        when = rfc3339(self.terms.at)
        message = f"the policies judged as of {when}; signatures and attestations, as of now"
        return (rules.policies.AS_OF.found(message),)

    def _found(self, result: PolicyResult, now: datetime) -> Found:
        """What is to deny from a day on only warns before it; whether a warning denies is next."""
        finding = result.to_finding()
        begins = max(self.since.get(result.package, EPOCH), _own(result))
        denies = finding.severity is Severity.ERROR
        if denies and now < begins:
            message = f"{finding.message} (from {shown(begins)} on this denies)"
            finding = replace(finding, severity=Severity.WARNING, message=message)
        if finding.severity is Severity.WARNING and self.terms.fail_on_warn:
            finding, denies, begins = replace(finding, severity=Severity.ERROR), True, EPOCH
        return Found(finding, result.package, begins if denies else None)


def _own(result: PolicyResult) -> datetime:
    return parse(result.effective_on) or EPOCH
