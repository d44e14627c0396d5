"""A page: text for a terminal, in aligned columns, coloured where colour means something."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiverify.core.names import printable

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True)
class Style:
    """How wide a page is, in columns, and whether it may use colour."""

    width: int = 120
    colour: bool = False


COLOURS = {
    "allow": "bold green",
    "pass": "green",
    "clean": "green",
    "deny": "bold red",
    "fail": "bold red",
    "error": "bold red",
    "flagged": "red",
    "warning": "yellow",
    "unread": "yellow",
    "note": "cyan",
    "skipped": "dim",
}
"""What a word's colour says: green went well, red was refused, yellow wants a look."""


def page(parts: Iterable[RenderableType], style: Style) -> str:
    """Lay parts out below each other."""
    from rich.console import Console

    stream = io.StringIO()
    console = Console(
        file=stream,
        width=style.width,
        force_terminal=style.colour,
        no_color=not style.colour,
        color_system="standard" if style.colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )
    for part in parts:
        console.print(part)
    lines = (line.rstrip() for line in stream.getvalue().splitlines())
    return "\n".join(lines) + "\n"


def columns(
    rows: Iterable[Sequence[str]], *, heads: Sequence[str] = (), wrap: Sequence[int] = (-1,)
) -> RenderableType:
    """A table without lines. The columns in `wrap` share the room that is left, and wrap."""
    from rich import box
    from rich.table import Table

    rows = [[printable(cell) for cell in row] for row in rows]
    count = len(heads) or max((len(row) for row in rows), default=0)
    table = Table(
        box=box.SIMPLE_HEAD if heads else None,
        show_header=bool(heads),
        show_edge=False,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for index in range(count):
        flexible = index in {column % count for column in wrap}
        table.add_column(
            heads[index] if heads else "",
            overflow="fold" if flexible else "ellipsis",
            no_wrap=not flexible,
            ratio=None,
        )
    for row in rows:
        table.add_row(*(coloured(cell) for cell in row))
    return table


def coloured(word: str) -> RenderableType:
    """A cell, in the colour of its meaning if it has one."""
    from rich.text import Text

    return Text(word, style=COLOURS.get(word, ""))


def heading(text: str) -> RenderableType:
    """A line that names what follows."""
    from rich.text import Text

    return Text(f"\n{printable(text)}", style="bold")


def size(count: int) -> str:
    """Bytes as people say them."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{count} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError("unreachable")
