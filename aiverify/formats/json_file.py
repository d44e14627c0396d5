"""JSON that no other reader knows."""

from __future__ import annotations

from aiverify.core import jsonvalue
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Severity
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.complaint import complaint
from aiverify.formats.interface import Probe, Source
from aiverify.formats.json_object import MAX_BYTES, TOO_LARGE


class JsonFile:
    """Any other JSON document. States `type` (of its top level) and `members` (how many)."""

    name = "json"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(".json")

    def read(self, probe: Probe, source: Source) -> Facts:
        """Type and size; a document that is not strict JSON is flagged with a warning."""
        if source.size > MAX_BYTES:
            return Facts(self.name, self.role, unread=TOO_LARGE)
        shown = printable(probe.name)
        try:
            value = jsonvalue.loads(source.read_at(0, source.size), shown)
        except MalformedError as error:
            # Trainers leave NaN in their logs. No loader is known to read such a file, so it
            # is reported and does not deny.
            finding = complaint(probe, error.message, Severity.WARNING)
            return Facts(self.name, self.role, "not strict JSON", findings=(finding,))
        members = len(value) if isinstance(value, dict | list) else 1
        return Facts(
            self.name,
            self.role,
            f"{jsonvalue.kind(value)}, {members} member(s)",
            {"type": jsonvalue.kind(value).split()[-1], "members": members},
        )
