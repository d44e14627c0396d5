"""Hugging Face `config.json` and `generation_config.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiverify.core.facts import Role, State
from tests.support.looking import look_at, look_at_json


def test_a_configuration_states_architecture_and_dimensions(tmp_path: Path) -> None:
    value = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "torch_dtype": "bfloat16",
        "vocab_size": 32000,
        "max_position_embeddings": 4096,
        "_name_or_path": "somebody/else",
        "rope_theta": 10000.0,
    }
    found = look_at_json(tmp_path, "config.json", value)
    assert (found.facts.format, found.facts.role) == ("hf_config", Role.CONFIG)
    assert found.facts.summary == "LlamaForCausalLM"
    del value["rope_theta"]
    assert found.facts.values == value


def test_a_multimodal_configuration_states_its_text_part(tmp_path: Path) -> None:
    value = {"model_type": "vlm", "text_config": {"vocab_size": 7, "model_type": "llama"}}
    facts = look_at_json(tmp_path, "config.json", value).facts
    assert facts.values == {"model_type": "vlm", "text_config": {"vocab_size": 7}}


def test_a_part_of_a_pipeline_states_its_class_and_what_wrote_it(tmp_path: Path) -> None:
    value = {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.30.0"}
    facts = look_at_json(tmp_path, "unet/config.json", value).facts
    assert facts.values == value
    assert facts.summary == "UNet2DConditionModel"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("architectures", {"a": 1}),
        ("architectures", [1]),
        ("model_type", 7),
        ("vocab_size", "many"),
        ("vocab_size", True),
        ("hidden_size", [64, 128]),
        ("quantization_config", "x"),
        ("text_config", []),
    ],
)
def test_a_value_of_the_wrong_type_is_left_out_and_warned_of(
    tmp_path: Path, key: str, value: Any
) -> None:
    found = look_at_json(tmp_path, "config.json", {key: value})
    assert found.state is State.CLEAN
    assert set(found.facts.values) == {"warnings"}
    (warning,) = found.facts.values["warnings"]  # type: ignore[misc]
    assert str(warning).startswith(f"config.json#/{key} is not ")


@pytest.mark.parametrize(
    "data", [b"[]", b"{", b'{"a":1,"a":2}', b"\xff{}", b"[" * 100_000, b'{"a": NaN}']
)
def test_a_configuration_that_is_no_strict_object_is_malformed(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "config.json", data)
    assert found.facts.format == "hf_config"
    assert [finding.rule for finding in found.facts.findings] == ["AIV-FORMAT-MALFORMED"]


def test_a_generation_configuration_states_its_defaults(tmp_path: Path) -> None:
    value = {"do_sample": True, "temperature": 0.6, "top_k": None, "eos_token_id": [1, 2]}
    facts = look_at_json(tmp_path, "generation_config.json", value).facts
    assert facts.format == "hf_generation"
    assert facts.values == {"do_sample": True, "temperature": 0.6}
