"""NumPy's archives (`.npz`): a ZIP archive of arrays."""

from __future__ import annotations

from collections.abc import Iterable

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.formats.archive_zip import ZipArchive, parts
from aiverify.formats.found import shown
from aiverify.formats.interface import Container, Part, Probe, Source
from aiverify.formats.numpy import ENDING
from aiverify.formats.zip import Entry, read
from aiverify.formats.zipping.entry import LOCAL, LOCAL_MAGIC

MAX_UNPACKED = 256 << 20
"""Bytes of a packed array that are unpacked to look at it."""

MAX_NAMES = 1000


class Npz(Container):
    """Arrays by name, each of them a part. States their names as `arrays`, and `members`."""

    name = "npz"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By the name of the archive's first member, or by extension."""
        head = probe.head
        if not head.startswith(LOCAL_MAGIC):
            return False
        size = int.from_bytes(head[26:28], "little")
        first = head[LOCAL.size : LOCAL.size + size]
        return probe.base.endswith(".npz") or first.endswith(ENDING.encode())

    def open(self, probe: Probe, source: Source) -> tuple[Facts, Iterable[Part]]:
        """The archive's statements, and each member.

        Raises:
            MalformedError: the archive contradicts itself so that it cannot be read.
        """
        archive = read(source)
        if not all(entry.name.endswith(ENDING) for entry in archive.entries):
            # Other programs may see another format in it, and would load that.
            return ZipArchive().open(probe, source)
        names: list[Json] = [_shown(entry) for entry in archive.entries]
        values: dict[str, Json] = {"members": len(names), "arrays": names[:MAX_NAMES]}
        summary = f"{len(names)} arrays"
        facts = Facts(self.name, self.role, summary, values, findings=archive.findings)
        return facts, parts(archive, archive.entries, MAX_UNPACKED)


def _shown(entry: Entry) -> str:
    return shown(entry.name.removesuffix(ENDING))
