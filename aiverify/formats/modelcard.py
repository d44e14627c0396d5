"""Model cards: YAML front matter, and prose under headings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.complaint import complaint
from aiverify.formats.interface import Probe, Source

NAMES = frozenset({"readme.md", "modelcard.md", "model_card.md", "model-card.md"})

MAX_CARD = 4 << 20
MAX_FRONT_MATTER = 1 << 20

FENCE = "---"
HEADING = re.compile(r"#{1,4}[ \t]+(\S.*)")
CODE_FENCES = ("```", "~~~")


class ModelCard:
    """A model card.

    States `front_matter` (its members as JSON, none when there is no front matter) and
    `sections`: prose by heading, the heading in lower case. A card does no harm, so one
    that cannot be read is flagged with a warning.
    """

    name = "modelcard"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base in NAMES

    def read(self, probe: Probe, source: Source) -> Facts:
        """The card's statements, from its first 4 MiB."""
        try:
            text = _text(source)
        except UnicodeDecodeError as error:
            message = f"byte {error.start} of the card is not UTF-8"
            finding = complaint(probe, message, Severity.WARNING)
            return Facts(self.name, self.role, "not UTF-8", findings=(finding,))
        values: dict[str, Json] = {"front_matter": {}}
        findings: tuple[Finding, ...] = ()
        parts = _split(text)
        try:
            values["front_matter"] = _front_matter(parts)
        except MalformedError as error:
            findings = (complaint(probe, error.message, Severity.WARNING),)
        values["sections"] = dict(_sections(parts.prose))
        if source.size > MAX_CARD:
            shown = printable(probe.name)
            values["warnings"] = [f"{shown} is read up to {MAX_CARD >> 20} MiB and no further"]
        return Facts(self.name, self.role, "model card", values, findings=findings)


def _text(source: Source) -> str:
    """The card's text with plain line ends; a cut may go through a character."""
    data = source.read_at(0, min(source.size, MAX_CARD))
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    text = decoder.decode(data, final=len(data) == source.size)
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Parts(NamedTuple):
    """A card in two parts. `block` is the front matter, which begins at line `first_line`."""

    prose: str
    block: str = ""
    first_line: int = 1
    closed: bool = True


def _split(text: str) -> _Parts:
    start = len(text) - len(text.lstrip())
    opening, _, rest = text[start:].partition("\n")
    if opening.rstrip() != FENCE:
        return _Parts(text)
    first_line = text.count("\n", 0, start) + 2
    closing = re.search(r"^---[ \t]*$", rest, re.MULTILINE)
    if closing is None:
        return _Parts(rest, "", first_line, closed=False)
    return _Parts(rest[closing.end() :], rest[: closing.start()], first_line)


def _front_matter(parts: _Parts) -> dict[str, Json]:
    line = parts.first_line
    if not parts.closed:
        raise MalformedError(f"line {line - 1}: no second --- closes the front matter")
    if len(parts.block) > MAX_FRONT_MATTER:
        size = MAX_FRONT_MATTER >> 20
        raise MalformedError(f"line {line}: the front matter is larger than {size} MiB")
    if not parts.block.strip():
        return {}
    # YAML is heavy, and most artifacts have one card.
    from aiverify.core.yamlvalue import parse

    return parse(parts.block, "the front matter", line)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Headings with their prose; prose under a heading that comes again is put together."""
    prose: dict[str, list[str]] = {}
    heading, fence = "", ""
    for line in text.split("\n"):
        fence = _fence_after(line, fence)
        match = None if fence else HEADING.match(line)
        if match:
            heading = match[1].strip("# \t").lower()
        elif heading:
            prose.setdefault(heading, []).append(line)
    for title, lines in prose.items():
        if body := "\n".join(lines).strip():
            yield title, body


def _fence_after(line: str, fence: str) -> str:
    """The fence of the code block that is open behind a line: `#` starts no heading there."""
    mark = line.lstrip()[:3]
    if not fence:
        return mark if mark in CODE_FENCES else ""
    return "" if mark == fence else fence
