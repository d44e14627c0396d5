"""Where the sections, by which tools go, say another thing than what a loader goes by."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.formats.elf import dynamic as tags
from aiverify.formats.elf import sections as kinds
from aiverify.formats.elf.dynamic import Dynamic
from aiverify.formats.elf.image import Image


def disagreements(image: Image, dynamic: Dynamic | None) -> Iterator[Finding]:
    """The places of the dynamic table, its strings and its symbols, where sections have others.

    Raises:
        MalformedError: the symbols are not mapped.
    """
    sections = image.sections
    table = next(sections.of_kind(kinds.DYNAMIC), None)
    if table is not None and dynamic is None:
        yield _found("the dynamic table", table.offset)
    if dynamic is None:
        return
    if table is not None and table.offset != dynamic.offset:
        yield _found("the dynamic table", table.offset)
    if table is not None and tags.STRINGS in dynamic.entries:
        strings = sections.at(table.link)
        if strings.offset != dynamic.strings_offset:
            yield _found("the names of libraries", strings.offset)
    symbols = next(sections.of_kind(kinds.DYNAMIC_SYMBOLS), None)
    if symbols is not None and tags.SYMBOLS in dynamic.entries:
        place = image.segments.place(dynamic.number(tags.SYMBOLS), 1)
        if symbols.offset != place:
            yield _found("the dynamic symbols", symbols.offset)


def _found(what: str, offset: int) -> Finding:
    message = f"a section has {what} at byte {offset}, and the loader finds them elsewhere"
    return rules.programs.MISMATCH.found(message, place=f"byte {offset}")
