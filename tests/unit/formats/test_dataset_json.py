"""What the datasets library writes beside the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import Role, State
from tests.support.looking import look_at, look_at_json

INFO = {
    "builder_name": "csv",
    "description": "Reviews.",
    "citation": "",
    "license": "mit",
    "features": {
        "text": {"dtype": "string", "_type": "Value"},
        "image": {"_type": "Image"},
        "words": [{"dtype": "string"}],
    },
    "splits": {"train": {"name": "train", "num_bytes": 12, "num_examples": 3}},
}


def test_a_description_states_features_and_splits(tmp_path: Path) -> None:
    found = look_at_json(tmp_path, "dataset_info.json", INFO)
    assert (found.facts.format, found.facts.role) == ("dataset_info", Role.DATASET)
    assert found.facts.values == {
        "description": "Reviews.",
        "license": "mit",
        "features": {"text": "string", "image": "Image", "words": "Sequence"},
        "splits": {"train": {"num_examples": 3, "num_bytes": 12}},
    }


def test_several_configurations_state_their_splits_by_their_names(tmp_path: Path) -> None:
    other = {"description": "Other.", "splits": {"train": {"num_examples": 1}}}
    found = look_at_json(tmp_path, "dataset_infos.json", {"en": INFO, "de": other})
    assert found.facts.summary == "data set of 2 configurations"
    assert found.facts.values["description"] == "Reviews."
    assert list(found.facts.values["splits"]) == ["en/train", "de/train"]


def test_one_configuration_needs_no_name_before_its_splits(tmp_path: Path) -> None:
    found = look_at_json(tmp_path, "dataset_infos.json", {"default": INFO})
    assert found.facts.values == look_at_json(tmp_path, "dataset_info.json", INFO).facts.values


def test_features_as_a_list_are_the_same(tmp_path: Path) -> None:
    value = {"features": [{"name": "a", "dtype": "int64"}, {"name": "b"}]}
    values = look_at_json(tmp_path, "dataset_info.json", value).facts.values
    assert values["features"] == {"a": "int64", "b": ""}


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"features": "x"}, "/features is not"),
        ({"features": {}, "splits": []}, "/splits is not"),
        ({"features": {}, "splits": {"a": 1}}, "/splits/a is not"),
        ({"features": {}, "splits": {"a": {"num_examples": "3"}}}, "/splits/a/num_examples is not"),
        ({"features": {}, "license": ["mit"]}, "/license is not"),
        ({"en": {}, "other": 1}, "/ has members that describe no configuration"),
    ],
)
def test_what_has_the_wrong_type_is_left_out_with_a_warning(
    tmp_path: Path, value: Any, where: str
) -> None:
    found = look_at_json(tmp_path, "dataset_info.json", value)
    assert found.state is State.CLEAN
    (warning,) = found.facts.values["warnings"]
    assert warning.startswith(f"dataset_info.json#{where}")


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"features": {f"f{number}": {} for number in range(1001)}}, "features"),
        ({"splits": {f"s{number}": {} for number in range(1001)}}, "splits"),
        ({f"c{number}": {"splits": {"a": {}}} for number in range(1001)}, ""),
    ],
)
def test_what_is_too_much_is_left_out_with_a_warning(tmp_path: Path, value: Any, key: str) -> None:
    values = look_at_json(tmp_path, "dataset_info.json", value).facts.values
    assert max(len(values["features"]), len(values["splits"])) == 1000
    (warning,) = values["warnings"]
    assert warning.startswith(f"dataset_info.json#/{key}")


def test_a_hostile_description_gives_few_warnings(tmp_path: Path) -> None:
    config = {"splits": {f"s{number}": {"num_examples": "x"} for number in range(2000)}}
    value = {f"c{number}": config for number in range(20)}
    found = look_at_json(tmp_path, "dataset_infos.json", value)
    assert len(found.facts.values["warnings"]) <= 1002


def test_the_names_of_splits_are_stated(tmp_path: Path) -> None:
    found = look_at_json(tmp_path, "dataset_dict.json", {"splits": ["train", "test", "train"]})
    assert (found.facts.format, found.facts.role) == ("dataset_dict", Role.DATASET)
    assert found.facts.values == {"splits": ["train", "test"]}


def test_the_state_of_a_split_says_how_many_files_it_is_in(tmp_path: Path) -> None:
    value = {"_data_files": [{"filename": "a.arrow"}, {"filename": "b.arrow"}], "_split": "train"}
    found = look_at_json(tmp_path, "train/state.json", value)
    assert found.facts.format == "dataset_state"
    assert found.facts.values == {"split": "train", "files": 2}


def test_the_state_of_something_else_is_any_json(tmp_path: Path) -> None:
    assert look_at_json(tmp_path, "state.json", {"step": 1}).facts.format == "json"


@pytest.mark.parametrize("name", ["dataset_info.json", "dataset_dict.json"])
def test_a_list_under_the_name_of_a_description_is_any_json(tmp_path: Path, name: str) -> None:
    assert look_at(tmp_path, name, b"[]").facts.format == "json"
