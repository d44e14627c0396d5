"""Data sets that are described in Croissant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import Role, State
from tests.support.looking import look_at, look_at_json

CONTEXT = {"@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/"}

DATASET = {
    "@context": CONTEXT,
    "@type": "sc:Dataset",
    "name": "reviews",
    "description": "What people wrote.",
    "url": "https://example.com/reviews",
    "version": 1.0,
    "datePublished": "2024-01-01",
    "license": ["https://spdx.org/licenses/MIT.html", {"@id": "cc-by-4.0"}],
    "creator": [{"@type": "Person", "name": "Ada"}, {"@type": "Organization", "url": "https://x"}],
    "publisher": "The House",
    "rai:personalSensitiveInformation": ["Names", "Places"],
    "distribution": [{"@id": "a.csv"}, {"@id": "b.csv"}],
    "recordSet": [
        {"name": "rows", "field": [{"name": "text"}, {"@id": "rows/label"}]},
        {"name": "more", "field": {"name": "text"}},
    ],
}


def test_a_data_set_states_what_it_says_of_itself(tmp_path: Path) -> None:
    found = look_at_json(tmp_path, "croissant.json", DATASET)
    assert (found.facts.format, found.facts.role) == ("croissant", Role.DATASET)
    assert found.state is State.CLEAN
    assert found.facts.summary == "data set reviews, 2 files"
    assert found.facts.values == {
        "name": "reviews",
        "description": "What people wrote.",
        "url": "https://example.com/reviews",
        "version": "1.0",
        "date_published": "2024-01-01",
        "licences": ["https://spdx.org/licenses/MIT.html", "cc-by-4.0"],
        "creators": ["Ada", "https://x"],
        "publishers": ["The House"],
        "sensitive": ["Names", "Places"],
        "features": ["text", "rows/label"],
        "files": 2,
    }


def test_members_with_the_prefix_of_their_vocabulary_are_the_same(tmp_path: Path) -> None:
    rows = {"cr:field": {"name": "text"}}
    value = {"@context": CONTEXT, "sc:name": "a", "schema:license": "mit", "cr:recordSet": rows}
    values = look_at_json(tmp_path, "metadata.jsonld", value).facts.values
    assert values == {"name": "a", "licences": ["mit"], "features": ["text"], "files": 0}


@pytest.mark.parametrize(
    ("key", "value"),
    [("creator", {"age": 7}), ("license", [True]), ("description", [[]]), ("url", {"url": {}})],
)
def test_what_is_no_text_is_left_out_with_a_warning(tmp_path: Path, key: str, value: Any) -> None:
    values = look_at_json(tmp_path, "x.json", {"@context": CONTEXT, key: value}).facts.values
    assert values == {
        "files": 0,
        "warnings": [f"x.json#/{key} holds what is no text and has no name, and that is left out"],
    }


def test_more_items_than_are_kept_are_left_out_with_a_warning(tmp_path: Path) -> None:
    fields = [{"name": f"f{number}"} for number in range(1001)]
    value = {"@context": CONTEXT, "recordSet": {"field": fields}, "keywords": "x"}
    values = look_at_json(tmp_path, "x.json", value).facts.values
    assert len(values["features"]) == 1000
    assert values["warnings"] == [
        "x.json#/recordSet has more than 1000 items, and the rest is left out"
    ]


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    value = {"@context": CONTEXT, "description": "x" * 30_000}
    values = look_at_json(tmp_path, "x.json", value).facts.values
    assert values["description"] == "x" * 20_000 + " [...]"


def test_json_of_another_vocabulary_is_any_json(tmp_path: Path) -> None:
    assert look_at_json(tmp_path, "x.json", {"@context": "schema.org"}).facts.format == "json"


def test_a_document_that_breaks_off_is_json_that_is_not_strict(tmp_path: Path) -> None:
    found = look_at(tmp_path, "x.json", b'{"@context": "http://mlcommons.org/croissant/"')
    assert (found.facts.format, found.state) == ("json", State.FLAGGED)
