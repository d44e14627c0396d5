"""Rules about policies themselves."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

UNDECIDED = Rule(
    "AIV-POLICY-UNDECIDED",
    "A policy gave no answer",
    Severity.ERROR,
    "A rule was undefined or failed while it ran. No answer is not an allow.",
    "Run `aiverify policy eval` on the policy to see the line.",
    "CWE-754",
)

RULES: tuple[Rule, ...] = (UNDECIDED,)
