"""Rules for what other scanners say."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

HAYWARD = Rule(
    "AIV-SCANNER-HAYWARD",
    "Another scanner knows this for an attack",
    Severity.ERROR,
    "hayward, a scanner of model files, finds what its own rule in the message describes.",
    "Do not load the file; read hayward's description of the rule.",
    "CWE-506",
)
FAILED = Rule(
    "AIV-SCANNER-FAILED",
    "Another scanner gave up",
    Severity.WARNING,
    "hayward failed on the file, so its opinion is missing. Ours stands.",
    "Look into why: a file that breaks a scanner may be made to.",
    "CWE-703",
)

RULES: tuple[Rule, ...] = (HAYWARD, FAILED)
