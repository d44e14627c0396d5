"""`aiverify trust`: who may sign, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Format, Output, ReportFormat, examples

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Explain who may sign.")


@app.command("show", epilog=examples("aiverify trust show aiverify.yaml"))
def show(
    profile: Annotated[
        Path,
        typer.Argument(metavar="PROFILE", help="A profile.", show_default=False, readable=False),
    ],
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Say in words whose signatures a profile takes, how many it needs, and what it revokes."""
    from aiverify.render import trust
    from aiverify.verify.profile import read_profile

    terminal.refuse_input(output, profile)
    found = read_profile(profile)
    if format is ReportFormat.JSON:
        terminal.deliver(trust.as_json(found), output)
    else:
        terminal.deliver(trust.as_text(found), output)
