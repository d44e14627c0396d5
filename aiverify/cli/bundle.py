"""`aiverify bundle`: pack an artifact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import Name, Quiet, Version, a_flag, a_path, examples
from aiverify.core.artifact import Kind

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Pack a model, an adapter or a component into an OCI image layout (CNCF ModelPack).",
)

Source = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE", help="The directory or file to pack.", show_default=False, readable=False
    ),
]
Out = Annotated[
    Path,
    a_path(
        "The new bundle: one file if it ends in .tar, else a directory.",
        "--output",
        "-o",
        metavar="BUNDLE",
    ),
]
Link = Annotated[
    bool,
    a_flag("Share bytes with the source: a reflink, or else a hard link.", "--link"),
]


@app.command(
    "model",
    epilog=examples(
        "aiverify bundle model ./llama -o llama.tar --version 1.2",
        "aiverify bundle model ./llama --adapter ./lora -o unit.tar",
    ),
)
def model(
    source: Source,
    output: Out,
    adapter: Annotated[
        list[Path] | None,
        a_path("An adapter that is deployed with it. May be repeated.", metavar="ADAPTER"),
    ] = None,
    name: Name = "",
    version: Version = "",
    link: Link = False,
    quiet: Quiet = False,
) -> None:
    """Pack a model, with its SBOM and its signature.

    With adapters they are one unit: an image index that is signed and verified as a whole.
    """
    _bundle(
        Kind.MODEL,
        source,
        output,
        name=name,
        version=version,
        link=link,
        quiet=quiet,
        adapters=tuple(adapter or ()),
    )


@app.command(
    "adapter", epilog=examples("aiverify bundle adapter ./lora --base ./llama -o lora.tar")
)
def adapter(
    source: Source,
    output: Out,
    base: Annotated[
        Path | None,
        a_path(
            "The base model: the adapter must fit it, and is pinned to its digest.", metavar="MODEL"
        ),
    ] = None,
    name: Name = "",
    version: Version = "",
    link: Link = False,
    quiet: Quiet = False,
) -> None:
    """Pack a LoRA or other PEFT adapter."""
    _bundle(
        Kind.ADAPTER,
        source,
        output,
        name=name,
        version=version,
        link=link,
        quiet=quiet,
        base=base,
    )


@app.command("component", epilog=examples("aiverify bundle component ./ai-runner -o runner.tar"))
def component(
    source: Source,
    output: Out,
    name: Name = "",
    version: Version = "",
    link: Link = False,
    quiet: Quiet = False,
) -> None:
    """Pack a program: an inference binary, an eBPF object, a graph."""
    _bundle(Kind.COMPONENT, source, output, name=name, version=version, link=link, quiet=quiet)


def _bundle(
    kind: Kind,
    source: Path,
    output: Path,
    *,
    name: str,
    version: str,
    link: bool,
    quiet: bool,
    base: Path | None = None,
    adapters: tuple[Path, ...] = (),
) -> None:
    from aiverify.operations.bundle import BundleRequest, bundle_artifact
    from aiverify.render.summary import bundled

    request = BundleRequest(source, output, kind, name, version, base, adapters, link)
    with terminal.progress(quiet=quiet) as progress:
        result = bundle_artifact(request, progress)
    if not quiet:
        terminal.say(bundled(result))
