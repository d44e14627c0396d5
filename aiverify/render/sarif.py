"""The report as SARIF 2.1.0 (OASIS), for code scanning and editors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from aiverify.core.digest import Digest
from aiverify.core.finding import Finding, Rule
from aiverify.core.jsonvalue import Json, canonical, pretty
from aiverify.core.names import printable
from aiverify.core.report import Report, Verdict
from aiverify.core.rules import RULES
from aiverify.operations.inspect import Inspection
from aiverify.version import __version__

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "finding/v1"
"""What a finding's fingerprint is made of; the number rises when that changes."""

LINE = re.compile(r"line ([1-9][0-9]{0,8})", re.ASCII)

BUILT_IN = {rule.id: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Subject:
    """What findings are about: a target by its path, and the names of the files in it."""

    target: str
    names: Collection[str] = ()

    def path_of(self, finding: Finding) -> str:
        """The path of a finding's file: below the target, or the target when that is the file."""
        target = PurePosixPath(self.target)
        if not finding.file or (finding.file == target.name and set(self.names) == {target.name}):
            return str(target)
        return str(target / finding.file)


def report(value: Report) -> str:
    """A verification: a result for each finding, and the verdict as a property."""
    subject = subject_of(value)
    decided = value.verdict is not Verdict.ERROR
    return _document(subject, value.findings, _properties(value), decided=decided)


def inspection(value: Inspection) -> str:
    """What `inspect` found, in the same form. Nothing was decided, so there is no verdict."""
    contents = value.contents
    names = [item.name for item in contents.files]
    subject = Subject(str(contents.target.location), names)
    return _document(subject, value.findings, {}, decided=True)


def line_of(finding: Finding) -> int:
    """The line that a finding's place names, or 0."""
    named = LINE.fullmatch(finding.place)
    return int(named[1]) if named else 0


def subject_of(value: Report) -> Subject:
    """What a report is about."""
    names = value.artifact.manifest.by_name if value.artifact else ()
    return Subject(value.target, names)


def _document(
    subject: Subject, findings: Sequence[Finding], properties: Json, *, decided: bool
) -> str:
    """One run: the rules that spoke, and a result for each finding."""
    rules = _rules(findings)
    places = {rule: index for index, rule in enumerate(rules)}
    run: dict[str, Json] = {
        "tool": {
            "driver": {
                "name": "aiverify",
                "version": __version__,
                "rules": list(rules.values()),
            }
        },
        "invocations": [{"executionSuccessful": decided}],
        "results": [_result(subject, finding, places) for finding in findings],
        "properties": properties,
    }
    return pretty({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(findings: Iterable[Finding]) -> dict[str, Json]:
    """A descriptor for each rule that occurs, by its id (SARIF 2.1.0, 3.49)."""
    rules: dict[str, Json] = {}
    for finding in findings:
        rules.setdefault(printable(finding.rule), _rule(finding))
    return rules


def _rule(finding: Finding) -> Json:
    """Of a rule in Rego, a report knows the id and the fix only."""
    rule = BUILT_IN.get(finding.rule)
    if rule is None:
        known = {"id": printable(finding.rule)}
        return {**known, "help": _text(finding.fix)} if finding.fix else known
    return {
        "id": rule.id,
        "shortDescription": _text(rule.title),
        "fullDescription": _text(rule.meaning),
        "help": _text(rule.fix),
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": _tags(rule)},
    }


def _tags(rule: Rule) -> Json:
    """How code scanning groups rules; the weakness is named in the form that it knows."""
    weakness = [f"external/cwe/{rule.cwe.lower()}"] if rule.cwe else []
    return ["security", *weakness]


def _result(subject: Subject, finding: Finding, places: dict[str, int]) -> Json:
    """One finding (SARIF 2.1.0, 3.27). Severities are SARIF's levels."""
    rule = printable(finding.rule)
    physical: dict[str, Json] = {"artifactLocation": {"uri": _uri(subject.path_of(finding))}}
    line = line_of(finding)
    if line:
        physical["region"] = {"startLine": line}
    location: dict[str, Json] = {"physicalLocation": physical}
    if finding.place:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(finding.place)}]
    return {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "level": finding.severity.value,
        "message": _text(_message(finding)),
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: _fingerprint(finding)},
    }


def _message(finding: Finding) -> str:
    """The sentence and its fix. A message must not be empty, as a policy's may be."""
    sentence = finding.sentence or finding.rule
    return f"{sentence.removesuffix('.')}. {finding.fix}" if finding.fix else sentence


def _fingerprint(finding: Finding) -> str:
    """The same on every run, and wherever the artifact lies."""
    parts = (finding.rule, finding.file, finding.place, finding.message)
    return Digest.of(canonical([printable(part) for part in parts])).hex


def _text(text: str) -> Json:
    """A plain message that holds neither a placeholder nor a link (SARIF 2.1.0, 3.11.5, 3.11.6).

    Whoever names a file could otherwise put a link of his own into what a viewer shows.
    Between brackets and a parenthesis a space does what no run of backslashes can undo.
    """
    plain = printable(text).replace("{", "{{").replace("}", "}}")
    return {"text": plain.replace("](", "] (")}


def _uri(path: str) -> str:
    """A path as a URI reference (RFC 3986); `//host` must not become an authority."""
    quoted = quote(path, errors="surrogateescape")
    return f"file:///{quoted.lstrip('/')}" if path.startswith("/") else quoted


def _properties(value: Report) -> Json:
    verdict = {"verdict": value.verdict.value}
    if value.artifact is None:
        return verdict
    return {**verdict, "digest": str(value.artifact.digest)}
