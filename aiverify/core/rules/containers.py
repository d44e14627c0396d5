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

OPAQUE = Rule(
    "AIV-CONTAINER-OPAQUE",
    "A container that nobody looked into",
    Severity.WARNING,
    "Files are packed in a way that is not read here, so nothing is known of them.",
    "Unpack the container, and ship the files in it.",
    "CWE-693",
)
DISGUISE = Rule(
    "AIV-CONTAINER-DISGUISE",
    "A file is not, or not only, what its name says",
    Severity.ERROR,
    "Programs that go by content load it as one thing, and those that go by its name as another.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-646",
)
ACTIVE = Rule(
    "AIV-CONTAINER-ACTIVE",
    "A document carries a script",
    Severity.WARNING,
    "A browser that shows the document runs what stands in it.",
    "Ship the document as plain text, or the picture as PNG.",
    "CWE-79",
)
CODE = Rule(
    "AIV-CONTAINER-CODE",
    "An archive names code that its loader runs",
    Severity.WARNING,
    "The server that the archive is made for imports the named module from it.",
    "Read the module before the archive is served.",
    "CWE-829",
)
SCHEMA = Rule(
    "AIV-CONTAINER-SCHEMA",
    "A table's schema carries a pickle",
    Severity.ERROR,
    "PyArrow before 14.0.1 unpickles such a column type when it opens the table (CVE-2023-47248).",
    "Write the table again without Python's own column types.",
    "CWE-502",
)
LOADER = Rule(
    "AIV-CONTAINER-LOADER",
    "A skops archive deceives its loader",
    Severity.ERROR,
    "What it asks to be trusted is not what it has called (CVE-2025-54412, CVE-2025-54413).",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-502",
)

RULES: tuple[Rule, ...] = (
    DUPLICATE,
    MISMATCH,
    NAME,
    LINK,
    BOMB,
    HIDDEN,
    OPAQUE,
    DISGUISE,
    ACTIVE,
    CODE,
    SCHEMA,
    LOADER,
)
