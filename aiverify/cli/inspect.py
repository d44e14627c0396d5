"""`aiverify inspect`: what a target is and holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import typer

from aiverify.cli import terminal
from aiverify.cli.options import (
    Base,
    FormatOfInspect,
    InspectFormat,
    Output,
    Target,
    Verbose,
    examples,
)

if TYPE_CHECKING:
    from aiverify.operations.inspect import Inspection

EXAMPLES = examples(
    "aiverify inspect ./llama",
    "aiverify inspect ./lora --base ./llama",
    "aiverify inspect ./lora --format sarif -o lora.sarif",
)


def inspect(
    target: Target,
    base: Base = None,
    format: FormatOfInspect = InspectFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    verbose: Verbose = False,
) -> None:
    """Show what a model, adapter, component or bundle is, by its headers alone.

    Nothing is hashed, executed or unpickled, and nobody is trusted: `verify` does that.
    """
    from aiverify.operations.inspect import inspect_target
    from aiverify.render import inspection, sarif

    terminal.refuse_input(output, target, base)
    result = inspect_target(target, base)
    views: dict[InspectFormat, Callable[[Inspection], str]] = {
        InspectFormat.TABLE: partial(
            inspection.as_table, verbose=verbose, style=terminal.style(output)
        ),
        InspectFormat.JSON: inspection.as_json,
        InspectFormat.SARIF: sarif.inspection,
    }
    terminal.deliver(views[format](result), output)
    raise typer.Exit(result.exit_code)
