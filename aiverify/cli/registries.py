"""The options that say how registries are reached, and what a target's word then means."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli.options import a_flag, a_path
from aiverify.errors import UsageError

if TYPE_CHECKING:
    from aiverify.registry.place import Place
    from aiverify.verify.location import InRegistry, Location

PlainHttp = Annotated[
    bool,
    a_flag("Ask a registry on this machine by HTTP.", "--plain-http"),
]
CaFile = Annotated[
    Path | None,
    a_path("Roots by which to know the registry, in PEM.", "--ca-file"),
]
ReferenceWord = Annotated[
    str,
    typer.Argument(
        metavar="REF",
        help="A reference, such as registry.example/acme/llama:1.2.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class Registries:
    """What a command line says of how registries are reached."""

    plain_http: PlainHttp = False
    ca_file: CaFile = None

    def locate(self, word: str) -> Location:
        """What a target's word names: a path, or a reference."""
        from aiverify.verify.location import locate

        return locate(word, self.place())

    def locate_if(self, word: str | None) -> Location | None:
        """The same, where there may be no word."""
        return None if word is None else self.locate(word)

    def reference(self, word: str) -> InRegistry:
        """What a reference names, whatever lies at a path of that name.

        Raises:
            UsageError: it is none.
        """
        from aiverify.core.reference import parse
        from aiverify.verify.location import InRegistry

        return InRegistry(parse(word), self.place())

    def pair(self, source: str, to: str) -> tuple[InRegistry, InRegistry]:
        """Two references, of which plain HTTP is for the one on this machine.

        Raises:
            UsageError: one is none, or neither is on this machine.
        """
        from dataclasses import replace

        from aiverify.core.urls import is_loopback

        both = (self.reference(source), self.reference(to))
        here = [is_loopback(f"http://{item.reference.host}") for item in both]
        if self.plain_http and not any(here):
            raise UsageError("--plain-http is for registries on this machine, and neither is one")
        first, second = (
            replace(item, place=replace(item.place, plain_http=self.plain_http and local))
            for item, local in zip(both, here, strict=True)
        )
        return first, second

    def place(self) -> Place:
        """How registries are reached."""
        from aiverify.registry.place import Place

        return Place(self.plain_http, self.ca_file, _state())


def _state() -> Path:
    """Where unfinished uploads are remembered (XDG Base Directory, `XDG_STATE_HOME`)."""
    named = os.environ.get("XDG_STATE_HOME", "")
    home = Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "state"
    return home / "aiverify" / "uploads"
