"""joblib's files that are packed: a pickle in one of the streams that joblib writes.

One that is not packed starts as a pickle, and is read as one.
"""

from __future__ import annotations

from dataclasses import replace

from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.pickle import EXTENSIONS, is_pickle, series_facts
from aiverify.formats.pickling import packing, series

LZ4 = b"\x04\x22\x4d\x18"


class Joblib:
    """A packed joblib file. States what the pickle in it states, and its `packing`."""

    name = "joblib"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By the first bytes that come out; by name too, where they may be any pickle's."""
        if probe.head.startswith(LZ4):
            return probe.base.endswith((*EXTENSIONS, ".lz4"))
        _, first = packing.of(probe.head)
        return is_pickle(first) or bool(first and probe.base.endswith(EXTENSIONS))

    def read(self, probe: Probe, source: Source) -> Facts:
        """What the pickle states.

        Raises:
            MalformedError: it cannot be unpacked.
        """
        if probe.head.startswith(LZ4):
            return Facts(self.name, self.role, unread="packed by LZ4, which is not read")
        how, _ = packing.of(probe.head)
        found = how.unpack(probe, source)
        if found.content is None:
            return Facts(self.name, self.role, findings=found.findings, unread=found.unread)
        facts = series_facts(probe, series.read(found.content))
        return replace(
            facts,
            format=self.name,
            summary=f"{facts.summary}, packed by {how.name}",
            values={**facts.values, "packing": how.name},
            findings=found.findings + facts.findings,
        )
