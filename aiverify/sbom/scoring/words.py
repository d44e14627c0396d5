"""What a text says that somebody put where something was asked for."""

from __future__ import annotations

import re
from functools import lru_cache

from aiverify.core.names import printable

MAX_SHOWN = 60
"""Characters of a foreign text that a reason quotes."""

MAX_LINK = 2000
"""Characters of a link that anybody can follow."""

_PLACEHOLDERS = frozenset(
    (
        "-",
        "--",
        "...",
        "?",
        "[more information needed]",
        "change me",
        "changeme",
        "fixme",
        "more information needed",
        "n/a",
        "na",
        "no assertion",
        "noassertion",
        "none",
        "not applicable",
        "not available",
        "not provided",
        "not specified",
        "null",
        "nil",
        "placeholder",
        "tba",
        "tbd",
        "to be announced",
        "to be determined",
        "to be done",
        "todo",
        "undefined",
        "unknown",
        "unspecified",
        "xxx",
    )
)

_FLOATING = frozenset(
    (
        "current",
        "dev",
        "develop",
        "edge",
        "head",
        "latest",
        "main",
        "master",
        "nightly",
        "snapshot",
        "stable",
        "trunk",
    )
)

_RANGE = re.compile(r"[*^~<>=|]|^vers:")

_URL = re.compile(r"(?:https?|git|ssh|ftp|s3|gs|oci|hf)://(?P<host>[^/?#\s]+)\S*", re.IGNORECASE)
_URN = re.compile(r"(?:urn|doi|mailto|pkg):\S+|git@[\w.-]+:\S+", re.IGNORECASE)
_NOWHERE = re.compile(
    r"(?:^|[.@])(?:example\.(?:com|org|net)|example|invalid|localhost|local|test)(?::\d+)?$"
    r"|^(?:127\.|10\.|192\.168\.|0\.0\.0\.0)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_placeholder(text: str) -> bool:
    """Whether a text only holds the place of something."""
    bare = " ".join(text[:200].split()).casefold().strip(".!<>()")
    return bare in _PLACEHOLDERS or not bare or bare.startswith("[more information needed]")


def is_floating(version: str) -> bool:
    """Whether a version names no state: `latest`, a branch, or a range."""
    return version[:200].strip().casefold() in _FLOATING or bool(_RANGE.search(version[:200]))


def is_link(text: str) -> bool:
    """Whether a link could lead somewhere, as far as its spelling says."""
    bare = text[: MAX_LINK + 1].strip()
    if len(bare) > MAX_LINK:
        return False
    found = _URL.fullmatch(bare)
    if not found:
        return bool(_URN.fullmatch(bare))
    host = found["host"]
    return ("." in host or ":" in host) and not _NOWHERE.search(host)


def quoted(text: str) -> str:
    """A foreign text in a sentence: short, on one line, and without what a terminal acts on."""
    flat = " ".join(text[: MAX_SHOWN * 4].split())
    short = flat if len(flat) <= MAX_SHOWN else f"{flat[:MAX_SHOWN]}..."
    # Most texts are plain, and a document may have a hundred thousand.
    return f'"{short if short.isascii() and short.isprintable() else printable(short)}"'


@lru_cache(maxsize=4096)
def words_of(name: str) -> str:
    """The words of a property's name in lower case, each between spaces: ` training date `."""
    found = (word.casefold() for word in _WORD.findall(name[:500]))
    return f" {' '.join(found)} "
