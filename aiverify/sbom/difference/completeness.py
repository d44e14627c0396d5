"""How much of what a document lists it vouches for as complete (CycloneDX, `compositions`)."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.sbom.difference.change import Change, Matters, Topic
from aiverify.sbom.difference.document import Document
from aiverify.sbom.difference.saying import ARTIFACT, shown, way_of
from aiverify.sbom.reading import items, text

LISTS = {"assemblies": "list of parts", "dependencies": "list of dependencies"}
"""What is complete or not of the whole, and words for it."""


def completeness_changes(old: Document, new: Document) -> Iterator[Change]:
    """What was vouched for and no longer is, or the other way round, of the whole.

    That nobody looked into one of the files is told of that file.
    """
    for key, words in LISTS.items():
        before, after = _aggregate(old, key), _aggregate(new, key)
        if before != after:
            yield _change(words, before, after)


def _aggregate(document: Document, key: str) -> str:
    """What is said of the whole; all of it where the document contradicts itself."""
    root = document.root.ref
    said = {
        text(composition, "aggregate")
        for composition in items(document.place, "compositions")
        if root and any(item.value == root for item in items(composition, key))
    }
    return ", ".join(sorted(said - {""})).replace("_", " ")


def _change(words: str, old: str, new: str) -> Change:
    now = f"is {shown(new)} now" if new else "is not vouched for now"
    was = f"was {shown(old)}" if old else "was not vouched for"
    sentence = f"The {words} {was}, and {now}."
    # Less than complete means that what is missing from the list may be there all the same.
    lost = old == "complete"
    matters = Matters.NOTABLE if lost else Matters.MINOR
    way = way_of(old, new)
    return Change(Topic.OTHER, way, ARTIFACT, words, old, new, matters, sentence)
