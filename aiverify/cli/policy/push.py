"""`aiverify policy push`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Quiet, examples
from aiverify.cli.registries import ReferenceWord, Registries

EXAMPLES = examples(
    "aiverify policy push rules/ registry.example/acme/policies:3",
    "aiverify sign registry.example/acme/policies:3 --key release.key",
)


@grouped
def push(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="A directory of policies.", show_default=False, readable=False
        ),
    ],
    reference: ReferenceWord,
    reach: Registries,
    quiet: Quiet = False,
) -> None:
    """Push policies and their tests to an OCI registry, as conftest does.

    They are signed there like any artifact.
    """
    from aiverify.operations.policy_push import push_policies
    from aiverify.render.transfers import pushed

    to = reach.reference(reference)
    with terminal.progress(quiet=quiet) as progress:
        result = push_policies(directory, to, progress)
    if not quiet:
        terminal.say(pushed("pushed", result))
