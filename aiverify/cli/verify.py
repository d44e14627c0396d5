"""`aiverify verify`: the pipeline, and its verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import (
    Format,
    Ignore,
    Output,
    Policies,
    Quiet,
    ReportFormat,
    Target,
    Verbose,
    examples,
)

EXAMPLES = examples(
    "aiverify verify ./llama --key release.pub",
    "aiverify verify lora.tar --profile aiverify.yaml --format json",
)


Keys = Annotated[
    list[Path] | None,
    typer.Option(
        readable=False,
        metavar="FILE",
        help="A trusted public key, in PEM. May be repeated.",
        show_default=False,
    ),
]
Profile = Annotated[
    Path | None,
    typer.Option(
        readable=False,
        metavar="FILE",
        help="Trust, requirements and policies, in one file.",
        show_default=False,
    ),
]
Signatures = Annotated[
    list[Path] | None,
    typer.Option(
        readable=False,
        metavar="FILE",
        help="A signature that lies elsewhere. May be repeated.",
        show_default=False,
    ),
]
IgnoreUnsigned = Annotated[
    bool,
    typer.Option(
        "--ignore-unsigned",
        help="Accept files that the signature does not name.",
        show_default=False,
    ),
]


def verify(
    target: Target,
    key: Keys = None,
    profile: Profile = None,
    signature: Signatures = None,
    policy: Policies = None,
    ignore: Ignore = None,
    ignore_unsigned: IgnoreUnsigned = False,
    format: Format = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Verify who signed an artifact, that not a byte differs, what is in it, and by policy."""
    from aiverify.core.jsonvalue import pretty
    from aiverify.operations.verify import VerifyRequest, verify_target
    from aiverify.render import table

    request = VerifyRequest(
        target,
        keys=tuple(key or ()),
        profile=profile,
        signatures=tuple(signature or ()),
        policies=tuple(policy or ()),
        ignore=tuple(ignore or ()),
        ignore_unsigned=ignore_unsigned,
    )
    with terminal.progress(quiet=quiet) as progress:
        report = verify_target(request, progress)
    if format is ReportFormat.JSON:
        terminal.deliver(pretty(report.to_json()), output)
    elif not quiet or output:
        text = table.report(report, verbose=verbose, style=terminal.style(output))
        terminal.deliver(text, output)
    raise typer.Exit(report.exit_code)
