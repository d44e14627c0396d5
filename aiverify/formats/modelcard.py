"""Model cards: YAML front matter, and prose under headings."""

from __future__ import annotations

import re
from typing import NamedTuple

from aiverify.core.facts import Facts, Role
from aiverify.core.finding import Finding, Severity
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.formats.card_prose import read_prose
from aiverify.formats.complaint import complaint
from aiverify.formats.encoding import decode, encoding_of, plain_lines
from aiverify.formats.interface import Probe, Source
from aiverify.formats.text import CONTROLS

NAMES = frozenset({"readme.md", "modelcard.md", "model_card.md", "model-card.md"})

MAX_CARD = 2 << 20
MAX_FRONT_MATTER = 1 << 20

FENCE = "---"


class ModelCard:
    """A card of a model or a data set.

    States `front_matter` (its members as JSON, none when there is no front matter),
    `sections`: prose by heading, the heading in lower case, and where there are any `bullets`:
    facts by their label, such as `developed by`, from lines like `- **Developed by:** name`.
    A card does no harm, so one that cannot be read is flagged with a warning.
    """

    name = "modelcard"
    role = Role.DOC

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base in NAMES

    def read(self, probe: Probe, source: Source) -> Facts:
        """The card's statements, from its first 2 MiB."""
        data = source.read_at(0, min(source.size, MAX_CARD))
        text, flaw = _text(data, whole=len(data) == source.size)
        flaws = [flaw] if flaw else []
        if text is None:
            return Facts(self.name, self.role, "no text", findings=_findings(probe, flaws))
        values: dict[str, Json] = {"front_matter": {}}
        parts = _split(text)
        try:
            values["front_matter"] = _front_matter(parts)
        except MalformedError as error:
            flaws.append(error.message)
        prose = read_prose(parts.prose)
        values["sections"] = prose.sections
        if prose.bullets:
            values["bullets"] = prose.bullets
        warnings: list[Json] = []
        if source.size > MAX_CARD:
            warnings.append(f"is read up to {MAX_CARD >> 20} MiB and no further")
        if prose.left_out:
            warnings.append(f"states {prose.left_out} facts more than are kept")
        if warnings:
            values["warnings"] = [f"{printable(probe.name)} {warning}" for warning in warnings]
        found = _findings(probe, flaws)
        return Facts(self.name, self.role, "model card", values, findings=found)


def _findings(probe: Probe, flaws: list[str]) -> tuple[Finding, ...]:
    return tuple(complaint(probe, flaw, Severity.WARNING) for flaw in flaws)


def _text(data: bytes, *, whole: bool) -> tuple[str | None, str]:
    """The card's text and what is wrong with its encoding. A cut may go through a character.

    Cards of old are in Latin-1, which takes any bytes: only without control characters are
    they a text, and the finding says what was assumed.
    """
    name, mark = encoding_of(data)
    zero = data.find(0)
    if not mark and zero >= 0:
        # UTF-16 without its mark would pass for UTF-8.
        return None, f"byte {zero} of the card is zero, which no text in UTF-8 has"
    try:
        return decode(data, whole=whole), ""
    except UnicodeDecodeError as error:
        flaw = f"byte {mark + error.start} of the card is not {name.upper()}"
        if mark or len(data.translate(None, CONTROLS)) != len(data):
            return None, flaw
        return plain_lines(data.decode("latin-1")), f"{flaw}, and it is read as Latin-1"


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
