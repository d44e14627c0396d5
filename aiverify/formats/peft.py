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
from aiverify.core.rules import configs
from aiverify.formats.configuration import Configuration
from aiverify.formats.found import Found, shown
from aiverify.formats.interface import Probe
from aiverify.formats.loading.modules import is_below


def _layers(value: Json) -> bool:
    return INTEGER.fits(value) or (isinstance(value, list) and all(map(INTEGER.fits, value)))


LAYERS = Shape("a whole number or a list of them", _layers)
TOKENS = Shape("a list or an object", lambda value: isinstance(value, list | dict))
METHOD = Shape("a boolean or a string", lambda value: isinstance(value, bool | str))

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
    "exclude_modules": TEXTS,
    "target_parameters": TEXTS,
    "layers_to_transform": LAYERS,
    "layers_pattern": TEXTS,
    "trainable_token_indices": TOKENS,
    "bias": TEXT,
    "lora_bias": FLAG,
    "fan_in_fan_out": FLAG,
    "init_lora_weights": METHOD,
    "use_dora": FLAG,
    "use_rslora": FLAG,
    "auto_mapping": OBJECT,
    "megatron_core": TEXT,
    "peft_version": TEXT,
}

MODELS = frozenset({"diffusers", "lerobot", "megatron", "sentence_transformers", "transformers"})
"""Libraries that a base model's class may come from."""

REMOTE = frozenset({"transformers_modules"})
"""Where transformers puts code that came with a model."""

MEGATRON = frozenset({"megatron"})


class Peft(Configuration):
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

    def judge(self, fields: Fields, found: Found) -> None:
        """Modules that a loader would import, and all that any configuration may hold."""
        super().judge(fields, found)
        library = fields.inner("auto_mapping").members.get("parent_library")
        _module(found, "#/auto_mapping/parent_library", library, MODELS)
        _module(found, "#/megatron_core", fields.members.get("megatron_core"), MEGATRON)


def _module(found: Found, place: str, value: Json, allowed: frozenset[str]) -> None:
    """A module that the loader imports by name."""
    if not isinstance(value, str) or not value or is_below(value, allowed):
        return
    if is_below(value, REMOTE):
        found.add(configs.OWN_CODE, f"comes from code beside a model: {shown(value)}", place)
    else:
        found.add(configs.IMPORT, f"has {shown(value)} imported", place)
