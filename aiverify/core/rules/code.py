"""Rules about source code that comes with a model."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

MALICIOUS = Rule(
    "AIV-CODE-MALICIOUS",
    "A program does what only an attack does",
    Severity.ERROR,
    "It runs what it has just decoded or fetched, or hands a shell to another machine.",
    "Do not run it; report the model to whoever hosts it.",
    "CWE-506",
)
DANGEROUS = Rule(
    "AIV-CODE-DANGEROUS",
    "A program reaches beyond the model",
    Severity.WARNING,
    "It starts processes, evaluates text, opens connections or loads native code.",
    "Read the lines that are named before any loader runs them.",
    "CWE-829",
)
UNPARSED = Rule(
    "AIV-CODE-UNPARSED",
    "A program that could not be parsed",
    Severity.WARNING,
    "It breaks the syntax of this Python, or is built to, so that its calls are not known.",
    "Read it as text.",
    "CWE-693",
)
STARTUP = Rule(
    "AIV-CODE-STARTUP",
    "A file that Python runs when it starts",
    Severity.ERROR,
    "In a folder of packages, each line of such a file that begins with `import` is run by "
    "every Python that starts there.",
    "Remove the file.",
    "CWE-829",
)
SOURCE = Rule(
    "AIV-CODE-SOURCE",
    "Requirements that come from somewhere else",
    Severity.WARNING,
    "Installing them takes packages from an address that the file itself names.",
    "Pin the packages by hash, from an index of your own choice.",
    "CWE-494",
)

RULES: tuple[Rule, ...] = (MALICIOUS, DANGEROUS, UNPARSED, STARTUP, SOURCE)
