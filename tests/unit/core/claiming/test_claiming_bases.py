"""What a model was made from: of the card, of an adapter's configuration, and of headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.claims import card, config, found, gguf, said, weights
from tests.support.gguf_files import Row

ROW = Row("token_embd.weight", (256, 4))


def adapter(base: object) -> bytes:
    return config(peft_type="LORA", r=8, base_model_name_or_path=base)


def test_an_adapter_for_another_base_is_told(tmp_path: Path):
    files = {
        "README.md": card(base_model="meta-llama/Llama-3.1-8B"),
        "adapter_config.json": adapter("meta-llama/Llama-3.1-8B-Instruct"),
    }
    (finding,) = found(tmp_path, files)

    assert finding.rule == "AIV-CLAIM-BASE"
    assert finding.message == (
        "README.md names the base model meta-llama/Llama-3.1-8B; "
        "adapter_config.json names meta-llama/Llama-3.1-8B-Instruct"
    )


@pytest.mark.parametrize(
    ("claimed", "named"),
    [
        ("meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B"),
        ("meta-llama/Meta-Llama-3.1-8B", "unsloth/Llama-3.1-8B-unsloth-bnb-4bit"),
        ("meta-llama/Llama-2-7b-hf", "TheBloke/Llama-2-7B-GPTQ"),
        ("meta-llama/Llama-2-7b-hf", "NousResearch/Llama-2-7b-hf"),
        (["a/first", "b/second"], "b/second"),
        ("meta-llama/Llama-3.1-8B", "/srv/hub/snapshots/abc"),
        ("meta-llama/Llama-3.1-8B", "./output/sft"),
        ("meta-llama/Llama-3.1-8B", "outputs/checkpoint-500"),
        ("meta-llama/Llama-3.1-8B", "base"),
        ("meta-llama/Llama-3.1-8B", "C:\\models\\base"),
        ("meta-llama/Llama-3.1-8B", None),
        ("meta-llama/Llama-3.1-8B", 7),
        ("/mnt/models/llama", "meta-llama/Llama-3.1-8B"),
        (None, "meta-llama/Llama-3.1-8B"),
        ([], "meta-llama/Llama-3.1-8B"),
        ({"name": "a/b"}, "meta-llama/Llama-3.1-8B"),
    ],
)
def test_a_mirror_a_quantized_form_and_a_path_are_no_contradiction(
    tmp_path: Path, claimed: object, named: object
):
    files = {"README.md": card(base_model=claimed), "adapter_config.json": adapter(named)}

    assert said(tmp_path, files) == []


def header(name: str = "Tuned", base: str = "Llama 3.1 8B", address: str = "") -> bytes:
    pairs = {"general.base_model.0.repo_url": address} if address else {}
    return gguf(
        ROW,
        **{"general.name": name, "general.base_model.count": 1, **pairs},
        **{"general.base_model.0.name": base},
    )


@pytest.mark.parametrize(
    ("relation", "claimed", "contradicts"),
    [
        ("finetune", "mistralai/Mistral-7B-v0.3", True),
        ("finetune", "meta-llama/Llama-3.1-8B", False),
        ("finetune", "acme/Tuned", False),
        ("quantized", "mistralai/Mistral-7B-v0.3", False),
        ("", "mistralai/Mistral-7B-v0.3", False),
        ("merge", ["mistralai/Mistral-7B-v0.3", "meta-llama/Llama-3.1-8B"], False),
    ],
)
def test_a_header_is_held_against_a_card_that_speaks_of_the_model_itself(
    tmp_path: Path, relation: str, claimed: object, contradicts: bool
):
    files = {
        "README.md": card(base_model=claimed, base_model_relation=relation),
        "tuned.gguf": header(),
    }

    assert said(tmp_path, files) == ["BASE"] * contradicts


def test_the_address_of_a_base_counts_before_its_name(tmp_path: Path):
    files = {
        "README.md": card(base_model="mistralai/Mistral-7B-v0.3", base_model_relation="finetune"),
        "tuned.gguf": header(address="https://huggingface.co/mistralai/Mistral-7B-v0.3"),
    }

    assert said(tmp_path, files) == []


def test_a_card_beside_plain_weights_names_no_base_of_an_adapter(tmp_path: Path):
    files = {"README.md": card(base_model="a/b"), "model.safetensors": weights()}

    assert said(tmp_path, files) == []
