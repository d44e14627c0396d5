"""Checking policies without judging anything by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aiverify.core.finding import Severity
from aiverify.policy.opa.place import OpaPlace
from aiverify.policy.schema import checked_by_opa
from aiverify.policy.style import COMPILE, Remark, check
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


def check_policies(
    names: Sequence[str], *, strict: bool = False, opa: OpaPlace | None = None
) -> Checked:
    """Check policies with their tests: files, directories, `aiverify:RULE` or `aiverify:*`.

    With a place of `opa`, its program checks them by the schema of the policy document too, unless
    they do not compile: it would say that again.

    Raises:
        UsageError: no policy is named.
        InputError: a policy cannot be read, or there is no `opa` to start.
        UndecidedError: `opa` gives no answer.
    """
    suite = load_suite(names)
    remarks = check(suite, strict=strict)
    if opa and not any(remark.check == COMPILE for remark in remarks):
        from aiverify.policy.opa.check import check as check_by_opa

        more = check_by_opa(suite.policies, checked_by_opa(), opa, strict=strict)
        remarks = tuple(sorted({*remarks, *more}))
    return Checked(len(suite.asked), remarks)
