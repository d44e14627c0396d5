"""Empty files, such as a package's `__init__.py`."""

from __future__ import annotations

from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.roles import role_of


class Empty:
    """A file without bytes. States nothing."""

    name = "empty"
    role = Role.CONFIG

    def recognises(self, probe: Probe) -> bool:
        """By size."""
        return probe.size == 0

    def read(self, probe: Probe, _source: Source) -> Facts:
        """Nothing to read, so nothing to hide."""
        return Facts(self.name, role_of(probe, binary=False), "empty")
