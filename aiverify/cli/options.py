"""Options that several commands share, each declared once."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from aiverify.errors import UsageError


def a_path(words: str, *names: str, metavar: str = "FILE") -> Any:
    """An option that is a path. Whoever reads it says whether it can be read."""
    return typer.Option(*names, metavar=metavar, help=words, show_default=False, readable=False)


def a_text(words: str, *names: str, metavar: str) -> Any:
    """An option that is a text."""
    return typer.Option(*names, metavar=metavar, help=words, show_default=False)


def a_flag(words: str, *names: str) -> Any:
    """An option that is there or not."""
    return typer.Option(*names, help=words, show_default=False)


def lifetime(words: str | None) -> timedelta | None:
    """A length of time as `90m`, `12h` or `7d`.

    Raises:
        UsageError: it is something else.
    """
    if words is None:
        return None
    found = re.fullmatch("([1-9][0-9]{0,4})([mhd])", words)
    if not found:
        raise UsageError(f"{words} is no length of time", hint="Write it as 90m, 12h or 7d.")
    unit = {"m": "minutes", "h": "hours", "d": "days"}[found[2]]
    return timedelta(**{unit: int(found[1])})


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
    str,
    typer.Argument(
        metavar="TARGET",
        help="A directory, a file, a bundle, or a registry's reference.",
        show_default=False,
    ),
]
TargetOrDigest = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="A directory, a file, a bundle, a registry's reference, or a digest.",
        show_default=False,
    ),
]
Expires = Annotated[
    str | None,
    a_text("After how long it no longer counts: 12h, 7d.", metavar="AGE"),
]
Quiet = Annotated[bool, a_flag("Print nothing but errors.", "--quiet", "-q")]
Verbose = Annotated[bool, a_flag("Print every detail.", "--verbose", "-v")]
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
    a_path("Write here instead of printing.", "--output", "-o"),
]
PasswordFile = Annotated[
    Path | None,
    a_path("Read the private key's password from this file."),
]
KeyUri = Annotated[
    str | None,
    a_text(
        "The private key: a PEM file, env://NAME, or a key of a service: awskms: gcpkms: "
        "azurekms: hashivault: hsm: pkcs11:",
        "--key",
        metavar="KEY",
    ),
]
Certificate = Annotated[
    Path | None,
    a_path("The certificate of the key, in PEM.", "--cert"),
]
CertificateChain = Annotated[
    list[Path] | None,
    a_path("Who issued it, in PEM, up to the root. May be repeated.", "--cert-chain"),
]
IdentityToken = Annotated[
    str | None,
    a_text(
        "Sign by identity with this OpenID Connect token, or a file that holds it.", metavar="TOKEN"
    ),
]
Oob = Annotated[
    bool,
    a_flag("Sign in elsewhere, and type the code from there.", "--oob"),
]
TrustConfig = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The keys and services of a Sigstore instance.",
        show_default="the public one's",
        readable=False,
    ),
]
Log = Annotated[
    bool,
    a_flag("Write the signature into the transparency log.", "--log"),
]
Timestamp = Annotated[
    bool,
    a_flag("Have the signature timestamped (RFC 3161).", "--timestamp"),
]
Base = Annotated[
    str | None,
    a_text("The base model, which an adapter must fit.", "--base", metavar="MODEL"),
]
Name = Annotated[
    str, typer.Option(metavar="NAME", help="The artifact's name.", show_default="from its card")
]
Version = Annotated[
    str, typer.Option(metavar="VERSION", help="The artifact's version.", show_default="none")
]
Ignore = Annotated[
    list[str] | None,
    a_text("Leave out this exact path, and all below it. May be repeated.", metavar="PATH"),
]
Policies = Annotated[
    list[str] | None,
    a_text(
        "A .rego file, a directory, aiverify:RULE or aiverify:@COLLECTION. May be repeated.",
        "--policy",
        metavar="POLICY",
    ),
]
Attestations = Annotated[
    list[Path] | None,
    a_path("An attestation that lies elsewhere. May be repeated.", "--attestation"),
]
Require = Annotated[
    list[str] | None,
    a_text("An attestation that must be there. May be repeated.", metavar="TYPE"),
]
