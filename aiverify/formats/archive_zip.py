"""ZIP archives of no particular kind: every member is looked into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from aiverify.core.facts import Facts, Role
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.formats import skops, torch, torchserve
from aiverify.formats.interface import Container, Part, Probe, Source
from aiverify.formats.keras import reader as keras
from aiverify.formats.zip import MAGICS, Zip, read
from aiverify.formats.zipping.entry import Entry

MAX_MEMBER = 64 << 20
"""Bytes of a packed member that are unpacked to look at."""

MAX_KINDS = 20


class ZipArchive(Container):
    """An archive. States `members`, `unpacked` (bytes) and `kinds` (members by extension)."""

    name = "zip"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By content. An empty archive begins with its end."""
        return probe.head.startswith(MAGICS)

    def open(self, probe: Probe, source: Source) -> tuple[Facts, Iterable[Part]]:
        """The directory's statements, and each member.

        An archive of a framework is one by its directory, whatever its first member is called.

        Raises:
            MalformedError: the archive contradicts itself so that it cannot be read.
        """
        archive = read(source)
        if torch.is_torch(archive):
            return torch.open_archive(archive)
        if keras.is_keras(archive):
            return keras.Keras().open(probe, source)
        return self._open(archive)

    def _open(self, archive: Zip) -> tuple[Facts, Iterable[Part]]:
        files = [entry for entry in archive.entries if not entry.is_folder]
        values: dict[str, Json] = {
            "members": len(files),
            "unpacked": sum(entry.size for entry in files),
            "kinds": kinds([entry.name for entry in files]),
        }
        more = _more(archive)
        facts = Facts(
            more.format or self.name,
            self.role,
            f"{counted(len(files), 'file')} in a ZIP archive",
            {**values, **more.values},
            globals=more.globals,
            findings=archive.findings + more.findings,
            unread=more.unread,
        )
        return facts, parts(archive, files)


def parts(archive: Zip, files: Sequence[Entry], limit: int = MAX_MEMBER) -> list[Part]:
    """Members as parts, each opened when it is looked into."""
    return [Part(entry.name, partial(archive.open, entry, limit)) for entry in files]


def kinds(names: Iterable[str]) -> dict[str, Json]:
    """How many files have each extension, for the commonest ones."""
    counts = Counter(_extension(name) for name in names)
    return dict(sorted(counts.most_common(MAX_KINDS)))


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition("/")[2].rpartition(".")
    return extension.lower()[:20] if stem and dot else ""


def _more(archive: Zip) -> Facts:
    """What an archive of a known kind says beyond its directory. It may be of two at once."""
    found = Facts("", Role.WEIGHT)
    if torchserve.is_torchserve(archive):
        found = torchserve.facts(archive)
    if not skops.is_skops(archive):
        return found
    more = skops.facts(archive)
    return Facts(
        more.format or found.format,
        Role.WEIGHT,
        values={**found.values, **more.values},
        globals=more.globals,
        findings=found.findings + more.findings,
        unread=found.unread or more.unread,
    )
