"""What a Parquet file's metadata says of its rows (`FileMetaData` of the format's Thrift)."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.core.jsonvalue import Json
from aiverify.errors import MalformedError
from aiverify.formats.cutting import cut
from aiverify.formats.thrift import BINARY, I32, I64, LIST, STRUCT, Compact

SCHEMA, ROWS = 2, 3
"""Fields of `FileMetaData`, which writers put in the order of their numbers."""

NAME, CHILDREN = 4, 5
"""Fields of `SchemaElement`."""

MAX_COLUMNS = 1000
MAX_NAME = 200


def rows_and_columns(footer: bytes) -> tuple[dict[str, Json], str]:
    """`rows` and `columns` (names at the top of the schema), and why one of them is missing."""
    values: dict[str, Json] = {}
    document = Compact(footer)
    flaw = ""
    try:
        for number, kind in document.fields():
            if (number, kind) == (SCHEMA, LIST):
                columns = list(_columns(document))
                values["columns"] = list[Json](columns[:MAX_COLUMNS])
                if len(columns) > MAX_COLUMNS:
                    flaw = f"only the first {MAX_COLUMNS} columns are stated"
            elif number == ROWS and kind in (I32, I64):
                rows = document.integer()
                if rows >= 0:
                    return {**values, "rows": rows}, flaw
                return values, "the number of rows is below zero"
            else:
                document.skip(kind)
    except MalformedError as error:
        return values, error.message
    return values, "the footer says no number of rows"


def _columns(document: Compact) -> Iterator[str]:
    """Names of the children of the root, which the schema lists depth first."""
    count, kind = document.items()
    if kind != STRUCT:
        raise MalformedError("the schema is no list of structures")
    open_children: list[int] = []
    for index in range(count):
        name, children = _element(document)
        if index and len(open_children) == 1:
            yield name
        if open_children:
            open_children[-1] -= 1
        if children > 0:
            open_children.append(children)
        while len(open_children) > 1 and open_children[-1] <= 0:
            open_children.pop()


def _element(document: Compact) -> tuple[str, int]:
    name, children = "", 0
    for number, kind in document.fields():
        if (number, kind) == (NAME, BINARY):
            name = _text(document)
        elif (number, kind) == (CHILDREN, I32):
            children = document.integer()
        else:
            document.skip(kind)
    return name, children


def _text(document: Compact) -> str:
    return cut(document.binary().decode("utf-8", "replace"), MAX_NAME)
