"""A LoRA adapter in PEFT's layout, for the model beside it."""

from __future__ import annotations

from pathlib import Path

from aiverify.cli.demo import model
from aiverify.cli.demo.weights import Weight, write_safetensors
from aiverify.core.jsonvalue import Json, pretty

RANK = 8
TARGETS = ("q_proj", "v_proj")

_CARD = f"""\
---
license: apache-2.0
language:
- en
base_model: {model.NAME}
library_name: peft
pipeline_tag: text-generation
tags:
- lora
datasets:
- acme/demo-instructions
---

# Llama demo LoRA

A LoRA adapter for {model.NAME}, with made-up weights.

## Intended use

To be bundled and verified together with its base.

## Limitations

It was never trained. It changes how the base's noise looks.
"""


def write_adapter(directory: Path, *, hidden: int = model.HIDDEN) -> None:
    """Write an adapter into an empty directory, for a base with that hidden size.

    It claims the demonstration's model as its base whatever the hidden size is.
    """
    (directory / "adapter_config.json").write_text(pretty(_config()), encoding="utf-8")
    (directory / "README.md").write_text(_CARD, encoding="utf-8")
    write_safetensors(
        directory / "adapter_model.safetensors",
        {name: Weight.seeded(name, "F32", shape) for name, shape in _shapes(hidden).items()},
        {"format": "pt"},
    )


def _shapes(hidden: int) -> dict[str, tuple[int, ...]]:
    """PEFT's names: A is (rank, in) and B is (out, rank) for a base weight (out, in)."""
    outputs = {"q_proj": hidden, "v_proj": hidden // model.HEADS * model.KEY_VALUE_HEADS}
    result: dict[str, tuple[int, ...]] = {}
    for layer in range(model.LAYERS):
        for target in TARGETS:
            place = f"base_model.model.model.layers.{layer}.self_attn.{target}"
            result[f"{place}.lora_A.weight"] = (RANK, hidden)
            result[f"{place}.lora_B.weight"] = (outputs[target], RANK)
    return result


def _config() -> dict[str, Json]:
    return {
        "alpha_pattern": {},
        "auto_mapping": None,
        "base_model_name_or_path": model.NAME,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "init_lora_weights": True,
        "layers_pattern": None,
        "layers_to_transform": None,
        "lora_alpha": 2 * RANK,
        "lora_dropout": 0.05,
        "modules_to_save": None,
        "peft_type": "LORA",
        "r": RANK,
        "rank_pattern": {},
        "revision": None,
        "target_modules": list(TARGETS),
        "task_type": "CAUSAL_LM",
        "use_dora": False,
        "use_rslora": False,
    }
