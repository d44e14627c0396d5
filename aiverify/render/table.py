"""The report as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aiverify.core.finding import Finding, Severity
from aiverify.core.report import Report, SignatureEvidence
from aiverify.render.page import Style, columns, heading, page, size

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 20
"""Findings shown without --verbose; the rest are counted."""


def report(value: Report, *, verbose: bool = False, style: Style | None = None) -> str:
    """Steps, findings with their fixes, and the verdict last, where the eye ends."""
    return page(_parts(value, verbose), style or Style())


def _parts(value: Report, verbose: bool) -> Iterator[RenderableType]:
    yield columns(_identity(value))
    yield heading("Steps")
    yield columns(
        ((f"{number}.", step.name, step.outcome, step.detail))
        for number, step in enumerate(value.steps, start=1)
    )
    if verbose and value.evidence:
        yield heading("Signatures and attestations")
        yield columns(cells for item in value.evidence for cells in _signer(item))
    if verbose and value.files:
        yield heading("Files")
        yield columns(
            (item.state, item.facts.format, size(item.size), item.name) for item in value.files
        )
    if value.findings:
        shown = value.findings if verbose else value.findings[:SHOWN]
        yield heading("Findings")
        yield columns(finding_rows(shown))
        if len(shown) < len(value.findings):
            yield columns([(f"and {len(value.findings) - len(shown)} more; see --verbose",)])
    yield heading("Verdict")
    yield columns([(value.verdict, _reason(value))])


def _signer(item: SignatureEvidence) -> Iterator[tuple[str, str]]:
    """Whom a signature counts for, and on a row each what else is known of it."""
    yield item.signer or "nobody trusted", item.source
    if item.key:
        yield "", f"key {item.key}"
    if item.name:
        yield "", f"of {item.name}" + (f", vouched for by {item.issuer}" if item.issuer else "")
    if item.logged or item.time:
        seen = f"seen at {item.time}" if item.time else ""
        yield "", ", ".join(filter(None, ("in a trusted log" if item.logged else "", seen)))


def _identity(value: Report) -> Iterator[tuple[str, str]]:
    yield "target", value.target
    if value.artifact:
        artifact = value.artifact
        version = f" {artifact.version}" if artifact.version else ""
        yield artifact.kind.value, f"{artifact.name}{version}, {size(artifact.manifest.size)}"
        yield "digest", str(artifact.digest)
    if value.profile:
        yield "profile", value.profile


def finding_rows(findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """Each finding on one row; a fix once, below the last of a run that it is for."""
    following = (*(finding.fix for finding in findings[1:]), "")
    for finding, next_fix in zip(findings, following, strict=True):
        yield finding.severity.value, f"{finding.located} [{finding.rule}]"
        if finding.fix and finding.fix != next_fix:
            yield "", f"-> {finding.fix}"


def _reason(value: Report) -> str:
    """The step that decided, in the words of its first finding."""
    for step in value.steps:
        if step.outcome in ("deny", "error"):
            worst = [item for item in step.findings if item.severity is Severity.ERROR]
            return f"at {step.name}: {worst[0].sentence}" if worst else f"at {step.name}"
    return "every step that could run passed"
