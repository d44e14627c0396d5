"""Tables: Parquet and Arrow files. Their columns are data; their schema may name Python's own."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.interface import Probe, Source
from aiverify.formats.parquet_metadata import rows_and_columns

PARQUET, ENCRYPTED, ARROW = b"PAR1", b"PARE", b"ARROW1"
STREAM = b"\xff\xff\xff\xff"
MAX_FOOTER = 64 << 20

PICKLED = b"arrow.py_extension_type"
"""The name of a column type whose description is a pickle."""


class Parquet:
    """A Parquet file.

    States `footer` (its bytes), and of the metadata in it `rows` and `columns` (names at the
    top of the schema), as far as they can be read.
    """

    name = "parquet"
    role = Role.DATASET

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith((PARQUET, ENCRYPTED))

    def read(self, probe: Probe, source: Source) -> Facts:
        """The footer's place, what it says of the rows, and whether it holds a pickle.

        Raises:
            MalformedError: the file does not end as it begins, or its footer lies outside.
        """
        if source.size < 12:
            raise MalformedError(f"the file is {source.size} bytes, too short for a table")
        if ENCRYPTED in (source.read_at(0, 4), source.read_at(source.size - 4, 4)):
            return Facts(self.name, self.role, unread="its footer is encrypted")
        facts, footer = _facts(self.name, source, PARQUET, 4)
        if facts.unread:
            return facts
        stated, flaw = rows_and_columns(footer)
        if flaw:
            stated["warnings"] = [f"{printable(probe.name)}: {flaw}"]
        rows = stated.get("rows")
        summary = f"a table of {counted(rows, 'row')}" if isinstance(rows, int) else facts.summary
        return replace(facts, summary=summary, values={**facts.values, **stated})


class Arrow:
    """An Arrow file. States `footer` (its bytes)."""

    name = "arrow"
    role = Role.DATASET

    def recognises(self, probe: Probe) -> bool:
        """By content; a stream, which has no mark of its own, by extension too."""
        stream = probe.head.startswith(STREAM) and probe.base.endswith((".arrow", ".feather"))
        return probe.head.startswith(ARROW) or stream

    def read(self, probe: Probe, source: Source) -> Facts:
        """The footer's place, and whether the schema in it holds a pickle.

        Raises:
            MalformedError: the file does not end as it begins, or its footer lies outside.
        """
        if probe.head.startswith(STREAM):
            return Facts(self.name, self.role, unread="a stream, whose messages are not read")
        return _facts(self.name, source, ARROW, 8)[0]


def _facts(name: str, source: Source, magic: bytes, begin: int) -> tuple[Facts, bytes]:
    """The facts and the footer: both formats end with one, its length and the mark."""
    end = source.size - len(magic) - 4
    if end < begin or source.read_at(end + 4, len(magic)) != magic:
        raise MalformedError("the table does not end with its mark")
    length = int.from_bytes(source.read_at(end, 4), "little")
    if length > end - begin:
        raise MalformedError(f"the footer claims {length} bytes, and there are {end - begin}")
    if length > MAX_FOOTER:
        return Facts(name, Role.DATASET, unread=f"its footer is {length} bytes"), b""
    footer = source.read_at(end - length, length)
    values: dict[str, Json] = {"footer": length}
    found = tuple(_pickled(footer, end - length))
    return Facts(name, Role.DATASET, "a table", values, findings=found), footer


def _pickled(footer: bytes, begin: int) -> Iterator[Finding]:
    """Parquet keeps Arrow's schema in base 64, where a word has one of three spellings."""
    for spelling in (PICKLED, *_spellings(PICKLED)):
        at = footer.find(spelling)
        if at >= 0:
            message = "a column is of a type that PyArrow unpickles"
            yield rules.containers.SCHEMA.found(message, place=f"byte {begin + at}")
            return


def _spellings(word: bytes) -> Iterator[bytes]:
    """The middle of a word in base 64, for each place at which it may begin."""
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + word)
        yield coded[4 if shift else 0 : -4]
