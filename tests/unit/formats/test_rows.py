"""Tables as text: the names of their columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiverify.core.facts import Role, State
from tests.support.looking import look_at


@pytest.mark.parametrize(
    ("name", "data", "format_", "columns"),
    [
        ("train.csv", b'id,"the text",label\n1,a,b\n', "csv", ["id", "the text", "label"]),
        ("train.tsv", b"id\ttext\r\n1\ta\r\n", "csv", ["id", "text"]),
        ("train.csv", b"\xef\xbb\xbfid\n1\n", "csv", ["id"]),
        ("train.jsonl", b'{"text": "a", "label": 1}\n{}\n', "jsonl", ["text", "label"]),
        ("TRAIN.NDJSON", b'{"a": 1}', "jsonl", ["a"]),
    ],
)
def test_a_table_states_the_names_of_its_columns(
    tmp_path: Path, name: str, data: bytes, format_: str, columns: list[str]
) -> None:
    found = look_at(tmp_path, name, data)
    assert (found.facts.format, found.facts.role) == (format_, Role.DATASET)
    assert found.state is State.CLEAN
    assert found.facts.values["columns"] == columns


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"1,2,3\n4,5,6\n"),
        ("a.csv", b"name,,x\n"),
        ("a.csv", b'"open\nline"\n'),
        ("a.csv", b"x" * 70_000 + b"\n"),
        ("a.jsonl", b"[1, 2]\n"),
        ("a.jsonl", b'{"a": 1, "a": 2}\n'),
        ("a.jsonl", b"[" * 10_000 + b"\n"),
        ("a.jsonl", b""),
    ],
)
def test_a_first_line_that_names_nothing_states_no_columns(
    tmp_path: Path, name: str, data: bytes
) -> None:
    assert "columns" not in look_at(tmp_path, name, data).facts.values


def test_rows_are_lines_of_text(tmp_path: Path) -> None:
    assert look_at(tmp_path, "a.csv", b"a,b\n1,2\n3,4").facts.values["lines"] == 3


def test_a_table_too_large_to_look_through_is_unread_and_states_its_columns(
    tmp_path: Path,
) -> None:
    found = look_at(tmp_path, "a.csv", b"a,b\n" + b"1,2\n" * (1 << 20))
    assert found.state is State.UNREAD
    assert found.facts.values["columns"] == ["a", "b"]


def test_columns_and_their_names_are_bounded(tmp_path: Path) -> None:
    data = ",".join(["x" * 300, *(f"c{number}" for number in range(2000))]).encode() + b"\n"
    values = look_at(tmp_path, "a.csv", data).facts.values
    columns = values["columns"]
    assert values["warnings"] == ["a.csv: only the first 1000 columns are stated"]
    assert (len(columns), columns[0]) == (1000, "x" * 200 + " [...]")


def test_bytes_under_the_name_of_a_table_are_no_table(tmp_path: Path) -> None:
    assert look_at(tmp_path, "a.csv", b"a\0b").facts.format == "unknown"
