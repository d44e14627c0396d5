"""An ELF file's header and tables, read once and asked for by everything else."""

from __future__ import annotations

from dataclasses import dataclass

from aiverify.formats.elf.header import Header, read_header
from aiverify.formats.elf.sections import NO_BITS, Sections, read_sections
from aiverify.formats.elf.segments import Segments, read_segments
from aiverify.formats.interface import Source


@dataclass(frozen=True, slots=True)
class Image:
    """A file with what its header leads to."""

    source: Source
    header: Header
    sections: Sections
    segments: Segments

    @property
    def is_debug(self) -> bool:
        """Whether the code is elsewhere: what `objcopy --only-keep-debug` leaves."""
        return any(section.is_code and section.kind == NO_BITS for section in self.sections)

    @property
    def end(self) -> int:
        """The byte behind all that the header and the tables speak of."""
        header = self.header
        tables = (table.end for table in (header.segments, header.sections) if table.count)
        segments = (segment.end for segment in self.segments if segment.stored)
        sections = (item.offset + item.size for item in self.sections if item.is_stored)
        return max((header.size, *tables, *segments, *sections))


def read_image(source: Source) -> Image:
    """The header and both tables.

    Raises:
        MalformedError: a table or a section lies outside the file.
        TooLarge: a table has more entries than are read.
    """
    header = read_header(source)
    return Image(source, header, read_sections(source, header), read_segments(source, header))
