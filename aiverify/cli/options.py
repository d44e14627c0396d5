"""Options that several commands share, each declared once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


def examples(*lines: str) -> str:
    """The examples below a command's help, each on a line of its own."""
    return "\b\n" + "\n".join(("Examples:", *(f"  {line}" for line in lines)))


class ReportFormat(StrEnum):
    """How a report is shown."""

    TABLE = "table"
    JSON = "json"


class InspectFormat(StrEnum):
    """How an inspection is shown."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"


class VerifyFormat(StrEnum):
    """How the report of a verification is shown: other tools have formats of their own."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


Target = Annotated[
    Path,
    typer.Argument(
        metavar="TARGET",
        help="A directory, a file, or a bundle.",
        show_default=False,
        readable=False,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but errors.", show_default=False)
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print every detail.", show_default=False)
]
Format = Annotated[ReportFormat, typer.Option("--format", help="table for people, json for tools.")]
FormatOfInspect = Annotated[
    InspectFormat,
    typer.Option("--format", metavar="FORMAT", help="table for people; json or sarif for tools."),
]
FormatOfVerify = Annotated[
    VerifyFormat,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table for people; json, sarif, junit or github for tools.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write here instead of printing.",
        show_default=False,
        readable=False,
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Read the private key's password from this file.",
        show_default=False,
        readable=False,
    ),
]
Base = Annotated[
    Path | None,
    typer.Option(
        readable=False,
        metavar="MODEL",
        help="The base model, which an adapter must fit.",
        show_default=False,
    ),
]
Name = Annotated[
    str, typer.Option(metavar="NAME", help="The artifact's name.", show_default="from its card")
]
Version = Annotated[
    str, typer.Option(metavar="VERSION", help="The artifact's version.", show_default="none")
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATH",
        help="Leave out this exact path, and all below it. May be repeated.",
        show_default=False,
    ),
]
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="A .rego file, a directory, or aiverify:RULE. May be repeated.",
        show_default=False,
    ),
]
