"""tar archives, plain: NeMo's models, PyTorch's oldest checkpoints, bundles of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from aiverify.core import rules
from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.formats.archive_zip import kinds
from aiverify.formats.disguise import archive_end
from aiverify.formats.interface import Container, Part, Probe, Source, TooLarge
from aiverify.formats.sources import Window
from aiverify.formats.tarring.header import BLOCK, is_header
from aiverify.formats.tarring.walk import Item, name_findings, walk

MAGIC = b"ustar"


class TarArchive(Container):
    """An archive. States `members`, `unpacked` (bytes) and `kinds` (members by extension)."""

    name = "tar"
    role = Role.WEIGHT

    def recognises(self, probe: Probe) -> bool:
        """By content: POSIX's mark, or the checksum of a header from before it."""
        return probe.head[257:262] == MAGIC or is_header(probe.head[:BLOCK])

    def open(self, _probe: Probe, source: Source) -> tuple[Facts, Iterable[Part]]:
        """The members as the headers list them.

        Raises:
            MalformedError: the archive cannot be followed to its end.
        """
        items, findings = walk(source)
        findings += name_findings(items)
        findings += _spread(source, items)
        files = [item for item in items if not (item.header.is_folder or item.header.is_link)]
        values: dict[str, Json] = {
            "members": len(files),
            "unpacked": sum(item.size for item in files),
            "kinds": kinds([item.name for item in files]),
        }
        facts = Facts(
            self.name,
            self.role,
            f"{counted(len(files), 'file')} in a tar archive",
            values,
            findings=tuple(dict.fromkeys(findings)),
        )
        return facts, [Part(item.name, partial(_opened, source, item)) for item in files]


def _spread(source: Source, items: Iterable[Item]) -> Iterator[Finding]:
    """A ZIP archive at the end, unless it is one member's: then it is looked into as that."""
    position = archive_end(source)
    if position is None:
        return
    for item in items:
        window = Window(source, item.start, item.size)
        if item.start <= position < item.start + item.size and archive_end(window) is not None:
            return
    message = "a ZIP archive stands at its end, which is no member of it"
    yield rules.containers.DISGUISE.found(message, place=f"byte {position}")


def _opened(source: Source, item: Item) -> Source:
    if item.sparse:
        raise TooLarge("a sparse file, which is not put together")
    if not item.header.is_file:
        raise TooLarge(f"a member of the kind {item.header.kind!r}, which is not known")
    return Window(source, item.start, item.size)
