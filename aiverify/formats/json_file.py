"""JSON that no other reader knows."""

from __future__ import annotations

from aiverify.core import jsonvalue
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Severity
from aiverify.core.names import printable
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.complaint import complaint
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe, Source
from aiverify.formats.json_object import MAX_BYTES, TOO_LARGE
from aiverify.formats.loading import document


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
        data = source.read_at(0, source.size)
        try:
            value = jsonvalue.loads(data, shown)
        except MalformedError as error:
            return Facts(
                self.name,
                self.role,
                "not strict JSON",
                findings=(complaint(probe, error.message, _weight(data)),),
            )
        found = Found()
        document.judge(value, found)
        members = len(value) if isinstance(value, dict | list) else 1
        return Facts(
            self.name,
            self.role,
            f"{jsonvalue.kind(value)}, {counted(members, 'member')}",
            {"type": jsonvalue.kind(value).split()[-1], "members": members},
            findings=found.all(),
        )


def _weight(data: bytes) -> Severity | None:
    """Trainers leave NaN in their logs, which does not deny; a loader may obey other documents."""
    obeyed = any(f'"{member}"'.encode() in data for member in document.BY_MEMBER)
    return None if obeyed else Severity.WARNING
