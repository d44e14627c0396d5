"""PEFT `adapter_config.json`."""

from __future__ import annotations

from pathlib import Path

from aiverify.core.jsonvalue import Json
from tests.support.looking import look_at_json

NAME = "adapter_config.json"


def test_an_adapter_states_what_it_changes_and_in_which_base(tmp_path: Path) -> None:
    value: dict[str, Json] = {
        "peft_type": "LORA",
        "base_model_name_or_path": "meta/llama",
        "revision": "abc",
        "r": 8,
        "lora_alpha": 16,
        "target_modules": ["q_proj"],
        "rank_pattern": {"k_proj": 4},
    }
    facts = look_at_json(tmp_path, NAME, {**value, "inference_mode": True}).facts
    assert facts.format == "peft"
    assert facts.values == value
    assert facts.summary == "LORA of rank 8 for meta/llama"


def test_what_a_loader_would_import_is_stated(tmp_path: Path) -> None:
    value = {"auto_mapping": {"parent_library": "os"}, "megatron_core": "subprocess"}
    assert look_at_json(tmp_path, NAME, value).facts.values == value


def test_wrong_types_are_left_out(tmp_path: Path) -> None:
    value = {"r": "8", "rank_pattern": {"q": "x"}, "target_modules": "all-linear"}
    values = look_at_json(tmp_path, NAME, value).facts.values
    assert values["target_modules"] == "all-linear"
    assert set(values) == {"target_modules", "warnings"}
    assert len(values["warnings"]) == 2  # type: ignore[arg-type]
