"""Jupyter notebooks: cells of code, and what they showed."""

from __future__ import annotations

import re
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


SHELLS = frozenset({"!", "bash", "script", "sh", "sx", "system"})
PYTHONS = frozenset(
    {"", "capture", "prun", "pypy", "python", "python2", "python3", "time", "timeit"}
)
PAGES = frozenset({"html", "javascript", "js", "svg"})
WRITERS = frozenset({"file", "writefile"})
PLAIN = frozenset({"latex", "markdown"})
"""Magics that a whole cell is given to, by what they take it for."""

COMMAND = re.compile(r"\s*+(?:[\w.,][\w., ]*+=\s*+)?(?:!!?|%(?:sx|system|bash|sh)\s)")
"""How a line starts that a shell runs, whose output may be given to a name."""

TIMED = re.compile(r"%%?(?:time|timeit|prun)\b\s*(?:-\w+\s*\d*\s*)*")
RUNS = re.compile(r"\s*%run\s")


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
        if "worksheets" in members:
            unread = unread or "a notebook from before format 4"
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
    words, others = 0, set[str]()
    for at, cell in cells:
        place = f"#/cells/{at}"
        _note_scripts(cell, place, found)
        if language not in ("", "python"):
            continue
        lines = "".join(cell.texts("source")).split("\n")
        others.add(_note_magics(lines, place, found))
        words += sum(1 for _ in WORD.finditer("\n".join(lines)))
        if words > MAX_WORDS:
            return f"a program of more than {MAX_WORDS} words"
        judge_shell("\n".join(_commands(lines)), found, place)
        stated: dict[str, Json] = {}
        judge_python("\n".join(_statements(lines)), stated, found, place)
        named = stated.get("imports")
        imports.update(str(item) for item in (named if isinstance(named, list) else ()))
    values["imports"] = sorted(imports)
    if language in ("", "python"):
        language = min(others - {""}, default="")
    return f"cells in {shown(language)}" if language else ""


def _commands(lines: list[str]) -> Iterator[str]:
    """Lines that a shell runs; of others, nothing, so that their numbers stay."""
    shell_cell = _magic(lines) in SHELLS
    for number, line in enumerate(lines):
        command = COMMAND.match(line)
        if shell_cell and number:
            yield line
        else:
            yield line[command.end() :] if command else ""


def _statements(lines: list[str]) -> Iterator[str]:
    """Lines of Python. Of a cell in another language there are none."""
    other = _magic(lines) not in PYTHONS
    for line in lines:
        start = line.lstrip()
        timed = TIMED.match(start)
        if timed and not other:
            start = start[timed.end() :] or "pass"
        elif other or start.startswith(("%", "?")) or start.endswith("?") or COMMAND.match(line):
            start = "pass"
        yield line[: len(line) - len(line.lstrip())] + start


def _magic(lines: list[str]) -> str:
    """The magic that a whole cell is given to, if its first line names one."""
    first = lines[0]
    return first[2:].split()[0] if first.startswith("%%") and first[2:].split() else ""


def _note_magics(lines: list[str], place: str, found: Found) -> str:
    """Findings about magics that run or write something; the language, if it is not known."""
    magic = _magic(lines)
    for number, line in enumerate(lines, 1):
        if RUNS.match(line):
            message = f"runs another program: {shown(line.strip())}"
            found.add(code.DANGEROUS, message, f"{place}, line {number}")
    if magic in WRITERS:
        found.add(code.DANGEROUS, f"writes a file: {shown(lines[0])}", f"{place}, line 1")
    elif magic in PAGES:
        found.add(code.DANGEROUS, "shows a script that a browser runs", f"{place}, line 1")
    elif magic not in PYTHONS | SHELLS | PLAIN:
        return magic
    return ""


def _note_scripts(cell: Fields, place: str, found: Found) -> None:
    """Scripts in what a cell showed, which run in the browser of whoever opens the notebook."""
    for at, value in every(f"{place}/outputs", cell.members.get("outputs", [])):
        if isinstance(value, str) and any(mark in value.lower() for mark in SCRIPTS):
            found.add(code.DANGEROUS, "shows a script that a browser runs", at)
