"""Groups of commands that load the module of the command they were asked for, and no other."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
import typer.core
from typer.main import get_command, get_group

from aiverify.cli.plain import read_plainly


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is: its module, and there the function or the app, and its examples.

    `help` is the line that the group's help has of it; without one it is the command's own.
    """

    module: str
    name: str
    help: str = ""
    examples: str = "EXAMPLES"

    def load(self, name: str) -> Any:
        """The command, ready to be run under a name."""
        module = import_module(self.module)
        found = getattr(module, self.name)
        command: Any
        if isinstance(found, typer.Typer):
            command = get_group(found)
            command.name, command.short_help = name, self.help
        else:
            alone = typer.Typer(
                add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
            )
            words = getattr(module, self.examples)
            alone.command(name, short_help=self.help or None, epilog=words)(found)
            command = get_command(alone)
        for each in _with_those_below(command):
            read_plainly(each)
        return command


class Listing(typer.core.TyperGroup):
    """A group whose commands stand in a table, in the order in which its help shows them."""

    ENTRIES: ClassVar[dict[str, Entry]] = {}

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = _Commands(self.ENTRIES)
        read_plainly(self)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first words name: one word, or two where the table has both."""
        joined = " ".join(args[:2])
        if joined in self.ENTRIES:
            args = [joined, *args[2:]]
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: object) -> list[str]:
        """The names, as `--help` shows them."""
        del ctx
        return list(self.ENTRIES)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the lines of the table, where it has them: no command is loaded for its help."""
        rows = [(name, entry.help) for name, entry in self.ENTRIES.items()]
        if not all(text for _, text in rows):
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class _Commands(UserDict[str, Any]):
    """Commands by name, each loaded when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        found = self.data[name]
        if isinstance(found, Entry):
            found = self.data[name] = found.load(name)
        return found


def _with_those_below(command: Any) -> Iterator[Any]:
    """A command, and of a group that has its commands at hand these as well."""
    if isinstance(command, Listing):
        return  # it sees to itself, and loads each when it is asked for
    yield command
    yield from getattr(command, "commands", {}).values()
