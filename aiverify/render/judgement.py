"""What the policies said, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import pretty
from aiverify.core.names import printable
from aiverify.operations.policy import Judgement
from aiverify.render.page import Style, columns, heading, page
from aiverify.render.table import finding_rows

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_json(value: Judgement) -> str:
    """The verdict, the findings, a query's own answer, and on what terms it was given."""
    return pretty(
        {
            "apiVersion": "aiverify.dev/judgement/v1",
            "target": printable(str(value.target)),
            "verdict": value.verdict.value,
            "findings": [finding.to_json() for finding in value.findings],
            "query": value.query,
            "value": value.value,
            "terms": value.terms.to_json(),
        }
    )


def as_table(value: Judgement, *, style: Style) -> str:
    """The findings with their fixes, and the verdict last."""
    return page(_parts(value), style)


def _parts(value: Judgement) -> Iterator[RenderableType]:
    if value.findings:
        yield heading("Findings")
        yield columns(finding_rows(value.findings))
    yield heading("Verdict")
    rows = [(value.verdict.value, _reason(value))]
    yield columns(rows + [("", str(value.terms))] * bool(value.terms))


def _reason(value: Judgement) -> str:
    worst = [item for item in value.findings if item.severity is Severity.ERROR]
    if worst:
        return worst[0].sentence
    return f"{value.query or 'every rule'} has nothing against it"
