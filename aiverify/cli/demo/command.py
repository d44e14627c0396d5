"""`aiverify demo`: the whole story on real files."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import examples

EXAMPLES = examples(
    "aiverify demo ./demo",
)


def demo(
    directory: Annotated[
        Path,
        typer.Argument(
            readable=False,
            metavar="DIR",
            help="A new directory for the specimens.",
            show_default=False,
        ),
    ],
) -> None:
    """Make a model, an adapter and hostile twins, and run every command on them.

    Each command line is shown before its output and can be typed again by hand.
    """
    from aiverify.cli.demo.specimens import make_all
    from aiverify.cli.demo.story import perform, set_stage
    from aiverify.errors import AiverifyError
    from aiverify.render.page import columns, heading, page

    make_all(directory)
    set_stage(directory)
    style = terminal.style(None)
    terminal.say(f"The specimens are in {directory}; the commands are run there.")
    results = []
    for result in perform(directory):
        results.append(result)
        terminal.say(page([heading(f"# {result.scene.why}")], style))
        terminal.say(f"$ aiverify {shlex.join(result.scene.words)}")
        if result.output or result.errors:
            terminal.say(result.output + result.errors)
    rows = [
        (_verdict(result.exit_code), result.scene.about, result.reason)
        for result in results
        if result.scene.about
    ]
    heads = ("verdict", "of", "because")
    terminal.say(
        page([heading("What was allowed and what was refused"), columns(rows, heads=heads)], style)
    )
    failed = [result for result in results if result.exit_code not in (0, 10)]
    if failed:
        raise AiverifyError(f"{len(failed)} commands of the demo failed")


def _verdict(exit_code: int) -> str:
    return {0: "allow", 10: "deny"}.get(exit_code, "error")
