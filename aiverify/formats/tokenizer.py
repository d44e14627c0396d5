"""`tokenizer.json`: a whole tokenizer, as the tokenizers library writes it."""

from __future__ import annotations

from aiverify.core.fields import OBJECTS, Fields
from aiverify.core.jsonvalue import Json
from aiverify.formats.interface import Probe
from aiverify.formats.json_object import JsonObject


class Tokenizer(JsonObject):
    """A tokenizer.

    States `model_type` (BPE, Unigram, WordPiece, WordLevel), `vocabulary` (entries) and
    `added_tokens` (how many).
    """

    name = "tokenizer"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "tokenizer.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """Counts; the tokens themselves are not repeated."""
        model = fields.inner("model")
        values: dict[str, Json] = {}
        if model_type := model.text("type"):
            values["model_type"] = model_type
        vocabulary = model.members.get("vocab")
        if isinstance(vocabulary, dict | list):  # a list of [token, score] for Unigram
            values["vocabulary"] = len(vocabulary)
        added = fields.take("added_tokens", OBJECTS)
        values["added_tokens"] = len(added) if isinstance(added, list) else 0
        return f"{model_type} {values.get('vocabulary', 'unknown')} tokens".strip(), values
