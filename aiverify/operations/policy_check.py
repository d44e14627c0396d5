"""Checking policies without judging anything by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aiverify.core.finding import Severity
from aiverify.policy.style import Remark, check
from aiverify.policy.testing.suite import load_suite

REFUSED = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with policies, and how many files were looked at."""

    files: int
    remarks: tuple[Remark, ...]

    @property
    def counts(self) -> dict[Severity, int]:
        """How many remarks weigh how much."""
        counted = Counter(remark.severity for remark in self.remarks)
        return {severity: counted[severity] for severity in Severity}

    @property
    def exit_code(self) -> int:
        """10 if anything is an error, otherwise 0."""
        return REFUSED if self.counts[Severity.ERROR] else 0


def check_policies(names: Sequence[str], *, strict: bool = False) -> Checked:
    """Check policies with their tests: files, directories, `aiverify:RULE` or `aiverify:*`.

    Raises:
        UsageError: no policy is named.
        InputError: a policy cannot be read.
    """
    suite = load_suite(names)
    return Checked(len(suite.asked), check(suite, strict=strict))
