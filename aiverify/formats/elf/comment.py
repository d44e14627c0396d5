"""The compilers that an ELF file's parts were made with, as they sign it in `.comment`."""

from __future__ import annotations

from aiverify.formats.elf.image import Image

SECTION = b".comment"
MAX_BYTES = 1 << 16
MAX_LENGTH = 256


def read_compilers(image: Image) -> tuple[str, ...]:
    """Each compiler once, in the file's order."""
    section = image.sections.named(SECTION)
    if section is None:
        return ()
    data = image.source.read_at(section.offset, min(section.size, MAX_BYTES))
    texts = (text[:MAX_LENGTH].decode("utf-8", "replace") for text in data.split(b"\0") if text)
    return tuple(dict.fromkeys(texts))
