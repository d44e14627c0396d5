"""Rules about bytes that differ from what was signed."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

CHANGED = Rule(
    "AIV-INTEGRITY-CHANGED",
    "A file differs from what was signed",
    Severity.ERROR,
    "The file's digest is not the one in the signed manifest.",
    "Fetch the file again from its publisher, or have the artifact signed again.",
    "CWE-345",
)
MISSING = Rule(
    "AIV-INTEGRITY-MISSING",
    "A signed file is missing",
    Severity.ERROR,
    "The signed manifest names a file that is not there.",
    "Fetch the whole artifact again from its publisher.",
    "CWE-345",
)
EXTRA = Rule(
    "AIV-INTEGRITY-EXTRA",
    "A file was added after signing",
    Severity.ERROR,
    "The artifact holds a file that the signed manifest does not name.",
    "Remove the file, or have the artifact signed again with it.",
    "CWE-345",
)
UNSIGNED = Rule(
    "AIV-INTEGRITY-UNSIGNED",
    "Files outside the signature",
    Severity.WARNING,
    "Files lie in paths that the signature leaves out: nobody vouches for them.",
    "Remove them before the artifact is used.",
    "CWE-345",
)
UNSIGNED_NAME = Rule(
    "AIV-INTEGRITY-NAME",
    "A bundle calls itself what nobody signed",
    Severity.WARNING,
    "A bundle's annotations can be changed by whoever can write the bundle.",
    "Go by the name and version that were signed.",
    "CWE-345",
)

LINKED = Rule(
    "AIV-INTEGRITY-LINK",
    "A signed name is a link out of the artifact",
    Severity.WARNING,
    "The signer allowed symbolic links. This one leads to a file that lies elsewhere, where "
    "others may be able to change it.",
    "Load the artifact where nobody else can write to what its links lead to.",
    "CWE-59",
)
REVOKED = Rule(
    "AIV-INTEGRITY-REVOKED",
    "An artifact or file that no longer counts",
    Severity.ERROR,
    "Trust revokes these very bytes, whoever signed them.",
    "Use a later version of the artifact.",
    "CWE-672",
)

RULES: tuple[Rule, ...] = (CHANGED, MISSING, EXTRA, UNSIGNED, UNSIGNED_NAME, LINKED, REVOKED)
