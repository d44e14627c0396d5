"""Chat templates in files of their own, and wherever else they stand."""

from __future__ import annotations

from aiverify.core.digest import Digest
from aiverify.core.facts import Facts, Role
from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.rules import templates
from aiverify.errors import MalformedError
from aiverify.formats.configuration import Configuration
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe, Source
from aiverify.formats.loading.walk import every
from aiverify.formats.template import judge, judge_into

MAX_BYTES = 1 << 20
"""A larger file is no template: the largest have some 40,000 characters."""

MAX_TOGETHER = 1 << 18
"""Characters of all templates in one document."""

TEMPLATE = "chat_template"


class ChatTemplate:
    """A template in Jinja. States `chat_templates`: its digest, by its name."""

    name = "chat_template"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith((".jinja", ".jinja2", ".j2"))

    def read(self, probe: Probe, source: Source) -> Facts:
        """The digest, and what the template does.

        Raises:
            MalformedError: it is not UTF-8.
        """
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread="larger than any template")
        data = source.read_at(0, source.size)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedError("the template is not valid UTF-8") from error
        stem = probe.base.rpartition(".")[0]
        name = "default" if stem == TEMPLATE else stem
        values: dict[str, Json] = {"chat_templates": {name: str(Digest.of(data))}}
        return Facts(self.name, self.role, "chat template", values, findings=judge(text))


class ChatTemplateJson(Configuration):
    """`chat_template.json`, which processors have. States `chat_templates` like the other."""

    name = "chat_template"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "chat_template.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The digest of each template."""
        return "chat template", {"chat_templates": digests(fields)}

    def judge(self, fields: Fields, found: Found) -> None:
        """What its templates do."""
        super().judge(fields, found)
        judge_all(fields.members.get(TEMPLATE), f"#/{TEMPLATE}", found)


def digests(fields: Fields) -> dict[str, Json]:
    """Digests of the templates in `chat_template`, by name.

    That is one text, which is the default; a list of objects with a name and a template; or
    an object of templates by name.
    """
    value = fields.members.get(TEMPLATE)
    named: dict[str, Json] = {}
    if isinstance(value, str):
        named = {"default": value}
    elif isinstance(value, dict):
        named = value
    else:
        named = {item.text("name"): item.text("template") for item in fields.each(TEMPLATE)}
    return {
        name: str(Digest.of(text.encode("utf-8")))
        for name, text in named.items()
        if isinstance(text, str)
    }


def judge_all(value: Json, place: str, found: Found) -> None:
    """Judge a template, or every text in a list or an object of templates."""
    together = 0
    for at, text in every(place, value):
        if not isinstance(text, str):
            continue
        together += len(text)
        if together > MAX_TOGETHER:
            message = f"has templates of more than {MAX_TOGETHER} characters together"
            found.add(templates.BOMB, message, place)
            return
        judge_into(found, text, at)
