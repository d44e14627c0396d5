"""`aiverify webhook review`: what a cluster would say of a manifest, before it sees it."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Output, Quiet, a_path, a_text, examples
from aiverify.cli.registries import Registries
from aiverify.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiverify.render.page import Style
    from aiverify.render.reviewing import Reviewed

EXAMPLES = examples(
    "aiverify webhook review deployment.yaml --profile aiverify.yaml",
    "helm template . | aiverify webhook review - --profile aiverify.yaml",
    "aiverify webhook review *.yaml --profile aiverify.yaml --format github",
)

STANDARD_INPUT = "-"


class ReviewFormat(StrEnum):
    """How a review is shown."""

    TABLE = "table"
    JSON = "json"
    GITHUB = "github"


@grouped
def review(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Manifests in YAML or JSON, or an AdmissionReview; - is standard input.",
            show_default=False,
        ),
    ],
    reach: Registries,
    profile: Annotated[Path, a_path("The cluster's profile.")],
    namespace: Annotated[
        str,
        typer.Option(metavar="NAME", help="Where what names no namespace would be created."),
    ] = "default",
    user: Annotated[
        str, typer.Option(metavar="NAME", help="Who would create it.", show_default="nobody")
    ] = "",
    group: Annotated[
        list[str] | None, a_text("A group of theirs. May be repeated.", metavar="NAME")
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        ReviewFormat,
        typer.Option(
            "--format", metavar="FORMAT", help="table for people; json or github for tools."
        ),
    ] = ReviewFormat.TABLE,
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Judge manifests as the cluster's webhook would, before the cluster sees them."""
    from aiverify.render.reviewing import exit_code
    from aiverify.webhook.judging.terminal import ReviewRequest
    from aiverify.webhook.judging.terminal import review as judge
    from aiverify.webhook.request import User

    terminal.refuse_input(output, profile, *(Path(name) for name in files))
    request = ReviewRequest(
        tuple((name, _read(name)) for name in files),
        profile,
        namespace,
        User(user, tuple(group or ())),
        reach.place(),
    )
    found = judge(request)
    if output or not quiet or format is not ReviewFormat.TABLE:
        terminal.deliver(_views(terminal.style(output))[format](found), output)
    raise typer.Exit(exit_code(found))


def _read(name: str) -> bytes:
    from aiverify.webhook.judging.manifests import MAX_SIZE

    if name != STANDARD_INPUT:
        from aiverify.files.extent import Extent

        return Extent.of_named(Path(name)).read(MAX_SIZE)
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or stream.isatty():
        raise UsageError("nothing is on standard input", hint="Name a file, or pipe one in.")
    data: bytes = stream.read(MAX_SIZE + 1)
    if len(data) > MAX_SIZE:
        raise InputError(f"standard input has more than {MAX_SIZE} bytes")
    return data


def _views(style: Style) -> dict[ReviewFormat, Callable[[Sequence[Reviewed]], str]]:
    from aiverify.render import reviewing

    return {
        ReviewFormat.TABLE: partial(reviewing.as_table, style=style),
        ReviewFormat.JSON: reviewing.as_json,
        ReviewFormat.GITHUB: reviewing.as_github,
    }
