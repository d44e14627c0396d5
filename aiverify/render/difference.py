"""What changed between two bills of materials, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from aiverify.core.jsonvalue import pretty
from aiverify.core.words import counted
from aiverify.render.page import Style, columns, heading, page
from aiverify.sbom.difference import Change, Difference, Matters, Side, Topic, Way, Weights
from aiverify.sbom.difference.saying import shown
from aiverify.sbom.difference.schema import API_VERSION

if TYPE_CHECKING:
    from rich.console import RenderableType

COLOURS = {Way.ADDED: "green", Way.REMOVED: "red", Way.CHANGED: "yellow", Way.MOVED: "cyan"}
"""What came, what went, what is not what it was, and what is elsewhere."""

HEADINGS = {
    Topic.IDENTITY: "Identity",
    Topic.WEIGHTS: "Weights",
    Topic.ADAPTER: "Adapter",
    Topic.BASE: "Base models",
    Topic.TEMPLATE: "Chat templates",
    Topic.TOKENIZER: "Tokenizer",
    Topic.CODE: "Code",
    Topic.FILES: "Files",
    Topic.DATASETS: "Datasets",
    Topic.PARTS: "Parts",
    Topic.PACKAGES: "Packages",
    Topic.VULNERABILITIES: "Vulnerabilities",
    Topic.CARD: "Model card",
    Topic.METRICS: "Metrics",
    Topic.CONSIDERATIONS: "Considerations",
    Topic.OTHER: "Other",
}

WEIGHTS = {
    Weights.SAME: "the weights are the same bytes",
    Weights.CHANGED: "the weights are not the same bytes",
    Weights.UNKNOWN: "whether the weights are the same bytes cannot be told",
    Weights.NONE: "",
}

MATTERS = {Matters.SECURITY: "security", Matters.NOTABLE: "notable", Matters.MINOR: ""}


def as_json(value: Difference) -> str:
    """Every change with what was and what is, as `docs/schemas/sbom-diff.v1.json` has it."""
    return pretty(
        {
            "apiVersion": API_VERSION,
            "old": value.old.to_json(),
            "new": value.new.to_json(),
            "weights": value.weights.value,
            "summary": {matters.value: value.count(matters) for matters in Matters},
            "changes": [change.to_json() for change in value.changes],
            "remarks": list(value.remarks),
        }
    )


def as_table(value: Difference, *, style: Style) -> str:
    """What it comes to on one line, then every change in a sentence, by what it is about."""
    return page(_parts(value), style)


def summary(value: Difference) -> str:
    """What the difference comes to, in a sentence."""
    total = len(value.changes)
    if not total:
        said = "nothing that the documents say has changed"
    else:
        counts = [
            f"{value.count(matters)} {words}"
            for matters, words in (
                (Matters.SECURITY, "for security"),
                (Matters.NOTABLE, "notable"),
                (Matters.MINOR, "minor"),
            )
            if value.count(matters)
        ]
        said = f"{counted(total, 'change')}: {', '.join(counts)}"
    weights = WEIGHTS[value.weights]
    return f"{said}; {weights}" if weights else said


def _parts(value: Difference) -> Iterator[RenderableType]:
    yield columns([("old", _about(value.old)), ("new", _about(value.new))])
    yield columns([("", ""), (_capitalized(summary(value)),)])
    for topic, changes in groupby(value.changes, key=lambda change: change.topic):
        yield heading(HEADINGS[topic])
        yield _rows(list(changes))
    if value.remarks:
        yield heading("Not known")
        yield columns((remark,) for remark in value.remarks)


def _about(side: Side) -> str:
    parts = (shown(side.name) or "without a name", shown(side.version), shown(side.digest))
    return " ".join(filter(None, parts))


def _rows(changes: Sequence[Change]) -> RenderableType:
    """Each change on a row: how it changed in the colour of that, how much it matters, and what."""
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0)
    )
    table.add_column(no_wrap=True, min_width=max(len(way) for way in Way))
    table.add_column(no_wrap=True, min_width=max(map(len, MATTERS.values())))
    table.add_column(overflow="fold")
    for change in changes:
        weight = "bold" if change.matters is Matters.SECURITY else ""
        table.add_row(
            Text(change.way.value, style=COLOURS[change.way]),
            Text(MATTERS[change.matters], style=weight),
            Text(change.sentence),
        )
    return table


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
