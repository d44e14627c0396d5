"""`special_tokens_map.json`: the tokens that mean something to the model itself."""

from __future__ import annotations

from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.formats.interface import Probe
from aiverify.formats.json_object import JsonObject


class SpecialTokensMap(JsonObject):
    """Special tokens. States `tokens`: the token's text by its part, such as `eos_token`."""

    name = "special_tokens_map"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "special_tokens_map.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """Each part that has one token; lists of additional tokens are not stated."""
        tokens: dict[str, Json] = {}
        for part, value in fields.members.items():
            if isinstance(value, str):
                tokens[part] = value
            elif isinstance(value, dict):
                tokens[part] = fields.inner(part).text("content")
        return counted(len(tokens), "special token"), {"tokens": tokens}
