"""What sentence-transformers keeps beside a model's own configuration."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.fields import FLAG, INTEGER, OBJECT, TEXT, Fields, Shape
from aiverify.core.jsonvalue import Json
from aiverify.formats.configuration import Configuration
from aiverify.formats.interface import Probe

NAMES = ("config_sentence_transformers.json", "sentence_bert_config.json")

SHAPES: Mapping[str, Shape] = {
    "__version__": OBJECT,
    "model_type": TEXT,
    "prompts": OBJECT,
    "default_prompt_name": TEXT,
    "similarity_fn_name": TEXT,
    "max_seq_length": INTEGER,
    "do_lower_case": FLAG,
}


class SentenceTransformers(Configuration):
    """Versions, prompts and lengths. States the members in `SHAPES` under their own names."""

    name = "sentence_transformers"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base in NAMES

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The members that are there."""
        return "sentence-transformers settings", fields.pick(SHAPES)
