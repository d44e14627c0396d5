"""What rules there are and what each means, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.moments import parse, rfc3339, shown
from aiverify.policy.catalogue import Entry, Example
from aiverify.policy.metadata import About
from aiverify.render.page import Style, columns, heading, page

if TYPE_CHECKING:
    from rich.console import RenderableType

HEADS = ("rule", "severity", "since", "collections", "title")
API_VERSION = "aiverify.dev/policy-rules/v1"


def list_as_table(entries: Sequence[Entry], at: datetime | None = None, *, style: Style) -> str:
    """Each rule on a row; where a time is given, with whether it denies then."""
    if at is None:
        rows = [_row(entry) for entry in entries]
        return page([columns(rows, heads=HEADS, wrap=(3, 4))], style)
    rows = [(*_row(entry), "yes" if _denies(entry, at) else "no") for entry in entries]
    heads = (*HEADS, f"denies at {shown(at)}")
    return page([columns(rows, heads=heads, wrap=(3, 4))], style)


def list_as_json(entries: Sequence[Entry], at: datetime | None = None) -> str:
    """What each rule says of itself, and whether it denies at a time, if one is given."""
    return pretty(
        {
            "apiVersion": API_VERSION,
            "at": rfc3339(at) if at else "",
            "rules": [
                {**_summary(entry), "effective": _denies(entry, at) if at else None}
                for entry in entries
            ],
        }
    )


def explain_as_table(entries: Sequence[Entry], *, style: Style) -> str:
    """Each rule with its findings and examples."""
    return page((part for entry in entries for part in _parts(entry)), style)


def explain_as_json(entries: Sequence[Entry]) -> str:
    """Each rule with its findings and examples."""
    return pretty(
        {
            "apiVersion": API_VERSION,
            "at": "",
            "rules": [
                {**_summary(entry), "effective": None, **_details(entry)} for entry in entries
            ],
        }
    )


def _denies(entry: Entry, at: datetime) -> bool:
    """Whether a rule's denials count at a time; those of one that states no day always do."""
    begins = parse(entry.about.since) if entry.about else None
    return begins is None or begins <= at


def _row(entry: Entry) -> tuple[str, ...]:
    about = entry.about or About()
    return (
        entry.name,
        about.severity or "-",
        about.since or "-",
        ", ".join(about.collections) or "-",
        about.title or "-",
    )


def _parts(entry: Entry) -> Iterator[RenderableType]:
    about = entry.about or About()
    yield heading(entry.name)
    rows = [
        ("title", about.title),
        ("description", about.description),
        ("severity", about.severity),
        ("collections", ", ".join(about.collections)),
        ("since", about.since),
        *(("file", file) for file in entry.files),
    ]
    yield columns(row for row in rows if row[1])
    if entry.findings:
        yield heading("What it finds")
        yield columns(_findings(entry))
    for what, example in (("allows", entry.allows), ("denies", entry.denies)):
        if example:
            yield heading(f"What it {what} ({example.file}:{example.line})")
            yield columns((line.replace("\t", "    "),) for line in example.text.split("\n"))


def _findings(entry: Entry) -> Iterator[tuple[str, str]]:
    for said in entry.findings:
        yield said.severity.value, f"{said.meaning or 'a computed message'} [{said.id}]"
        if said.fix:
            yield "", f"-> {said.fix}"


def _summary(entry: Entry) -> dict[str, Json]:
    about = entry.about or About()
    return {
        "name": entry.name,
        "package": entry.package,
        "title": about.title,
        "description": about.description,
        "severity": about.severity,
        "collections": list(about.collections),
        "since": about.since,
        "files": list(entry.files),
    }


def _details(entry: Entry) -> dict[str, Json]:
    return {
        "findings": [
            {
                "rule": said.id,
                "severity": said.severity.value,
                "meaning": said.meaning,
                "fix": said.fix,
            }
            for said in entry.findings
        ],
        "allows": _example(entry.allows),
        "denies": _example(entry.denies),
    }


def _example(example: Example | None) -> Json:
    if example is None:
        return None
    return {"file": example.file, "line": example.line, "text": example.text}
