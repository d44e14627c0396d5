"""Jupyter notebooks: cells of code, and what they showed."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core import jsonvalue
from aiverify.core.facts import Facts, Role
from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.rules import code
from aiverify.core.words import counted
from aiverify.formats.code import MAX_WORDS, WORD, judge_python, judge_shell
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe, Source
from aiverify.formats.json_object import MAX_BYTES, TOO_LARGE
from aiverify.formats.loading.walk import every

SCRIPTS = ("<script", "javascript:", "<iframe")


class Notebook:
    """A notebook. States `language`, `cells` (how many), `code_cells` and `imports`."""

    name = "notebook"
    role = Role.CODE

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(".ipynb")

    def read(self, probe: Probe, source: Source) -> Facts:
        """Its cells, judged as modules and as commands.

        Raises:
            MalformedError: it is not one strict JSON object.
        """
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread=TOO_LARGE)
        shown_name = printable(probe.name)
        members = jsonvalue.load_object(source.read_at(0, source.size), shown_name)
        fields = Fields(members, f"{shown_name}#/")
        cells = list(fields.each("cells"))
        coded = [(at, cell) for at, cell in enumerate(cells) if cell.text("cell_type") == "code"]
        language = _language(fields)
        found = Found()
        values: dict[str, Json] = {"cells": len(cells), "code_cells": len(coded)}
        unread = _judge(coded, language, values, found)
        if language:
            values["language"] = language
        if fields.warnings:
            values["warnings"] = fields.warnings
        summary = f"{counted(len(cells), 'cell')}, {len(coded)} of code"
        return Facts(self.name, self.role, summary, values, findings=found.all(), unread=unread)


def _language(fields: Fields) -> str:
    metadata = fields.inner("metadata")
    return metadata.inner("language_info").text("name") or metadata.inner("kernelspec").text(
        "language"
    )


def _judge(
    cells: list[tuple[int, Fields]], language: str, values: dict[str, Json], found: Found
) -> str:
    """Judge the cells of code; the reason, if they are in a language that is not known."""
    imports: set[str] = set()
    words = 0
    for at, cell in cells:
        place = f"#/cells/{at}"
        _note_scripts(cell, place, found)
        if language not in ("", "python"):
            continue
        lines = "".join(cell.texts("source")).split("\n")
        words += sum(1 for _ in WORD.finditer("\n".join(lines)))
        if words > MAX_WORDS:
            return f"a program of more than {MAX_WORDS} words"
        judge_shell("\n".join(_commands(lines)), found, place)
        stated: dict[str, Json] = {}
        judge_python("\n".join(_statements(lines)), stated, found, place)
        named = stated.get("imports")
        imports.update(str(item) for item in (named if isinstance(named, list) else ()))
    values["imports"] = sorted(imports)
    return "" if language in ("", "python") else f"cells in {shown(language)}"


def _commands(lines: list[str]) -> Iterator[str]:
    """Lines that a shell runs; of others, nothing, so that their numbers stay."""
    shell_cell = lines[0].startswith(("%%bash", "%%sh", "%%script", "%%!"))
    for number, line in enumerate(lines):
        start = line.lstrip()
        if shell_cell and number:
            yield line
        else:
            yield start[1:] if start.startswith("!") else ""


def _statements(lines: list[str]) -> Iterator[str]:
    """Lines of Python. Of a cell in another language there are none."""
    other = lines[0].startswith("%%") and not lines[0].startswith(("%%time", "%%capture"))
    for line in lines:
        start = line.lstrip()
        is_command = other or start.startswith(("!", "%", "?")) or start.endswith("?")
        yield line[: len(line) - len(start)] + "pass" if is_command else line


def _note_scripts(cell: Fields, place: str, found: Found) -> None:
    """Scripts in what a cell showed, which run in the browser of whoever opens the notebook."""
    for at, value in every(f"{place}/outputs", cell.members.get("outputs", [])):
        if isinstance(value, str) and any(mark in value.lower() for mark in SCRIPTS):
            found.add(code.DANGEROUS, "shows a script that a browser runs", at)
