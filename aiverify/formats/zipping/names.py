"""Names of an archive's members: plain paths, and each of them once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from aiverify.core import rules
from aiverify.core.finding import Finding
from aiverify.formats.found import shown
from aiverify.formats.zipping.entry import Entry

DRIVE = re.compile(r"[A-Za-z]:")


def check(entries: Sequence[Entry]) -> Iterator[Finding]:
    """A finding for each name that leads elsewhere, or that is there already."""
    seen: set[str] = set()
    for entry in entries:
        plain = _plain(entry.name)
        if plain in seen:
            message = f"two members are named {shown(entry.name)}, but for the case of letters"
            yield rules.containers.DUPLICATE.found(message, place=shown(entry.name))
        seen.add(plain)
        if not _is_path(entry.name):
            message = f"the member {shown(entry.name)} has a name that is not a plain path"
            yield rules.containers.NAME.found(message, place=shown(entry.name))


def _plain(name: str) -> str:
    """A name as a system sees it that tells letters apart by neither case nor form."""
    parts = name.partition("\0")[0].replace("\\", "/").split("/")
    path = "/".join(part for part in parts if part not in ("", "."))
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _is_path(name: str) -> bool:
    parts = name.removesuffix("/").split("/")
    if ".." in parts or "" in parts or DRIVE.match(name):
        return False
    return "\0" not in name and "\\" not in name
