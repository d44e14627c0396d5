"""Rules about configurations that make a loader run code."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

OWN_CODE = Rule(
    "AIV-CONFIG-OWN-CODE",
    "A configuration names code that comes with the model",
    Severity.WARNING,
    "A loader that is told to trust remote code runs it; other loaders refuse the model.",
    "Read the code that is named, and trust remote code only for this model.",
    "CWE-829",
)
REMOTE_CODE = Rule(
    "AIV-CONFIG-REMOTE-CODE",
    "A configuration has code fetched and run",
    Severity.ERROR,
    "It names code of another repository, which is fetched anew and never pinned, or says that "
    "remote code is to be trusted, which is for the user to say and not for the model.",
    "Copy the code into the model's own directory, or remove the member that is named.",
    "CWE-829",
)
IMPORT = Rule(
    "AIV-CONFIG-IMPORT",
    "A configuration names a module that no list allows",
    Severity.ERROR,
    "The loader imports what is named there and looks up, builds or calls something in it.",
    "Do not load the model; if the module is the model's own, read it and load it on purpose.",
    "CWE-470",
)
PATH = Rule(
    "AIV-CONFIG-PATH",
    "A configuration names a file outside the artifact",
    Severity.ERROR,
    "The loader would read a file that nobody signed, or one that holds secrets.",
    "Remove the member, or name a file of the artifact.",
    "CWE-22",
)
OBJECT = Rule(
    "AIV-CONFIG-OBJECT",
    "A document describes an object that its reader would build",
    Severity.ERROR,
    "Some libraries build any class and call any function that such a document names.",
    "Do not load the document with the library that wrote it.",
    "CWE-502",
)
YAML = Rule(
    "AIV-CONFIG-YAML",
    "A YAML document has a tag that builds an object",
    Severity.ERROR,
    "A loader that is not a safe one calls what the tag names.",
    "Read the document with a safe loader alone, and remove the tag.",
    "CWE-502",
)

RULES: tuple[Rule, ...] = (OWN_CODE, REMOTE_CODE, IMPORT, PATH, OBJECT, YAML)
