"""A finding: one thing found, where, how bad, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable


class Severity(StrEnum):
    """How much a finding weighs. `ERROR` denies; the other two inform (SARIF's levels)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding that aiverify's own code makes. `core/rules.py` lists them all."""

    id: str
    title: str
    severity: Severity
    meaning: str
    fix: str
    cwe: str = ""
    """The weakness in MITRE's list, as `CWE-502`; empty where none fits."""

    def found(
        self, message: str, *, file: str = "", place: str = "", severity: Severity | None = None
    ) -> Finding:
        """A finding of this rule."""
        weight = severity or self.severity
        return Finding(self.id, weight, message, file, place, self.fix, self.cwe)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    `rule` is a stable id: `AIV-...` for our own rules, the package path and code for Rego's.
    `file` is a name inside the artifact, or empty; `place` is where in that file (a JSON
    pointer, a tensor, an offset), or the path of the policy input that caused it.
    """

    rule: str
    severity: Severity
    message: str
    file: str = ""
    place: str = ""
    fix: str = ""
    cwe: str = ""

    def of_file(self, file: str) -> Finding:
        """The same, said of a file."""
        return replace(self, file=file)

    @property
    def sentence(self) -> str:
        """The message, with the file that it is about."""
        shown = printable(self.file)
        return self.message if shown in self.message else f"{shown}: {self.message}"

    @property
    def located(self) -> str:
        """The sentence, with the place unless it names that too."""
        place = printable(self.place)
        return self.sentence if place in self.sentence else f"{self.sentence} ({place})"

    def to_json(self) -> dict[str, Json]:
        """The form that reports and the policy document carry."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "message": self.message,
            "file": self.file,
            "place": self.place,
            "fix": self.fix,
            "cwe": self.cwe,
        }


def denies(findings: tuple[Finding, ...]) -> bool:
    """Whether any finding weighs enough to deny."""
    return any(finding.severity is Severity.ERROR for finding in findings)
