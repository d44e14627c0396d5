"""Rules about containers: archives that say one thing to one reader and another to the next."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

DUPLICATE = Rule(
    "AIV-CONTAINER-DUPLICATE",
    "Two members of an archive have one name",
    Severity.ERROR,
    "Which of the two a program loads depends on the program, so a scanner may see the other.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-694",
)
MISMATCH = Rule(
    "AIV-CONTAINER-MISMATCH",
    "An archive contradicts itself about a member",
    Severity.ERROR,
    "The archive's directory and the member's own header or bytes disagree.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-436",
)
NAME = Rule(
    "AIV-CONTAINER-NAME",
    "An archive's member has a name that leads out of it",
    Severity.ERROR,
    "Extracting the archive may write outside the folder that it is extracted to.",
    "Do not extract the file; fetch it again from its publisher.",
    "CWE-22",
)
LINK = Rule(
    "AIV-CONTAINER-LINK",
    "An archive holds a link or a special file",
    Severity.ERROR,
    "Extracting the archive makes a link, through which other files can be read or written.",
    "Do not extract the file; pack it again without links.",
    "CWE-59",
)
BOMB = Rule(
    "AIV-CONTAINER-BOMB",
    "An archive unpacks to far more than its size",
    Severity.ERROR,
    "Reading the archive would take memory or disk out of all proportion to its size.",
    "Do not extract the file.",
    "CWE-409",
)
HIDDEN = Rule(
    "AIV-CONTAINER-HIDDEN",
    "A file holds bytes that are no part of its format",
    Severity.ERROR,
    "A second file may hide there: another program, by another rule, would load that one.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-434",
)

RULES: tuple[Rule, ...] = (DUPLICATE, MISMATCH, NAME, LINK, BOMB, HIDDEN)
