"""Hugging Face `generation_config.json`: how text is sampled unless the caller says."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.fields import FLAG, INTEGER, NUMBER, TEXT, Fields, Shape
from aiverify.core.jsonvalue import Json
from aiverify.formats.configuration import Configuration
from aiverify.formats.interface import Probe

SHAPES: Mapping[str, Shape] = {
    "do_sample": FLAG,
    "temperature": NUMBER,
    "top_p": NUMBER,
    "top_k": INTEGER,
    "repetition_penalty": NUMBER,
    "max_length": INTEGER,
    "max_new_tokens": INTEGER,
    "transformers_version": TEXT,
}


class HfGeneration(Configuration):
    """Generation defaults. States the members in `SHAPES` under their own names."""

    name = "hf_generation"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "generation_config.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The members that are there."""
        return "generation defaults", fields.pick(SHAPES)
