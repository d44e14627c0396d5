"""Options that say what judges by policies: the embedded engine, or an OPA."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli.options import a_path, a_text
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.policy.opa.place import OpaPlace


class EngineName(StrEnum):
    """What judges by policies."""

    EMBEDDED = "embedded"
    OPA = "opa"


ChosenEngine = Annotated[
    EngineName | None,
    typer.Option("--engine", help="What judges by policies.", show_default="embedded"),
]
CheckingEngine = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        help="With opa, an opa program checks types as well.",
        show_default="embedded",
    ),
]
OpaUrl = Annotated[
    str | None,
    a_text(
        "Ask the OPA server at this URL; --engine opa alone starts one.", "--opa-url", metavar="URL"
    ),
]
OpaCa = Annotated[
    Path | None,
    a_path("Certificates to know that server by.", "--opa-ca"),
]


def opa_place(engine: EngineName | None, url: str | None, ca: Path | None) -> OpaPlace | None:
    """The OPA that was asked for; None for the embedded engine.

    Raises:
        UsageError: the words contradict each other, or the URL is none that is asked.
    """
    if engine is EngineName.EMBEDDED and (url or ca):
        raise UsageError("the embedded engine asks no server", hint="Leave out --engine.")
    if engine is not EngineName.OPA and not url:
        if ca:
            raise UsageError("--opa-ca is for the server at --opa-url", hint="Give its URL.")
        return None
    from aiverify.policy.opa.place import from_environment

    return from_environment(url or "", ca=ca)
