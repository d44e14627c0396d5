"""The prose of a model card: what is under its headings, and its lists of facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiverify.formats.cutting import cut

HEADING = re.compile(r"#{1,4}[ \t]+(\S.*)")
CODE_FENCES = ("```", "~~~")

COMMENT, COMMENT_END = "<!--", "-->"

BULLET = re.compile(r"\s{0,8}(?:[-*+][ \t]+)?\*\*([^*\n]{1,100})\*\*[ \t]*:?[ \t]*(\S.*)?")
"""A fact as the template of model cards writes it: `- **Developed by:** name`."""

OPTIONAL = re.compile(r"\s*\[optional\]", re.IGNORECASE)

PLACEHOLDER = re.compile(
    r"\[more information needed\]|\{\{.*|n/?a|todo|tbd|-+|\.{3}", re.IGNORECASE
)
"""What stands where nobody wrote anything."""

MAX_BULLETS = 200
MAX_FACT = 2000
"""Characters of a fact that are kept."""


@dataclass(frozen=True, slots=True)
class Prose:
    """What a card says in its prose.

    `sections` is prose by heading; `bullets` are facts by their label, which has no colon.
    Headings and labels are in lower case. `left_out` are facts beyond the bound.
    """

    sections: dict[str, str]
    bullets: dict[str, str]
    left_out: int = 0


def read_prose(text: str) -> Prose:
    """Take a card's prose apart. What comes under a heading that comes again is put together.

    Comments are left out: the template of cards has one in each section, which says what to
    write there.
    """
    prose: dict[str, list[str]] = {}
    bullets: dict[str, str] = {}
    heading, left_out = "", 0
    for begun, line in _lines(text):
        if begun is not None:
            # A heading of signs alone ends the section before it, and begins none.
            heading = begun
            continue
        if heading:
            prose.setdefault(heading, []).append(line)
        label, fact = _fact(line)
        if label and len(bullets) >= MAX_BULLETS:
            left_out += label not in bullets
        elif label:
            bullets.setdefault(label, fact)
    bodies = {title: "\n".join(lines).strip() for title, lines in prose.items()}
    return Prose({title: body for title, body in bodies.items() if body}, bullets, left_out)


def _lines(text: str) -> Iterator[tuple[str | None, str]]:
    """Lines without comments. Of those that are headings, the words in lower case."""
    fence, hidden = "", False
    # A comment that nothing ends is text: it would hide all that follows.
    last_end = text.rfind(COMMENT_END)
    start = 0
    for line in text.split("\n"):
        shown = line
        if not fence:
            shown, hidden = _without_comments(line, last_end - start, hidden=hidden)
        start += len(line) + 1
        if shown != line and not shown.strip():
            continue
        fence = _fence_after(shown, fence)
        match = None if fence else HEADING.match(shown)
        yield (match[1].strip("# \t").lower() if match else None), shown


def _without_comments(line: str, last_end: int, *, hidden: bool) -> tuple[str, bool]:
    """What is seen of a line, and whether a comment goes on behind it.

    `last_end` is where the last comment of the text may end, from the beginning of the line.
    """
    kept, at = [], 0
    while True:
        if hidden:
            end = line.find(COMMENT_END, at)
            if end < 0:
                break
            hidden, at = False, end + len(COMMENT_END)
        begin = line.find(COMMENT, at)
        if not 0 <= begin <= last_end - len(COMMENT):
            kept.append(line[at:])
            break
        kept.append(line[at:begin])
        hidden, at = True, begin + len(COMMENT)
    return "".join(kept), hidden


def _fence_after(line: str, fence: str) -> str:
    """The fence of the code block that is open behind a line: `#` starts no heading there."""
    mark = line.lstrip()[:3]
    if not fence:
        return mark if mark in CODE_FENCES else ""
    return "" if mark == fence else fence


def _fact(line: str) -> tuple[str, str]:
    """Label and fact of a line, or nothing where it has none, or nobody filled it in."""
    if "**" not in line:
        return "", ""
    found = BULLET.fullmatch(line.rstrip())
    if found is None or ":" not in line[: found.start(2) if found[2] else None]:
        return "", ""
    label = OPTIONAL.sub("", found[1]).strip().rstrip(":").strip().lower()
    fact = cut((found[2] or "").strip(), MAX_FACT)
    return (label, fact) if fact and not PLACEHOLDER.fullmatch(fact) else ("", "")
