"""A processor's configuration: how images, sound and text become a model's input."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.fields import OBJECT, TEXT, Fields, Shape
from aiverify.core.jsonvalue import Json
from aiverify.formats.chat_template import TEMPLATE, digests, judge_all
from aiverify.formats.configuration import Configuration
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe

NAMES = ("preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json")

SHAPES: Mapping[str, Shape] = {
    "processor_class": TEXT,
    "image_processor_type": TEXT,
    "feature_extractor_type": TEXT,
    "video_processor_type": TEXT,
    "auto_map": OBJECT,
}


class Processor(Configuration):
    """A processor. States the members in `SHAPES`, and `chat_templates` as a tokenizer does."""

    name = "processor"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base in NAMES

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The members that are there."""
        values = fields.pick(SHAPES)
        if TEMPLATE in fields.members:
            values["chat_templates"] = digests(fields)
        return str(values.get("processor_class", "processor")), values

    def judge(self, fields: Fields, found: Found) -> None:
        """What its templates do, and what it makes a loader do."""
        super().judge(fields, found)
        judge_all(fields.members.get(TEMPLATE), f"#/{TEMPLATE}", found)
