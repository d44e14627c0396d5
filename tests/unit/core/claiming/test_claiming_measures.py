"""What the weights are: their dtype, and how many parameters there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.claims import ELEMENTS, PLAIN, card, config, found, gguf, llama, said, weights
from tests.support.gguf_files import Row
from tests.support.weights import Tensors

PACKED: Tensors = {
    **PLAIN,
    "model.layers.0.mlp.gate_proj.weight": ("I32", (512, 1024)),
    "model.layers.0.mlp.up_proj.weight": ("I32", (512, 1024)),
}


def test_weights_of_another_dtype_are_told(tmp_path: Path):
    files = {"config.json": llama(torch_dtype="float32"), "model.safetensors": weights()}
    (finding,) = found(tmp_path, files)

    assert finding.message == "config.json says float32, and most of model.safetensors is bf16"
    assert (finding.rule, finding.place) == ("AIV-CLAIM-DTYPE", "/torch_dtype")


@pytest.mark.parametrize(
    ("members", "tensors"),
    [
        ({"torch_dtype": "bfloat16"}, PLAIN),
        ({"dtype": "bfloat16"}, PLAIN),
        ({"torch_dtype": "torch.bfloat16"}, PLAIN),
        ({"torch_dtype": "auto"}, PLAIN),
        ({"torch_dtype": 7}, PLAIN),
        ({"torch_dtype": "float16"}, PACKED),
        ({"torch_dtype": "float16", "quantization_config": {"quant_method": "gptq"}}, PACKED),
        (
            {"torch_dtype": "bfloat16", "quantization_config": {"quant_method": "fp8"}},
            {"a": ("F8_E4M3", (256, 256)), "a_scale": ("F32", (2, 2))},
        ),
    ],
)
def test_mixed_packed_and_unknown_dtypes_are_no_contradiction(
    tmp_path: Path, members: dict[str, object], tensors: Tensors
):
    files = {"config.json": llama(**members), "model.safetensors": weights(tensors)}

    assert said(tmp_path, files) == []


def test_the_newer_member_speaks_before_the_older(tmp_path: Path):
    members = {"dtype": "bfloat16", "torch_dtype": "float32"}
    files = {"config.json": llama(**members), "model.safetensors": weights()}

    assert said(tmp_path, files) == []


@pytest.mark.parametrize(
    "claim",
    [
        {"parameters": 7_000_000_000},
        {"num_parameters": 50_000},
        {"model_size": "7B"},
        {"parameter_count": "1.5 B"},
    ],
)
def test_a_card_that_gives_another_number_of_parameters_is_told(
    tmp_path: Path, claim: dict[str, object]
):
    files = {
        "README.md": card(**claim),
        "config.json": llama(),
        "model.safetensors": weights(),
    }
    (finding,) = found(tmp_path, files)

    assert (finding.rule, finding.place) == ("AIV-CLAIM-PARAMETERS", next(iter(claim)))
    assert finding.message.endswith(f"model.safetensors has {ELEMENTS:,}")


@pytest.mark.parametrize(
    "claim",
    [
        {"parameters": ELEMENTS},
        {"parameters": ELEMENTS - 64 * 256},
        {"parameters": 7},
        {"parameters": True},
        {"parameters": [7_000_000_000]},
        {"model_size": "small"},
        {"model_size": "0.2M"},
        {"model_size": "8x7B"},
        {"model_size": "30B-A3B"},
        {"model_size": 7_000_000_000},
        {"model_size": "7GB"},
    ],
)
def test_numbers_that_fit_and_those_that_count_something_else_are_no_contradiction(
    tmp_path: Path, claim: dict[str, object]
):
    files = {
        "README.md": card(**claim),
        "config.json": llama(),
        "model.safetensors": weights(),
    }

    assert said(tmp_path, files) == []


def sharded(total: int) -> dict[str, bytes]:
    names = list(PLAIN)
    shards = {
        f"model-0000{number}-of-00002.safetensors": names[number - 1 :: 2] for number in (1, 2)
    }
    index = {
        "metadata": {"total_parameters": total},
        "weight_map": {name: shard for shard, held in shards.items() for name in held},
    }
    files = {shard: weights({name: PLAIN[name] for name in held}) for shard, held in shards.items()}
    return {**files, "model.safetensors.index.json": json.dumps(index).encode()}


def test_an_index_that_counts_other_weights_is_told(tmp_path: Path):
    (finding,) = found(tmp_path, sharded(8_030_261_248))

    assert finding.message == (
        "model.safetensors.index.json says 8,030,261,248 parameters, and "
        f"model-00001-of-00002.safetensors and 1 more has {ELEMENTS:,}"
    )


def test_an_index_that_counts_tied_weights_twice_is_right_as_well(tmp_path: Path):
    assert said(tmp_path, sharded(ELEMENTS)) == []
    assert said(tmp_path / "tied", sharded(ELEMENTS + 64 * 256)) == []


def test_weights_of_which_a_shard_is_missing_are_not_counted(tmp_path: Path):
    files = sharded(8_030_261_248)
    del files["model-00002-of-00002.safetensors"]

    assert said(tmp_path, files) == []


LARGE: Tensors = {
    f"model.layers.{layer}.mlp.gate_proj.weight": ("BF16", (1 << 9, 1 << 10)) for layer in range(8)
}
"""Four million parameters."""


@pytest.mark.parametrize(
    ("name", "contradicts"),
    [
        ("acme/chat-0.001B", True),
        ("acme/chat-0.7B", False),
        ("acme/chat-0.002B", False),
        ("acme/chat-7B", False),
        ("acme/chat-8x0.001B", False),
        ("acme/chat-0.001B-16E", False),
        ("acme/chat-MoE-0.001B", False),
        ("acme/chat-A0.001B", False),
        ("acme/chat-0.001B-0.002B", False),
        ("acme/chat-0.001B-tokens", False),
        ("acme/chat", False),
    ],
)
def test_a_model_several_times_larger_than_its_name_is_told(
    tmp_path: Path, name: str, contradicts: bool
):
    files = {
        "README.md": card(model_name=name),
        "config.json": llama(),
        "model.safetensors": weights(LARGE),
    }
    findings = found(tmp_path, files)

    assert [finding.rule for finding in findings] == ["AIV-CLAIM-PARAMETERS"] * contradicts
    for finding in findings:
        assert finding.message == (
            f"README.md names the model {name}, and model.safetensors has 4,194,304"
        )
        assert finding.place == "model_name"


def test_what_sees_and_hears_is_larger_than_its_name(tmp_path: Path):
    files = {
        "README.md": card(model_name="acme/see-0.001B"),
        "config.json": config(architectures=["SeeForConditionalGeneration"], model_type="see"),
        "model.safetensors": weights(LARGE),
    }

    assert said(tmp_path, files) == []


@pytest.mark.parametrize(
    ("pairs", "contradicts"),
    [
        ({"general__size_label": "7B"}, True),
        ({"general__size_label": "1K"}, False),
        ({"general__size_label": "8x7B"}, False),
        ({"general__size_label": "large"}, False),
        ({"general__parameter_count": ("u64", 7_000_000_000)}, True),
        ({"general__parameter_count": ("u64", 1024)}, False),
        ({"general__size_label": "7B", "general__type": "adapter"}, False),
        ({"general__size_label": "7B", "split__count": ("u16", 2)}, False),
    ],
)
def test_a_header_that_gives_another_size_is_told(
    tmp_path: Path, pairs: dict[str, object], contradicts: bool
):
    files = {"model.gguf": gguf(Row("token_embd.weight", (256, 4)), **pairs)}

    assert said(tmp_path, files) == ["PARAMETERS"] * contradicts


def test_an_adapter_is_no_larger_than_it_is(tmp_path: Path):
    files = {
        "README.md": card(parameters=7_000_000_000),
        "adapter_config.json": config(peft_type="LORA", r=8),
        "adapter_model.safetensors": weights({"lora_A.weight": ("F32", (8, 256))}),
    }

    assert said(tmp_path, files) == []
