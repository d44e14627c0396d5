"""`vocab.json` and `vocab.txt`: a vocabulary on its own."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.formats.interface import Probe, Source
from aiverify.formats.json_object import JsonObject
from aiverify.formats.lines import count_lines, read_text


class VocabJson(JsonObject):
    """Ids by token. States `vocabulary` (entries)."""

    name = "vocab"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "vocab.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """A count; the tokens themselves are not repeated."""
        return counted(len(fields.members), "token"), {"vocabulary": len(fields.members)}


class VocabText:
    """One token a line. States `vocabulary` (lines)."""

    name = "vocab"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "vocab.txt"

    def read(self, _probe: Probe, source: Source) -> Facts:
        """A count, or unread when the file is too large.

        Raises:
            MalformedError: it is not UTF-8.
        """
        text = read_text(source)
        if text is None:
            return Facts(self.name, self.role, unread="larger than any vocabulary")
        count = count_lines(text)
        return Facts(self.name, self.role, counted(count, "token"), {"vocabulary": count})
