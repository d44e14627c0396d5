"""What the footer of a Parquet file says of its rows."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from aiverify.core.facts import State
from aiverify.formats.parquet_metadata import rows_and_columns
from tests.support.archive_files import parquet
from tests.support.looking import look_at
from tests.support.thrift_files import I32, I64, LIST, element, footer, integer, items, struct

WRITTEN = base64.b64decode(
    "FQQZ3DUAGAZzY2hlbWEVDAAVBCUCGAJpZAAVDCUCGAR0ZXh0JQBMHAAAADUCGARtZXRhFQQAFQQlAhgBeAA1AhgBeRUC"
    "FQZMPAAAADUEGARsaXN0FQIAFQwlAhgHZWxlbWVudCUATBwAAAA1AhgEdGFncxUCFQZMPAAAADUEGARsaXN0FQIAFQwl"
    "AhgHZWxlbWVudCUATBwAAAAVCiUCGAVzY29yZQAVACUCGARmbGFnABYGGRwZfCYAHBUEGTUABhAZGAJpZBUAFgYWhgEW"
)
"""As Apache Arrow writes it, cut off in the first group of rows. Two columns have others within."""


def test_the_names_at_the_top_and_the_rows_are_stated(tmp_path: Path) -> None:
    found = look_at(tmp_path, "train.parquet", parquet(WRITTEN))
    assert found.state is State.CLEAN
    assert found.facts.summary == "a table of 3 rows"
    assert found.facts.values == {
        "footer": len(WRITTEN),
        "columns": ["id", "text", "meta", "tags", "score", "flag"],
        "rows": 3,
    }


def test_a_column_after_one_with_columns_within_is_at_the_top_again() -> None:
    schema = [
        element("root", 3), element("a", 1), element("b", 2), element("c"), element("d"),
        element("e", 0), element("f"),
    ]  # fmt: skip
    assert rows_and_columns(footer(schema, 7)) == ({"columns": ["a", "e", "f"], "rows": 7}, "")


def test_a_long_schema_states_its_first_columns_and_says_so() -> None:
    schema = [element("root", 1500), *(element(f"c{number}") for number in range(1500))]
    values, flaw = rows_and_columns(footer(schema, 1))
    assert (len(values["columns"]), values["rows"]) == (1000, 1)
    assert flaw == "only the first 1000 columns are stated"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "does not end"),
        (footer([element("root", 1), element("a")], 7)[:-4], "does not end"),
        (footer([], -1), "below zero"),
        (struct((1, I32, integer(1))), "says no number of rows"),
        (struct((2, LIST, items(I32, [integer(1)]))), "no list of structures"),
        (struct((3, LIST, items(I64, [integer(1)]))), "says no number of rows"),
        (b"\x29\xfc\xff\xff\xff\xff\x0f" + b"\0" * 300_000, "more than 200000 values"),
    ],
)
def test_a_footer_that_cannot_be_followed_says_no_rows_and_why(
    tmp_path: Path, data: bytes, why: str
) -> None:
    values, flaw = rows_and_columns(data)
    assert why in flaw
    assert "rows" not in values
    found = look_at(tmp_path, "a.parquet", parquet(data + bytes(4)))
    assert found.facts.values["footer"] == len(data) + 4


def test_what_could_not_be_followed_is_a_warning(tmp_path: Path) -> None:
    found = look_at(tmp_path, "a.parquet", parquet(footer([], -1)))
    assert found.facts.values["warnings"] == ["a.parquet: the number of rows is below zero"]


def test_a_long_name_is_cut() -> None:
    values, _ = rows_and_columns(footer([element("root", 1), element("n" * 300)], 0))
    assert values["columns"] == ["n" * 200 + " [...]"]


def test_a_name_that_is_no_text_is_kept_as_far_as_it_is_one() -> None:
    schema = [element("root", 1), element("a").replace(b"a", b"\xff")]
    assert rows_and_columns(footer(schema, 0))[0]["columns"] == ["\ufffd"]
