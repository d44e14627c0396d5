"""The index of a model in shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import State
from tests.support.looking import look_at_json

NAME = "model.safetensors.index.json"


def test_an_index_states_its_map_and_its_total(tmp_path: Path) -> None:
    weight_map = {"b": "two.safetensors", "a": "one.safetensors"}
    value = {"metadata": {"total_size": 12}, "weight_map": weight_map}
    facts = look_at_json(tmp_path, NAME, value).facts
    assert facts.format == "safetensors_index"
    assert facts.values == {
        "weight_map": weight_map,
        "shards": ["one.safetensors", "two.safetensors"],
        "total_size": 12,
    }


@pytest.mark.parametrize("key", ["total_size", "total_parameters"])
@pytest.mark.parametrize(("total", "stated"), [(12.0, 12), (0, 0)])
def test_a_total_may_be_written_as_a_float(
    tmp_path: Path, key: str, total: float, stated: int
) -> None:
    value = {"metadata": {key: total}, "weight_map": {}}
    assert look_at_json(tmp_path, NAME, value).facts.values[key] == stated


@pytest.mark.parametrize("key", ["total_size", "total_parameters"])
@pytest.mark.parametrize("total", [1.5, "12", [12]])
def test_a_total_that_is_no_number_is_left_out_with_a_warning(
    tmp_path: Path, key: str, total: Any
) -> None:
    value = {"metadata": {key: total}, "weight_map": {}}
    values = look_at_json(tmp_path, NAME, value).facts.values
    assert key not in values
    (warning,) = values["warnings"]  # type: ignore[misc]
    assert str(warning).startswith(f"{NAME}#/metadata/{key} ")


@pytest.mark.parametrize(
    "weight_map",
    [
        None,
        [],
        {"a": 1},
        {"a": "../x"},
        {"a": "/etc/passwd"},
        {"a": "c:x"},
        {"a": ""},
        {"a": "b\\c"},
    ],
)
def test_a_map_that_leads_elsewhere_is_malformed(tmp_path: Path, weight_map: Any) -> None:
    found = look_at_json(tmp_path, NAME, {"weight_map": weight_map})
    assert found.state is State.FLAGGED
    assert found.facts.findings[0].rule == "AIV-FORMAT-MALFORMED"
