"""The report as JUnit XML, which most CI servers show as test results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from aiverify.core.finding import Finding, Severity
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Report, Step

ENDINGS = {Outcome.DENY: "failure", Outcome.ERROR: "error", Outcome.SKIPPED: "skipped"}
"""The element that says how a step ended; a step that passed has none."""


def report(value: Report) -> str:
    """One test suite, and a test case for each step.

    Everything beyond ASCII is a character reference, so the text is what its first line says
    in whatever encoding it is written down.
    """
    root = Element("testsuites")
    suite = SubElement(root, "testsuite", _totals(value))
    properties = SubElement(suite, "properties")
    _property(properties, "verdict", value.verdict.value)
    if value.artifact:
        _property(properties, "digest", str(value.artifact.digest))
    for step in value.steps:
        _case(suite, step)
    indent(root)
    text: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii") + "\n"


def _totals(value: Report) -> dict[str, str]:
    outcomes = Counter(step.outcome for step in value.steps)
    return {
        "name": printable(f"aiverify verify {value.target}"),
        "tests": str(len(value.steps)),
        "failures": str(outcomes[Outcome.DENY]),
        "errors": str(outcomes[Outcome.ERROR]),
        "skipped": str(outcomes[Outcome.SKIPPED]),
    }


def _property(properties: Element, name: str, text: str) -> None:
    SubElement(properties, "property", {"name": name, "value": text})


def _case(suite: Element, step: Step) -> None:
    """What denies is the failure's text; what only informs is the test's output."""
    case = SubElement(suite, "testcase", {"classname": "aiverify", "name": step.name.value})
    grave = [finding for finding in step.findings if finding.severity is Severity.ERROR]
    slight = [finding for finding in step.findings if finding.severity is not Severity.ERROR]
    if step.outcome in ENDINGS:
        ending = SubElement(case, ENDINGS[step.outcome], {"message": printable(step.detail)})
        ending.text = _lines(grave)
    if slight:
        SubElement(case, "system-out").text = _lines(slight)


def _lines(findings: Iterable[Finding]) -> str:
    """Each finding on a line, and its fix below it; a name cannot add a line of its own."""
    return "\n".join(
        line
        for finding in findings
        for line in (
            printable(f"{finding.severity}: {finding.located} [{finding.rule}]"),
            *([printable(f"  -> {finding.fix}")] if finding.fix else []),
        )
    )
