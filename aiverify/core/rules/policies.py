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
EXPIRED = Rule(
    "AIV-EXCEPTION-EXPIRED",
    "An exception has expired",
    Severity.WARNING,
    "The profile made an exception until a day that is over, so it no longer counts.",
    "Mend what it was made for, or make it anew with a reason and a later day.",
)
UNUSED = Rule(
    "AIV-EXCEPTION-UNUSED",
    "An exception covers nothing",
    Severity.NOTE,
    "The profile makes an exception for this artifact, and nothing was found that it is for.",
    "Remove the exception, or look whether its rule and its path are written as the report has "
    "them.",
)
AS_OF = Rule(
    "AIV-POLICY-AS-OF",
    "Policies judged as of another time",
    Severity.NOTE,
    "Somebody asked with --at what policies say at another time. It is not the verdict of today.",
    "Leave out --at for the verdict that counts.",
)

RULES: tuple[Rule, ...] = (UNDECIDED, EXPIRED, UNUSED, AS_OF)
