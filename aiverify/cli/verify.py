"""`aiverify verify`: the pipeline, and its verdict."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.options import (
    Base,
    FormatOfVerify,
    Ignore,
    Output,
    Policies,
    Quiet,
    Target,
    Verbose,
    VerifyFormat,
    examples,
)

if TYPE_CHECKING:
    from aiverify.core.report import Report
    from aiverify.render.page import Style

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
    base: Base = None,
    ignore: Ignore = None,
    ignore_unsigned: IgnoreUnsigned = False,
    format: FormatOfVerify = VerifyFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Verify who signed an artifact, that not a byte differs, what is in it, and by policy."""
    from aiverify.operations.verify import VerifyRequest, verify_target

    request = VerifyRequest(
        target,
        keys=tuple(key or ()),
        profile=profile,
        signatures=tuple(signature or ()),
        policies=tuple(policy or ()),
        ignore=tuple(ignore or ()),
        ignore_unsigned=ignore_unsigned,
        base=base,
    )
    terminal.refuse_input(output, target, profile, base, *request.keys, *request.signatures)
    with terminal.progress(quiet=quiet) as progress:
        report = verify_target(request, progress)
    if output or not quiet or format is not VerifyFormat.TABLE:
        view = _views(verbose, terminal.style(output))[format]
        terminal.deliver(view(report), output)
    raise typer.Exit(report.exit_code)


def _views(verbose: bool, style: Style) -> dict[VerifyFormat, Callable[[Report], str]]:
    """What writes a report in each format. Only a table has details to leave out, and a style."""
    from aiverify.core.jsonvalue import pretty
    from aiverify.render import github, junit, sarif, table

    return {
        VerifyFormat.TABLE: partial(table.report, verbose=verbose, style=style),
        VerifyFormat.JSON: lambda report: pretty(report.to_json()),
        VerifyFormat.SARIF: sarif.report,
        VerifyFormat.JUNIT: junit.report,
        VerifyFormat.GITHUB: github.report,
    }
