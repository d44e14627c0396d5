"""Rules about chat templates, which are programs."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

ESCAPE = Rule(
    "AIV-TEMPLATE-ESCAPE",
    "A chat template reaches for Python itself",
    Severity.ERROR,
    "It names or builds what leads from a value to the interpreter. A loader whose sandbox is "
    "missing or leaks would run commands with every conversation.",
    "Do not load the model; fetch its template again from its publisher.",
    "CWE-1336",
)
INCLUDE = Rule(
    "AIV-TEMPLATE-INCLUDE",
    "A chat template loads another template",
    Severity.ERROR,
    "Include, import and extends read files by name, which no chat template has to.",
    "Do not load the model; write the template in one piece.",
    "CWE-98",
)
UNKNOWN = Rule(
    "AIV-TEMPLATE-UNKNOWN",
    "A chat template uses a name that is not known",
    Severity.WARNING,
    "It calls a function, method, filter or test that no list of harmless ones holds.",
    "Read the place that is named, and what the loader in use puts under that name.",
    "CWE-1336",
)
BOMB = Rule(
    "AIV-TEMPLATE-BOMB",
    "A chat template asks for time or memory without end",
    Severity.ERROR,
    "Rendering it would take a server's time or memory out of all proportion to its size.",
    "Do not load the model; fetch its template again from its publisher.",
    "CWE-400",
)
TEXT = Rule(
    "AIV-TEMPLATE-TEXT",
    "A chat template adds text that a person should read",
    Severity.WARNING,
    "It puts addresses, markup, invisible characters or instructions into conversations, "
    "which the model obeys and nobody sees.",
    "Read the text that is named, and decide whether it belongs to every conversation.",
    "CWE-506",
)
MALFORMED = Rule(
    "AIV-TEMPLATE-MALFORMED",
    "A chat template is not valid Jinja",
    Severity.ERROR,
    "Its syntax is wrong, so what another engine makes of it is not known.",
    "Fetch the template again from its publisher.",
    "CWE-1286",
)

RULES: tuple[Rule, ...] = (ESCAPE, INCLUDE, UNKNOWN, BOMB, TEXT, MALFORMED)
