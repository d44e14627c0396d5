"""YAML: configurations of trainers and of NeMo, read event by event and never constructed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.complaint import complaint
from aiverify.formats.found import Found
from aiverify.formats.interface import Probe, Source
from aiverify.formats.loading import document
from aiverify.formats.text import is_text

MAX_BYTES = 2 << 20
"""A larger document is left unread."""


class Statement(NamedTuple):
    """What a stream of documents is, and what is stated of it."""

    format: str
    role: Role
    summary: str
    values: Mapping[str, Json]


class YamlFile:
    """A YAML file. States `documents` and `members` (of all top levels together)."""

    name = "yaml"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By extension; MLflow's description of a model has none."""
        return probe.base.endswith((".yaml", ".yml")) or probe.base == "mlmodel"

    def read(self, probe: Probe, source: Source) -> Facts:
        """Tags, and members by which a loader runs something; what is no YAML is warned of."""
        from aiverify.formats.loading.yaml_events import documents

        if source.size > MAX_BYTES:
            reason = f"larger than the {MAX_BYTES >> 20} MiB that are parsed"
            return Facts(self.name, self.role, unread=reason)
        data = source.read_at(0, source.size)
        if not is_text(data, whole=True):
            return Facts(self.name, self.role, unread="named as YAML, and not text")
        found = Found()
        try:
            values = documents(data.decode("utf-8"), found)
        except MalformedError as error:
            broken = complaint(probe, error.message, Severity.WARNING)
            return Facts(self.name, self.role, "not YAML", findings=(*found.all(), broken))
        document.judge(values, found)
        said = self.state(probe, values, found)
        return Facts(said.format, said.role, said.summary, said.values, findings=found.all())

    def state(self, probe: Probe, values: Sequence[Json], found: Found) -> Statement:
        """How many documents and members there are."""
        del probe, found
        members = sum(len(value) if isinstance(value, dict | list) else 1 for value in values)
        summary = f"{counted(len(values), 'document')}, {counted(members, 'member')}"
        stated = {"documents": len(values), "members": members}
        return Statement(self.name, self.role, summary, stated)
