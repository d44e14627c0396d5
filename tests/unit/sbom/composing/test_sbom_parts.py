"""Tokenizers, chat templates, the parts of a pipeline and the adapters of a unit."""

from __future__ import annotations

import pytest

from aiverify.core.facts import Tensor
from aiverify.sbom.bom import Component, Sort
from aiverify.sbom.composing.parts import parts
from tests.support.described import artifact_of
from tests.support.stating import stating

DIGEST = f"sha256:{'ab' * 32}"


def found(*files) -> list[Component]:
    return list(parts(artifact_of(*(item.name for item in files)), files))


def properties(component: Component) -> dict[str, str]:
    return {item.name: item.value for item in component.properties}


def test_a_chat_template_is_a_component_of_its_own_with_the_digest_of_its_text():
    values = {"chat_templates": {"default": DIGEST, "tool_use": DIGEST}}

    default, tool_use = found(stating("tokenizer_config.json", "tokenizer_config", values))

    assert str(default.digest) == DIGEST
    assert default.ref == "chat-template:tokenizer_config.json%23default"
    assert tool_use.name == "chat template tool_use"


@pytest.mark.parametrize("value", [None, [], "x", {"default": "md5:1"}, {"default": None}])
def test_a_template_without_a_digest_is_none(value):
    file = stating("tokenizer_config.json", "tokenizer_config", {"chat_templates": value})

    assert found(file) == []


def test_a_tokenizer_has_the_digest_of_its_file_and_says_what_it_is():
    file = stating("tokenizer.json", "tokenizer", {"model_type": "BPE", "vocabulary": 256})

    (only,) = found(file)

    assert only.digest == artifact_of("tokenizer.json").manifest.entries[0].digest
    assert properties(only) == {
        "aiverify:part": "tokenizer",
        "aiverify:tokenizer:type": "BPE",
        "aiverify:vocabulary": "256",
    }


def test_a_part_of_a_pipeline_is_a_model_where_its_folder_holds_weights():
    index = stating(
        "model_index.json",
        "diffusers_index",
        {"parts": {"unet": "diffusers.UNet", "scheduler": "diffusers.DDIM"}},
    )
    weights = stating("unet/model.safetensors", "safetensors", {}, [Tensor("a", "f16", (2, 3))])
    settings = stating("scheduler/config.json", "json")

    unet, scheduler = found(index, weights, settings)

    assert (unet.sort, scheduler.sort) == (Sort.MODEL, Sort.DATA)
    assert properties(unet)["aiverify:parameters"] == "6"
    assert unet.needs == ("file:unet/model.safetensors",)
    assert scheduler.needs == ("file:scheduler/config.json",)


def test_an_adapter_in_a_folder_has_its_settings_and_needs_its_files():
    config = stating("fr/adapter_config.json", "peft", {"peft_type": "LORA", "r": 8})
    weights = stating("fr/adapter_model.safetensors", "safetensors", {}, [Tensor("a", "f32", (1,))])

    (only,) = found(config, weights)

    assert (only.ref, only.sort) == ("adapter:fr", Sort.MODEL)
    assert properties(only)["aiverify:adapter:r"] == "8"
    assert only.needs == ("file:fr/adapter_config.json", "file:fr/adapter_model.safetensors")


def test_the_artifacts_own_settings_are_no_part_of_it():
    assert found(stating("adapter_config.json", "peft", {"r": 8})) == []
