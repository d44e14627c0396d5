"""How a bill of materials was rated, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.names import printable
from aiverify.render.page import Style, columns, heading, page
from aiverify.sbom.scoring.interface import Status
from aiverify.sbom.scoring.schema import API_VERSION
from aiverify.sbom.scoring.score import Rated, Score, Tally
from aiverify.sbom.scoring.words import quoted

if TYPE_CHECKING:
    from rich.console import RenderableType

COLOURS = {
    Status.FOUND: "green",
    Status.DECLARED: "cyan",
    Status.INFERRED: "magenta",
    Status.REVIEW: "yellow",
    Status.MISSING: "red",
}
"""What was checked, what somebody says, what somebody concluded, what wants a look, and what is
not there."""


def as_json(value: Score) -> str:
    """Every element with its rating, as `docs/schemas/sbom-score.v1.json` has it."""
    return pretty(
        {
            "apiVersion": API_VERSION,
            "document": {
                "name": value.name,
                "version": value.version,
                "serialNumber": value.serial,
                "specVersion": value.spec_version,
            },
            "summary": [_tally(tally) for tally in value.tallies],
            "elements": [_element(item) for item in value.rated],
        }
    )


def as_table(value: Score, *, style: Style) -> str:
    """Each element with its status, why and where; and last what each list comes to."""
    return page(_parts(value), style)


def share(tally: Tally) -> str:
    """How much of a list is filled, in words."""
    return f"{tally.standard.full_name}: {tally.percent} % are filled"


def _parts(value: Score) -> Iterator[RenderableType]:
    yield columns(_about(value))
    width = max((len(item.element.title) for item in value.rated), default=0)
    for standard, of_standard in groupby(value.rated, key=lambda item: item.element.standard):
        for cluster, rated in groupby(of_standard, key=lambda item: item.element.cluster):
            yield heading(f"{standard.full_name}: {cluster}")
            yield _rows(rated, width)
    yield heading("Score")
    yield columns(_sum(tally) for tally in value.tallies)


def _about(value: Score) -> Iterator[tuple[str, str]]:
    name = quoted(value.name) if value.name else "without a name"
    version = f" {quoted(value.version)}" if value.version else ""
    yield "document of", f"{name}{version}"
    spec = quoted(value.spec_version) if value.spec_version else "of no stated version"
    yield "format", f"CycloneDX {spec}"
    if value.serial:
        yield "serial", quoted(value.serial)


def _rows(rated: Iterable[Rated], width: int) -> RenderableType:
    """Each element on a row, titles in so many columns.

    Below the reason stands where that is in the document, and below that, of what is missing,
    the fields that would hold it.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0)
    )
    table.add_column(no_wrap=True, min_width=max(map(len, Status)))
    table.add_column(no_wrap=True, min_width=width)
    table.add_column(overflow="fold")
    for item in rated:
        status = item.rating.status
        lines = [item.rating.reason]
        if item.rating.places:
            others = " and others" if len(item.rating.places) > 1 else ""
            lines.append(f"at {item.rating.places[0]}{others}")
        if status is Status.MISSING:
            lines.append(f"-> {item.element.fix}")
        table.add_row(
            Text(status.value, style=COLOURS[status]),
            Text(item.element.title),
            Text("\n".join(map(printable, lines))),
        )
    return table


def _sum(tally: Tally) -> tuple[str, str, str]:
    counts = ", ".join(f"{tally.counts[status]} {status}" for status in Status)
    return (
        tally.standard.full_name,
        f"{tally.percent} %",
        f"{tally.filled} of {tally.total} filled: {counts}",
    )


def _tally(tally: Tally) -> Json:
    return {
        "standard": tally.standard.value,
        "title": tally.standard.full_name,
        "elements": tally.total,
        "filled": tally.filled,
        "percent": tally.percent,
        "counts": {status.value: count for status, count in tally.counts.items()},
    }


def _element(item: Rated) -> Json:
    return {
        "id": item.element.id,
        "standard": item.element.standard.value,
        "cluster": item.element.cluster,
        "title": item.element.title,
        "asks": item.element.asks,
        "fields": item.element.fix,
        "status": item.rating.status.value,
        "reason": item.rating.reason,
        "places": list(item.rating.places),
    }
