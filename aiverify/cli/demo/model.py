"""A small Llama-style model: every file that a published one has, with its true names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiverify.cli.demo.tokenizer import SPECIAL_TOKENS, tokenizer, tokenizer_config
from aiverify.cli.demo.weights import Weight, write_safetensors
from aiverify.core.jsonvalue import Json, pretty

NAME = "acme/llama-demo"
HIDDEN = 64
INTERMEDIATE = 176
LAYERS = 2
HEADS = 4
KEY_VALUE_HEADS = 2
KEY_VALUE = HIDDEN // HEADS * KEY_VALUE_HEADS
VOCABULARY = 256
CONTEXT = 2048

_CARD = """\
---
license: apache-2.0
language:
- en
library_name: transformers
pipeline_tag: text-generation
tags:
- llama
- demonstration
datasets:
- acme/demo-corpus
model-index:
- name: llama-demo
  results:
  - task:
      type: text-generation
    dataset:
      name: Demo corpus, held-out part
      type: acme/demo-corpus
    metrics:
    - type: perplexity
      name: Perplexity
      value: 211.4
---

# Llama demo

A Llama-style model with two layers and made-up weights. It shows what a model is made of;
it does not speak.

## Intended use

To be bundled, described, signed, verified and judged by people who learn how that works.

## Limitations

The weights were never trained, so every answer is noise, and so is the metric above.

## Bias, risks and ethical considerations

None from training data, for there is none. Do not put it in front of anybody.

## Training data

Named as `acme/demo-corpus` so that the bill of materials has a dataset to show.
"""

_LICENCE = """\
Copyright the Acme authors

Licensed under the Apache License, Version 2.0. You may obtain a copy of the licence at

    https://www.apache.org/licenses/LICENSE-2.0

The files are distributed on an "as is" basis, without warranties or conditions of any kind.
"""


def write_model(directory: Path) -> None:
    """Write the model into an empty directory."""
    documents: dict[str, dict[str, Json]] = {
        "config.json": _config(),
        "generation_config.json": _generation_config(),
        "special_tokens_map.json": {**SPECIAL_TOKENS},
        "tokenizer.json": tokenizer(),
        "tokenizer_config.json": tokenizer_config(),
    }
    for name, content in documents.items():
        (directory / name).write_text(pretty(content), encoding="utf-8")
    (directory / "README.md").write_text(_CARD, encoding="utf-8")
    (directory / "LICENSE").write_text(_LICENCE, encoding="utf-8")
    _write_weights(directory)


def shapes() -> dict[str, tuple[int, ...]]:
    """Every tensor of the model by its Llama name; a linear layer's shape is (out, in)."""
    result: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (VOCABULARY, HIDDEN)}
    for layer in range(LAYERS):
        result |= {
            f"model.layers.{layer}.{part}.weight": shape for part, shape in _LAYER_SHAPES.items()
        }
    return result | {"model.norm.weight": (HIDDEN,), "lm_head.weight": (VOCABULARY, HIDDEN)}


_LAYER_SHAPES: Mapping[str, tuple[int, ...]] = {
    "input_layernorm": (HIDDEN,),
    "self_attn.q_proj": (HIDDEN, HIDDEN),
    "self_attn.k_proj": (KEY_VALUE, HIDDEN),
    "self_attn.v_proj": (KEY_VALUE, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HIDDEN),
    "post_attention_layernorm": (HIDDEN,),
    "mlp.gate_proj": (INTERMEDIATE, HIDDEN),
    "mlp.up_proj": (INTERMEDIATE, HIDDEN),
    "mlp.down_proj": (HIDDEN, INTERMEDIATE),
}


def _config() -> dict[str, Json]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": HIDDEN,
        "initializer_range": 0.02,
        "intermediate_size": INTERMEDIATE,
        "max_position_embeddings": CONTEXT,
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "num_key_value_heads": KEY_VALUE_HEADS,
        "pretraining_tp": 1,
        "rms_norm_eps": 1e-05,
        "rope_scaling": None,
        "rope_theta": 10000.0,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.46.0",
        "use_cache": True,
        "vocab_size": VOCABULARY,
    }


def _generation_config() -> dict[str, Json]:
    return {
        "_from_model_config": True,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "transformers_version": "4.46.0",
    }


def _write_weights(directory: Path) -> None:
    tensors = {name: Weight.seeded(name, "BF16", shape) for name, shape in shapes().items()}
    weight_map = {name: _shard_of(name) for name in tensors}
    for shard in sorted(set(weight_map.values())):
        content = {name: tensors[name] for name in tensors if weight_map[name] == shard}
        write_safetensors(directory / shard, content, {"format": "pt"})
    index: dict[str, Json] = {
        "metadata": {"total_size": sum(len(tensor.data) for tensor in tensors.values())},
        "weight_map": dict(sorted(weight_map.items())),
    }
    (directory / "model.safetensors.index.json").write_text(pretty(index), encoding="utf-8")


def _shard_of(tensor: str) -> str:
    first = tensor.startswith(("model.embed_tokens.", "model.layers.0."))
    return f"model-0000{1 if first else 2}-of-00002.safetensors"
