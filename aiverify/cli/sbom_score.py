"""`aiverify sbom score`: what a bill of materials says of what authorities ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Format, Output, ReportFormat, a_text, examples
from aiverify.errors import DeniedError
from aiverify.sbom.scoring.interface import Standard

EXAMPLES = examples(
    "aiverify sbom score llama.cdx.json",
    "aiverify sbom score llama.cdx.json --elements cisa --elements ntia",
    "aiverify sbom score llama.cdx.json --elements g7 --fail-under 60",
    "aiverify sbom score llama.cdx.json --format json -o score.json",
)


def score(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CycloneDX JSON, of any version and by any tool.",
            show_default=False,
            readable=False,
        ),
    ],
    elements: Annotated[
        list[Standard] | None,
        a_text("Of g7, cisa or ntia alone. May be repeated.", metavar="LIST"),
    ] = None,
    fail_under: Annotated[
        int | None,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=100,
            help="Exit with 10 when less of any of the lists is filled.",
            show_default=False,
        ),
    ] = None,
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Rate a bill of materials by what G7, CISA and NTIA ask for, element by element.

    Each element is found, declared, inferred, missing, or for a person to review, with the
    reason and the place. A percentage counts what is found, declared and inferred; whether
    what is declared is true was not looked at.
    """
    from aiverify.operations.sbom_score import score_of
    from aiverify.render import scoring as view

    terminal.refuse_input(output, file)
    rated = score_of(file, elements or ())
    if format is ReportFormat.JSON:
        terminal.deliver(view.as_json(rated), output)
    else:
        terminal.deliver(view.as_table(rated, style=terminal.style(output)), output)
    short = [item for item in rated.tallies if fail_under and item.is_below(fail_under)]
    for tally in short:
        terminal.remark(f"denied: {view.share(tally)}, and {fail_under} % are asked for")
    raise typer.Exit(DeniedError.exit_code if short else 0)
