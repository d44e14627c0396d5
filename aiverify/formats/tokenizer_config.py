"""`tokenizer_config.json`: the tokenizer's class and its chat templates."""

from __future__ import annotations

from aiverify.core.digest import Digest
from aiverify.core.fields import INTEGER, OBJECT, TEXT, Fields
from aiverify.core.jsonvalue import Json
from aiverify.formats.interface import Probe
from aiverify.formats.json_object import JsonObject

SHAPES = {"tokenizer_class": TEXT, "model_max_length": INTEGER, "auto_map": OBJECT}


class TokenizerConfig(JsonObject):
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
        templates = _templates(fields)
        values["chat_templates"] = {
            name: str(Digest.of(text.encode("utf-8"))) for name, text in templates.items()
        }
        count = f", {len(templates)} chat template(s)" if templates else ""
        return f"{values.get('tokenizer_class', 'tokenizer')}{count}", values


def _templates(fields: Fields) -> dict[str, str]:
    """Templates by name: one string, or a list of objects with a name and a template."""
    if isinstance(fields.members.get("chat_template"), str):
        return {"default": fields.text("chat_template")}
    return {item.text("name"): item.text("template") for item in fields.each("chat_template")}
