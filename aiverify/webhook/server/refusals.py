"""Refusals of reviews that nobody judged."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.finding import Rule
from aiverify.core.report import Verdict
from aiverify.webhook.decision import Decision


def refused(code: int, rule: Rule, message: str) -> Decision:
    """A refusal that nobody judged. The fix stands in the message."""
    said = {"verdict": Verdict.ERROR.value, "rules": rule.id}
    return Decision(False, f"{message} [{rule.id}]", annotations=said, code=code)


BUSY = refused(
    429,
    rules.admission.OUT_OF_REACH,
    "aiverify has more requests to judge than it can take; try again",
)
LATE = refused(
    504,
    rules.admission.OUT_OF_REACH,
    "aiverify came to no verdict in the time that the API server gives it; try again, or raise "
    "the webhook's timeoutSeconds",
)
FAILED = refused(
    500,
    rules.admission.FAILED,
    "aiverify failed on its own, and nothing is admitted unjudged; its log says more",
)
