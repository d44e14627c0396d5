"""`aiverify policy list`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.judging import CountsAt, Exclude, Include, terms
from aiverify.cli.options import Format, Output, ReportFormat, examples

EXAMPLES = examples("aiverify policy list --format json", "aiverify policy list policies/")


def list_(
    policies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="POLICY",
            help="Directories, files, aiverify:RULE or aiverify:@COLLECTION; without one, all "
            "shipped rules.",
            show_default=False,
        ),
    ] = None,
    include: Include = None,
    exclude: Exclude = None,
    at: CountsAt = None,
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """List rules with their severity, their collections and the date from which they count."""
    from aiverify.operations.policy_list import list_rules
    from aiverify.render import policy_rules

    terminal.refuse_input(output, *map(Path, policies or ()))
    asked = terms(include, exclude, at)
    entries = list_rules(policies or (), asked)
    if format is ReportFormat.JSON:
        text = policy_rules.list_as_json(entries, asked.at)
    else:
        text = policy_rules.list_as_table(entries, asked.at, style=terminal.style(output))
    terminal.deliver(text, output)
