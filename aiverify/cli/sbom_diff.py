"""`aiverify sbom diff`: what changed between two bills of materials."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Format, Output, ReportFormat, a_flag, examples
from aiverify.errors import DeniedError

EXAMPLES = examples(
    "aiverify sbom diff llama-1.0.cdx.json llama-1.1.cdx.json",
    "aiverify sbom diff llama.cdx.json ./llama --exit-code",
    "aiverify sbom diff old.json new.json --format json -o diff.json",
)


def diff(
    old: Annotated[
        Path,
        typer.Argument(
            metavar="OLD",
            help="CycloneDX JSON of any version, or a directory or bundle.",
            show_default=False,
            readable=False,
        ),
    ],
    new: Annotated[
        Path,
        typer.Argument(
            metavar="NEW", help="The one to compare with it.", show_default=False, readable=False
        ),
    ],
    exit_code: Annotated[
        bool,
        a_flag("Exit with 10 if anything changed.", "--exit-code"),
    ] = False,
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Say what changed between two bills of materials, in words.

    For security matter weights, code, chat templates, base models, licences, vulnerabilities,
    packages that went back, and files that are flagged now. Serial number, time and tools of
    a document are no changes. Of a directory, the bill is written first. The exit code is 0
    whatever changed, unless --exit-code asks for another.
    """
    from aiverify.operations.sbom_diff import difference_of
    from aiverify.render import difference as view

    terminal.refuse_input(output, old, new)
    with terminal.progress(quiet=False) as progress:
        found = difference_of(old, new, progress)
    if format is ReportFormat.JSON:
        terminal.deliver(view.as_json(found), output)
    else:
        terminal.deliver(view.as_table(found, style=terminal.style(output)), output)
    raise typer.Exit(DeniedError.exit_code if exit_code and found.changes else 0)
