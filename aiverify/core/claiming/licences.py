"""Claims about the licence: of the card, of the headers of weights, and of the text beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiverify.core import card as cards
from aiverify.core import rules
from aiverify.core.claiming.group import Group, base_name, fields, front_matter, quoted
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Finding
from aiverify.core.names import printable

NOTHING = frozenset({"", "other", "unknown", "none", "custom", "see-license", "noassertion"})
"""Licences that are named for want of one."""

MAX_LICENCE = 100
"""Characters of a licence that is compared. A longer text is prose."""

TERMS = ("license", "licence", "copying", "unlicense")
"""How the names of files begin whose text is the licence itself, and not a notice of others."""

_ID = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_FILLERS = re.compile(r"-licen[cs]e(?=-|$)|-only$|-or-later$|(?<=\d)\+$|(?<=-)v(?=[0-9])|\.0$")
_OPERATORS = re.compile(r"\s+(?:and|or|with)\s+|[(),]", re.IGNORECASE)
_LLAMA = re.compile(r"(?:meta[ -])?llama[ -]?([0-9](?:\.[0-9])?)(?:[ -].*)?")
"""Llama's licences, which people write as an id, as a title, and as something between."""


@dataclass(frozen=True, slots=True)
class _Said:
    """Licences that a file gives, in a form that can be compared, and the words for it.

    `own` says that the name is the publisher's: no text has to be known by it.
    """

    item: FileFacts
    place: str
    ids: frozenset[str]
    words: str
    own: bool = False


def licences(group: Group, card: FileFacts | None) -> Iterator[Finding]:
    """The card's licences against all others; without a card, a header's against the texts.

    One in common is enough. A text speaks only for the folder that it lies in.
    """
    headers = [said for item in group.files if (said := _of_header(item)).ids]
    first = _of_card(card) if card else next(iter(headers), None)
    if first is None or not first.ids:
        return
    texts = _of_texts(group.files) if card is group.card and not first.own else []
    others = [*(headers if card else []), *texts]
    given = frozenset(licence for said in texts for licence in said.ids)
    for said in others:
        # Of several texts each may be of a part: code, weights, or what somebody may choose.
        ids = given if said in texts else said.ids
        if not any(_fits(one, other) for one in first.ids for other in ids):
            yield rules.claims.LICENCE.found(
                f"{printable(first.item.name)} {first.words}; "
                f"{printable(said.item.name)} {said.words}",
                file=first.item.name,
                place=first.place,
            )


def _of_card(card: FileFacts) -> _Said:
    members = front_matter(card)
    said = tuple(stated.value for stated in cards.licences(members))
    own = said != members.texts("license")
    words = f"gives the licence {quoted(', '.join(said))}"
    return _Said(card, "license", _licences(said), words, own)


def _of_header(item: FileFacts) -> _Said:
    """The licence in the header of weights: GGUF's, or the one of Stability's modelspec."""
    values = fields(item)
    metadata, said, place, own = values.inner("metadata"), "", "", ""
    if item.facts.format == "gguf":
        said, place = values.text("licence"), "general.license"
        own = metadata.text("general.license.name") if said.casefold() == "other" else ""
    elif item.facts.format == "safetensors":
        place = "modelspec.license"
        said = metadata.text(place)
    words = f"says {quoted(own or said)}"
    return _Said(item, place, _licences((own or said,)), words, bool(own))


def _of_texts(files: Sequence[FileFacts]) -> list[_Said]:
    """Whose terms lie here as a text; nothing where one is not known, or holds more than one."""
    found: list[_Said] = []
    for item in files:
        values = fields(item)
        named = base_name(item.name).casefold().startswith(TERMS)
        if item.facts.format != "licence" or not named or values.text("use_policy"):
            continue
        name = values.text("licence")
        ids = _licences((name,))
        if not ids:
            return []
        found.append(_Said(item, "", ids, f"is the text of {quoted(name)}"))
    return found


def _licences(texts: Sequence[str]) -> frozenset[str]:
    """Licences in a form that can be compared; nothing where one of them is more than an id."""
    found: set[str] = set()
    for text in texts:
        if len(text) > MAX_LICENCE or "://" in text:
            return frozenset()
        parts = (_licence(part) for part in _OPERATORS.split(text) if part.strip())
        for part in parts:
            if part in NOTHING or not _ID.fullmatch(part):
                return frozenset()
            found.add(part)
    return frozenset(found)


def _licence(text: str) -> str:
    """One spelling of a licence's id: `MIT-License` is `mit`, and `GPL-v3` is `gpl-3.0-only`."""
    words = text.strip().casefold().replace("_", "-")
    if llama := _LLAMA.fullmatch(words):
        words = f"llama{llama[1]}"
    elif "rail" in words:
        # The Hub has names for a few of the licences of this family, and models use any of them.
        words = "openrail"
    while (less := _FILLERS.sub("", words)) != words:
        words = less
    return words


def _fits(one: str, other: str) -> bool:
    """Whether two ids are one licence, or one of them names the family of the other."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")
