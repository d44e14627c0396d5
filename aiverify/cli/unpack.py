"""`aiverify unpack`: give back the tree that a bundle was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Quiet, a_path, a_text, examples

EXAMPLES = examples(
    "aiverify unpack llama.tar -o ./llama",
    "aiverify unpack llama.tar -o ./card --only README.md",
)


def unpack(
    bundle: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="A bundle.", show_default=False, readable=False)
    ],
    output: Annotated[
        Path,
        a_path("The new directory.", "--output", "-o", metavar="DIR"),
    ],
    only: Annotated[
        list[str] | None,
        a_text("Only this path. May be repeated.", metavar="PATH"),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Unpack a bundle, verifying every byte against its digest."""
    from aiverify.operations.unpack import unpack_bundle
    from aiverify.render.summary import unpacked

    with terminal.progress(quiet=quiet) as progress:
        members = unpack_bundle(bundle, output, progress, only=only or ())
    if not quiet:
        terminal.say(unpacked(output, members))
