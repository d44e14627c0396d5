"""Licences by the words of their texts, held against those of the usual licences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARACTERS = 1 << 18
"""A longer text is no licence."""

COVERED = 0.75
"""The part of a file's words that a licence's text has to make up."""

WORD = re.compile(r"[^\W_]+")
NUMBERING = re.compile(r"^\s*(?:[-*\u2022]|\(?[0-9a-z]{1,2}[.)])\s+", re.IGNORECASE)
OWNER = re.compile(
    r"\W*(?:portions )?(?:copyright\b.*(?:\d{4}|\(c\)|\u00a9|[\[<{])|\(c\)|\u00a9)"
    r"|\W*copyright (?!(?:and|or|holder|interest|law|licen[cs]e|notice|owner))(?:\W*\w+){1,8}\W*$"
    r"|\W*all rights reserved\W*$|.*spdx-license-identifier",
    re.IGNORECASE,
)
TERM = re.compile(
    r"\b(?:commercial\w*|condition\w*|except\w*|grant\w*|may|must|no|not|only|permission|permitted"
    r"|prohibit\w*|provided|restrict\w*|shall|subject|unless|use\w*)\b",
    re.IGNORECASE,
)
"""What makes more of a line than a statement of whose it is."""

TITLE_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a academic affero afl apache artistic attribution boost bsd by cc cc0 clause clear commons
        creative eclipse expat font free general gnu international isc lesser licence license mit
        modified mozilla mpl nc nd new no noderivatives noncommercial of ofl open osl postgresql
        public revised sa sharealike sil simplified software the two three universal unlicense upl
        v version x11 zero zlib
        """,
    )
)
"""Words that titles of licences are made of, beside numbers."""

NAMING = TITLE_WORDS & {"clause", "international", "licence", "license", "universal", "version"}
"""Words of which a title has one: the last word of a paragraph may stand alone in its line."""

BEGINS = re.compile(r"creative commons attribution[\w\s.-]{0,60}?public license\s+by exercising")
ENDS = re.compile(r"(?<=end of terms and conditions)|(?=creative commons is not a party to its)")
"""Where terms begin and end. Around them stands how to apply them, which is often left out."""

MANY = 5
"""Words of a paragraph around the terms that is told from any other."""


@dataclass(frozen=True, slots=True)
class Found:
    """Licences whose texts a file holds, by their ids in SPDX's list.

    `exact` says that the file holds nothing else but titles, owners and years, and
    `has_more_terms` that what else it holds may take back what the licence grants.
    """

    ids: tuple[str, ...]
    exact: bool
    has_more_terms: bool = False


def by_words(text: str) -> Found | None:
    """The licences that a text is made of, or None where most of it is something else."""
    if len(text) > MAX_CHARACTERS:
        return None
    words = _plain(text)
    rest, ids = words, []
    for licence in _candidates(len(text)):
        if licence.terms in rest:
            ids.append(licence.id)
            for known in (licence.terms, *licence.around):
                rest = rest.replace(known, " ")
        if ids and not rest.strip():
            break
    left = rest.split()
    if not ids or len(left) > (1 - COVERED) * len(words.split()):
        return None
    more_terms = any(map(TERM.fullmatch, left))
    return Found(tuple(sorted(ids)), len(ids) == 1 and not left, has_more_terms=more_terms)


@dataclass(frozen=True, slots=True)
class _Licence:
    """The words of its terms, and of each paragraph that is printed around them."""

    id: str
    terms: str
    around: tuple[str, ...]


def _candidates(characters: int) -> Iterator[_Licence]:
    """Licences that a text of this length can hold: the one that is as long, then the longest.

    No licence holds another's terms whole, so what is taken out first takes nothing away.
    """
    from identify.vendor.licenses import LICENSES

    fitting = [item for item in LICENSES if len(item[1]) < 2 * characters]
    likely = sorted(fitting, key=lambda item: abs(len(item[1]) - characters))[:1]
    longest = sorted(fitting, key=lambda item: -len(item[1]))
    return (_licence(name, text) for name, text in (*likely, *longest))


@lru_cache
def _licence(name: str, text: str) -> _Licence:
    folded = text.lower()
    begin = found.start() if (found := BEGINS.search(folded)) else 0
    end = found.start() if (found := ENDS.search(folded, begin)) else len(folded)
    around = re.split(r"\n\s*\n", f"{folded[:begin]}\n\n{folded[end:]}")
    told = tuple(item for item in map(_plain, around) if item.count(" ") > MANY)
    return _Licence(name, _plain(folded[begin:end]), told)


def _plain(text: str) -> str:
    """The words of a text, a space around each, without lines that only say whose it is."""
    return f" {' '.join(_words(text.lower().split(chr(10))))} "


def _words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        words = WORD.findall(NUMBERING.sub("", line.replace("https:", "http:")))
        owner = OWNER.match(line) and not TERM.search(line)
        if not owner and not _is_title(words):
            yield from words


def _is_title(words: list[str]) -> bool:
    known = all(word in TITLE_WORDS or word[:1].isdigit() for word in words)
    return known and len(words) > 1 and not NAMING.isdisjoint(words)
