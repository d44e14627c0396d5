"""`aiverify push` and `aiverify copy`: to a registry, and from one to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Quiet, examples
from aiverify.cli.registries import ReferenceWord, Registries

PUSH_EXAMPLES = examples(
    "aiverify push llama.tar registry.example/acme/llama:1.2",
    "aiverify push lora.tar 127.0.0.1:5000/acme/lora:dev --plain-http",
)
COPY_EXAMPLES = examples(
    "aiverify copy staging.example/acme/llama:1.2 registry.example/acme/llama:1.2",
)


@grouped
def push(
    bundle: Annotated[
        Path,
        typer.Argument(metavar="BUNDLE", help="A bundle.", show_default=False, readable=False),
    ],
    reference: ReferenceWord,
    reach: Registries,
    quiet: Quiet = False,
) -> None:
    """Push a bundle with its SBOM, signatures and attestations to an OCI registry.

    What the registry has is not sent again, and a push that was cut short is gone on with.
    Whom a registry knows you as is what `docker login` or `podman login` kept.
    """
    from aiverify.operations.push import push_bundle
    from aiverify.render.transfers import pushed

    to = reach.reference(reference)
    with terminal.progress(quiet=quiet) as progress:
        result = push_bundle(bundle, to, progress)
    if not quiet:
        terminal.say(pushed("pushed", result))


@grouped
def copy(
    source: Annotated[
        str,
        typer.Argument(metavar="FROM", help="A reference.", show_default=False),
    ],
    reference: Annotated[
        str,
        typer.Argument(metavar="TO", help="Another reference.", show_default=False),
    ],
    reach: Registries,
    quiet: Quiet = False,
) -> None:
    """Copy an artifact with all that speaks of it, from one repository to another.

    Every byte is held against its digest on the way, and none is kept here.
    """
    from aiverify.operations.push import copy_artifact
    from aiverify.render.transfers import pushed

    theirs, ours = reach.pair(source, reference)
    with terminal.progress(quiet=quiet) as progress:
        result = copy_artifact(theirs, ours, progress)
    if not quiet:
        terminal.say(pushed("copied", result))
