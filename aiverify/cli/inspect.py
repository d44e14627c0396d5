"""`aiverify inspect`: what a target is and holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Format, Output, ReportFormat, Target, Verbose, examples

EXAMPLES = examples(
    "aiverify inspect ./llama",
    "aiverify inspect ./lora --base ./llama",
)


def inspect(
    target: Target,
    base: Annotated[
        Path | None,
        typer.Option(
            readable=False,
            metavar="MODEL",
            help="Say whether an adapter fits this base model.",
            show_default=False,
        ),
    ] = None,
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    verbose: Verbose = False,
) -> None:
    """Show what a model, adapter, component or bundle is, by its headers alone.

    Nothing is hashed, executed or unpickled, and nobody is trusted: `verify` does that.
    """
    from aiverify.operations.inspect import inspect_target
    from aiverify.render import inspection

    terminal.refuse_input(output, target, base)
    result = inspect_target(target, base)
    if format is ReportFormat.JSON:
        terminal.deliver(inspection.as_json(result), output)
    else:
        terminal.deliver(
            inspection.as_table(result, verbose=verbose, style=terminal.style(output)), output
        )
    raise typer.Exit(result.exit_code)
