"""Hugging Face `config.json`: a model's architecture and dimensions."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.fields import INTEGER, OBJECT, TEXT, TEXTS, Fields, Shape
from aiverify.core.jsonvalue import Json
from aiverify.formats.configuration import Configuration
from aiverify.formats.interface import Probe

DIMENSIONS: Mapping[str, Shape] = dict.fromkeys(
    (
        "max_position_embeddings",
        "n_positions",
        "n_ctx",
        "max_seq_len",
        "max_sequence_length",
        "seq_length",
        "vocab_size",
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
    ),
    INTEGER,
)

SHAPES: Mapping[str, Shape] = {
    "architectures": TEXTS,
    "model_type": TEXT,
    "torch_dtype": TEXT,
    "dtype": TEXT,
    **DIMENSIONS,
    "quantization_config": OBJECT,
    "auto_map": OBJECT,
    "transformers_version": TEXT,
    "_class_name": TEXT,
    "_diffusers_version": TEXT,
    "_name_or_path": TEXT,
}


class HfConfig(Configuration):
    """A model's configuration.

    States the members in `SHAPES` under their own names, and those in `DIMENSIONS` of a
    multimodal model's `text_config` under that name. `_name_or_path` says where training
    started, and is not the model's own name.
    """

    name = "hf_config"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "config.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The members that are there."""
        values = fields.pick(SHAPES)
        text_config = fields.inner("text_config").pick(DIMENSIONS)
        if text_config:
            values["text_config"] = text_config
        return _summary(values), values


def _summary(values: Mapping[str, Json]) -> str:
    architectures = values.get("architectures")
    if isinstance(architectures, list):
        return ", ".join(architectures)
    return str(architectures or values.get("model_type") or values.get("_class_name", ""))
