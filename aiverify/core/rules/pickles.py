"""Rules about pickles: programs that build objects."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

CALL = Rule(
    "AIV-PICKLE-CALL",
    "A pickle calls what no list allows",
    Severity.ERROR,
    "Loading the pickle calls a function or class that is not known to be harmless.",
    "Publish the weights as safetensors; or read what is called, and allow it in the profile.",
    "CWE-502",
)
IMPORT = Rule(
    "AIV-PICKLE-IMPORT",
    "A pickle imports what no list allows",
    Severity.ERROR,
    "Loading the pickle imports a name, and so runs its module; objects may call it later.",
    "Publish the weights as safetensors; or read what is imported, and allow it in the profile.",
    "CWE-502",
)

RULES: tuple[Rule, ...] = (CALL, IMPORT)
