"""What is wrong with policies, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import pretty
from aiverify.operations.policy_check import Checked
from aiverify.policy.style import Remark
from aiverify.render.page import Style, columns, heading, page

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_table(value: Checked, *, style: Style) -> str:
    """Each remark with its fix, and the sum last."""
    return page(_parts(value), style)


def as_json(value: Checked) -> str:
    """Each remark, by file and line."""
    return pretty(
        {
            "apiVersion": "aiverify.dev/policy-check/v1",
            "passed": value.exit_code == 0,
            "files": value.files,
            "remarks": [
                {
                    "check": remark.check,
                    "severity": remark.severity.value,
                    "file": remark.file,
                    "line": remark.line,
                    "message": remark.message,
                    "fix": remark.fix,
                }
                for remark in value.remarks
            ],
        }
    )


def _parts(value: Checked) -> Iterator[RenderableType]:
    if value.remarks:
        yield heading("Remarks")
        yield columns(row for remark in value.remarks for row in _rows(remark))
    yield heading("Result")
    yield columns([("fail" if value.exit_code else "pass", _sum(value))])


def _rows(remark: Remark) -> Iterator[tuple[str, str]]:
    place = f"{remark.file}:{remark.line}" if remark.line else remark.file
    yield remark.severity.value, f"{place}: {remark.message} [{remark.check}]"
    if remark.fix:
        yield "", f"-> {remark.fix}"


def _sum(value: Checked) -> str:
    named = ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "note"))
    said = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for severity, word in named
        if (count := value.counts[severity])
    ]
    files = f"{value.files} {'file' if value.files == 1 else 'files'}"
    return f"{files}: {', '.join(said) or 'nothing is wrong'}"
