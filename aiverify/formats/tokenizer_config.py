"""`tokenizer_config.json`: the tokenizer's class and its chat templates."""

from __future__ import annotations

from aiverify.core.fields import INTEGER, OBJECT, TEXT, Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.formats.chat_template import TEMPLATE, digests, judge_all
from aiverify.formats.configuration import Configuration
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe

SHAPES = {"tokenizer_class": TEXT, "model_max_length": INTEGER, "auto_map": OBJECT}


class TokenizerConfig(Configuration):
    """A tokenizer's settings.

    States the members in `SHAPES` under their own names, and `chat_templates`: the digest
    of each template by its name, where the only one is called `default`. A template is a
    program that runs over every conversation, so two models that differ in it alone differ.
    """

    name = "tokenizer_config"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "tokenizer_config.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The members that are there, and the templates' digests."""
        values = fields.pick(SHAPES)
        values["chat_templates"] = templates = digests(fields)
        count = f", {counted(len(templates), 'chat template')}" if templates else ""
        return f"{values.get('tokenizer_class', 'tokenizer')}{count}", values

    def judge(self, fields: Fields, found: Found) -> None:
        """What its templates do, and what it makes a loader do."""
        super().judge(fields, found)
        judge_all(fields.members.get(TEMPLATE), f"#/{TEMPLATE}", found)
