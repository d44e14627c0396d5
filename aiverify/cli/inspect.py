"""`aiverify inspect`: what a target is and holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import (
    Base,
    FormatOfInspect,
    InspectFormat,
    Output,
    Target,
    Verbose,
    examples,
)
from aiverify.cli.registries import Registries
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.operations.inspect import Inspection

EXAMPLES = examples(
    "aiverify inspect ./llama",
    "aiverify inspect ./lora --base ./llama",
    "aiverify inspect ./lora --format sarif -o lora.sarif",
    "aiverify inspect ./llama/model.sig",
    "aiverify inspect registry.example/acme/llama:1.2",
)


@grouped
def inspect(
    target: Target,
    reach: Registries,
    base: Base = None,
    format: FormatOfInspect = InspectFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    verbose: Verbose = False,
) -> None:
    """Show what a model, adapter, component, bundle or signature is, by its headers alone.

    Nothing is hashed, executed or unpickled, and nobody is trusted: `verify` does that.
    """
    from aiverify.operations.inspect import inspect_target
    from aiverify.operations.inspect_signature import signature_in
    from aiverify.render import inspection, sarif

    place, base_place = reach.locate(target), reach.locate_if(base)
    terminal.refuse_input(output, place, base_place)
    data = signature_in(place)
    if data is not None:
        _inspect_signature(data, Path(target), base, format, output, verbose=verbose)
        return
    result = inspect_target(place, base_place)
    views: dict[InspectFormat, Callable[[Inspection], str]] = {
        InspectFormat.TABLE: partial(
            inspection.as_table, verbose=verbose, style=terminal.style(output)
        ),
        InspectFormat.JSON: inspection.as_json,
        InspectFormat.SARIF: sarif.inspection,
    }
    terminal.deliver(views[format](result), output)
    raise typer.Exit(result.exit_code)


def _inspect_signature(
    data: bytes,
    target: Path,
    base: str | None,
    form: InspectFormat,
    output: Path | None,
    *,
    verbose: bool,
) -> None:
    """Show what is in a signature, which no base fits and no scanner's format has a word for."""
    from aiverify.operations.inspect_signature import inspect_signature
    from aiverify.render import signature, signature_json

    if base is not None:
        raise UsageError("the target is a signature, and only an adapter has a base")
    if form is InspectFormat.SARIF:
        raise UsageError(
            "the target is a signature, of which nothing is found that SARIF could say",
            hint="Use --format table or json.",
        )
    result = inspect_signature(data, target, datetime.now(UTC))
    if form is InspectFormat.JSON:
        terminal.deliver(signature_json.as_json(result), output)
    else:
        style = terminal.style(output)
        terminal.deliver(signature.as_table(result, verbose=verbose, style=style), output)
