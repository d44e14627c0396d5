"""The report as GitHub workflow commands, which annotate a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.finding import Finding, Severity
from aiverify.core.names import printable
from aiverify.core.report import Outcome, Report, Verdict
from aiverify.render.sarif import line_of, subject_of

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = DATA | str.maketrans({":": "%3A", ",": "%2C"})
"""What the runner decodes, in a message and in a property before it."""


def report(value: Report) -> str:
    """A command on a line of its own for each finding, and the verdict last."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Report) -> Iterator[str]:
    for finding in value.findings:
        properties = {"title": finding.rule}
        if finding.file:
            properties = {"file": subject_of(value).path_of(finding), **properties}
            if line_of(finding):
                properties["line"] = str(line_of(finding))
        yield _command(COMMANDS[finding.severity], properties, _message(finding))
    name = "notice" if value.verdict is Verdict.ALLOW else "error"
    yield _command(name, {"title": "aiverify"}, _verdict(value))


def _command(name: str, properties: dict[str, str], message: str) -> str:
    """`::name key=value,key=value::message`; only what is escaped can start no other command."""
    pairs = (f"{key}={printable(text).translate(PROPERTY)}" for key, text in properties.items())
    return f"::{name} {','.join(pairs)}::{message.translate(DATA)}"


def _message(finding: Finding) -> str:
    """The sentence, with the place unless that is a line, and the fix on a line below it."""
    sentence = finding.sentence if line_of(finding) else finding.located
    return "\n".join(printable(text) for text in (sentence, finding.fix) if text)


def _verdict(value: Report) -> str:
    """The verdict on what, and the step that decided it unless all passed."""
    shown = printable(f"{value.verdict} {value.target}")
    for step in value.steps:
        if step.outcome in {Outcome.DENY, Outcome.ERROR}:
            return f"{shown} at {step.name}: {printable(step.detail)}"
    return shown
