"""Files that make claims, and what of them contradicts what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiverify.core.contradictions import contradictions
from aiverify.core.finding import Finding
from aiverify.operations.examine import look_into
from tests.support.artifacts import write_tree
from tests.support.gguf_files import Row, gguf_bytes
from tests.support.weights import Tensors, safetensors_bytes

HIDDEN = 256

PLAIN: Tensors = {
    "model.embed_tokens.weight": ("BF16", (64, HIDDEN)),
    "model.layers.0.input_layernorm.weight": ("F32", (HIDDEN,)),
    "model.layers.0.mlp.gate_proj.weight": ("BF16", (HIDDEN, HIDDEN)),
    "model.layers.0.mlp.up_proj.weight": ("BF16", (HIDDEN, HIDDEN)),
    "lm_head.weight": ("BF16", (64, HIDDEN)),
}
"""The weights of a language model, of which the norms are kept in full precision."""

ELEMENTS = 2 * 64 * HIDDEN + HIDDEN + 2 * HIDDEN * HIDDEN


def card(**front_matter: Any) -> bytes:
    """A model card. JSON is YAML."""
    lines = (f"{key}: {json.dumps(value)}" for key, value in front_matter.items())
    return "\n".join(("---", *lines, "---", "# Card", "")).encode()


def config(**members: Any) -> bytes:
    """A configuration, or any other object in JSON."""
    return json.dumps(members).encode()


def llama(**members: Any) -> bytes:
    """A language model's configuration."""
    return config(architectures=["LlamaForCausalLM"], model_type="llama", **members)


def weights(tensors: Tensors = PLAIN, **metadata: str) -> bytes:
    return safetensors_bytes(tensors, metadata)


def gguf(*rows: Row, **pairs: Any) -> bytes:
    """A GGUF file; `__` in the name of a key is a dot."""
    named = {key.replace("__", "."): value for key, value in pairs.items()}
    return gguf_bytes({"general.architecture": "llama", **named}, rows)


def found(path: Path, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """What contradicts what in a directory with these files."""
    contents = look_into(write_tree(path / "artifact", files))
    return contradictions(contents.files, contents.description)


def said(path: Path, files: Mapping[str, bytes]) -> list[str]:
    """The same as rules, without what they all begin with."""
    return [finding.rule.removeprefix("AIV-CLAIM-") for finding in found(path, files)]
