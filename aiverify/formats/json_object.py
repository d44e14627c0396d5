"""What every reader of a JSON object has in common: bounds, and typed looks at its members."""

from __future__ import annotations

from abc import ABC, abstractmethod

from aiverify.core import jsonvalue
from aiverify.core.facts import Facts, Role
from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe, Source

MAX_BYTES = 64 << 20
"""A larger document is left unread: the largest tokenizers are about half of this."""

TOO_LARGE = f"larger than the {MAX_BYTES >> 20} MiB that are parsed"


class JsonObject(ABC):
    """A reader whose files are one JSON object each.

    A subclass names itself, recognises its files and states what they say. What has the
    wrong type is left out of the values, and `warnings` among them says so.
    """

    name: str
    role = Role.CONFIG

    @abstractmethod
    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The summary and the values for an object."""

    def judge(self, fields: Fields, found: Found) -> None:
        """Findings about an object; there are none unless a subclass has some."""
        del fields, found

    def read(self, probe: Probe, source: Source) -> Facts:
        """The facts, or unread when the document is too large.

        Raises:
            MalformedError: it is not one strict JSON object.
        """
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread=TOO_LARGE)
        shown = printable(probe.name)
        data = source.read_at(0, source.size)
        fields = Fields(jsonvalue.load_object(data, shown), f"{shown}#/")
        summary, values = self.state(fields)
        if fields.warnings:
            values["warnings"] = fields.warnings
        found = Found()
        self.judge(fields, found)
        return Facts(self.name, self.role, summary, values, findings=found.all())
