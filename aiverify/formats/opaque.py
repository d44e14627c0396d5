"""Containers that are recognised and not read: 7z, RAR, disk images, LZ4 and zstd streams."""

from __future__ import annotations

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.formats.interface import Probe, Source
from aiverify.formats.magic import Kind, kind_of

EXTENSIONS = (".7z", ".rar", ".cab", ".iso", ".dmg", ".lz4", ".zst", ".squashfs", ".cpio")


class Opaque:
    """A container that nobody looks into. States its `kind`."""

    name = "opaque"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By content, for the kinds that are known and not read."""
        kind = kind_of(probe.head)
        return kind is not None and kind.opaque

    def read(self, probe: Probe, _source: Source) -> Facts:
        """Unread, and flagged."""
        kind = kind_of(probe.head) or Kind("container")
        return opaque_facts(self.name, kind.article, {"kind": kind.name})


class NamedOpaque:
    """A file that its extension alone marks as such a container. States nothing."""

    name = "opaque"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By extension."""
        return probe.base.endswith(EXTENSIONS)

    def read(self, probe: Probe, _source: Source) -> Facts:
        """Unread, and flagged."""
        extension = probe.base.rpartition(".")[2]
        return opaque_facts(self.name, f"a container by its extension, .{extension}", {})


def opaque_facts(name: str, what: str, values: dict[str, str]) -> Facts:
    """Facts of a container that is not read."""
    finding = rules.containers.OPAQUE.found(f"this is {what}, which is not looked into")
    return Facts(
        name,
        Role.WEIGHT,
        what,
        dict(values),
        findings=(finding,),
        unread=f"{what}, which is not looked into",
    )


class Pdf:
    """A PDF document. It can carry scripts and files, and is not looked into."""

    name = "pdf"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By content."""
        return probe.head.startswith(b"%PDF-")

    def read(self, _probe: Probe, _source: Source) -> Facts:
        """Unread."""
        return Facts(self.name, self.role, "a PDF document", unread="a PDF, which is not read")
