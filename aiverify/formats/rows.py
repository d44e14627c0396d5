"""Rows as text: CSV and TSV with a line of names, and JSON Lines."""

from __future__ import annotations

import csv
from dataclasses import replace

from aiverify.core import jsonvalue
from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.cutting import cut
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import Text

MAX_HEAD = 1 << 16
"""Bytes among which the first line has to end for its names to be known."""

MAX_COLUMNS = 1000
MAX_NAME = 200
"""Characters of a column's name."""


class Rows(Text):
    """Text of one row a line. What else is text is told of it as well."""

    role = Role.DATASET
    extensions: tuple[str, ...] = ()

    def recognises(self, probe: Probe) -> bool:
        """By extension, if it is text."""
        return probe.base.endswith(self.extensions) and super().recognises(probe)

    def read(self, probe: Probe, source: Source) -> Facts:
        """The names of the columns, whether or not the rest is read."""
        facts = replace(super().read(probe, source), role=self.role)
        columns = self.columns(probe, _first_line(source))
        values: dict[str, Json] = dict(facts.values)
        if columns:
            values["columns"] = [cut(name, MAX_NAME) for name in columns[:MAX_COLUMNS]]
        if len(columns) > MAX_COLUMNS:
            shown = printable(probe.name)
            values["warnings"] = [f"{shown}: only the first {MAX_COLUMNS} columns are stated"]
        return replace(facts, values=values)

    def columns(self, probe: Probe, line: str) -> list[str]:
        """The columns' names, by the first line."""
        raise NotImplementedError


class Csv(Rows):
    """A table as CSV or TSV. States `lines`, and `columns`: the names in its first line."""

    name = "csv"
    extensions = (".csv", ".tsv")

    def columns(self, probe: Probe, line: str) -> list[str]:
        """What stands between commas or tabs. A number or nothing is no name of a column."""
        delimiter = "\t" if probe.base.endswith(".tsv") else ","
        try:
            names = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            return []
        return [] if any(not name.strip() or _is_number(name) for name in names) else names


class JsonLines(Rows):
    """A JSON document a line. States `lines`, and `columns`: the members of the first."""

    name = "jsonl"
    extensions = (".jsonl", ".ndjson")

    def columns(self, probe: Probe, line: str) -> list[str]:
        """The first object's members, in their order."""
        del probe
        try:
            value = jsonvalue.loads(line, "the first line")
        except MalformedError:
            return []
        return list(value) if isinstance(value, dict) else []


def _first_line(source: Source) -> str:
    """The first line, or nothing where it does not end in the head or is no UTF-8."""
    head = source.read_at(0, min(MAX_HEAD, source.size))
    line, end, _ = head.partition(b"\n")
    if not end and source.size > len(head):
        return ""
    try:
        return line.rstrip(b"\r").decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
