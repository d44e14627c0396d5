"""PEFT `adapter_config.json`: what an adapter changes, and in which base."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.fields import (
    FLAG,
    INTEGER,
    INTEGERS,
    NUMBER,
    NUMBERS,
    OBJECT,
    TEXT,
    TEXTS,
    Fields,
    Shape,
)
from aiverify.core.jsonvalue import Json
from aiverify.formats.interface import Probe
from aiverify.formats.json_object import JsonObject

SHAPES: Mapping[str, Shape] = {
    "peft_type": TEXT,
    "task_type": TEXT,
    "base_model_name_or_path": TEXT,
    "revision": TEXT,
    "r": INTEGER,
    "lora_alpha": NUMBER,
    "target_modules": TEXTS,
    "rank_pattern": INTEGERS,
    "alpha_pattern": NUMBERS,
    "modules_to_save": TEXTS,
    "bias": TEXT,
    "fan_in_fan_out": FLAG,
    "use_dora": FLAG,
    "auto_mapping": OBJECT,
    "megatron_core": TEXT,
}


class Peft(JsonObject):
    """An adapter's configuration.

    States the members in `SHAPES` under their own names. `auto_mapping` and `megatron_core`
    are handed to an import by whoever loads the adapter.
    """

    name = "peft"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "adapter_config.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The members that are there."""
        values = fields.pick(SHAPES)
        summary = str(values.get("peft_type", "adapter"))
        if "r" in values:
            summary += f" of rank {values['r']}"
        if "base_model_name_or_path" in values:
            summary += f" for {values['base_model_name_or_path']}"
        return summary, values
