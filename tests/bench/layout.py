"""How a measurement is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiverify.render.page import Style, columns, heading, page


def titled(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in aligned columns, below its title."""
    return page([heading(title), columns(rows, heads=heads)], Style())


def note(title: str, text: str) -> str:
    """A title with a sentence below it, where nothing could be measured."""
    return f"\n{title}\n{text}\n"
