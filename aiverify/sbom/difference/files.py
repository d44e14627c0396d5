"""The files of two documents: which came, went, moved, or have other bytes."""

from __future__ import annotations

from collections.abc import Iterator

from aiverify.sbom.difference.change import Change, Matters, Topic, Way
from aiverify.sbom.difference.fields import SIZE, STATE, fields
from aiverify.sbom.difference.item import Item, same_bytes
from aiverify.sbom.difference.pairing import Pairing, moved
from aiverify.sbom.difference.saying import called, field, move, presence, shown, way_of

DANGEROUS = frozenset({Topic.WEIGHTS, Topic.TEMPLATE, Topic.CODE})
"""What is loaded or run as it is."""

_MATTERS = {
    **dict.fromkeys(DANGEROUS, Matters.SECURITY),
    Topic.FILES: Matters.MINOR,
}

DOCUMENTS = (".md", ".txt", ".rst", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg")
"""How the names of files end that people read and no loader does."""


def file_changes(files: Pairing) -> Iterator[Change]:
    """Every change of a file, as `paired` brought them together."""
    for old, new in files.pairs:
        yield from _changed(old, new)
    away = moved(files.removed, files.added)
    for old, new in away.pairs:
        yield move(old, new, _moving(old, new))
        yield from _stated(old, new)
    for item in away.removed:
        yield presence(item, Way.REMOVED, _matters(item))
    for item in away.added:
        yield presence(item, Way.ADDED, _matters(item))


def _matters(item: Item) -> Matters:
    """How much a file's bytes matter: a configuration more than what only people read."""
    if item.topic is Topic.FILES and not _is_document(item):
        return Matters.NOTABLE
    return _MATTERS.get(item.topic, Matters.NOTABLE)


def _is_document(item: Item) -> bool:
    return item.value("aiverify:role") == "doc" or item.name.casefold().endswith(DOCUMENTS)


def _moving(old: Item, new: Item) -> Matters:
    """A name decides what a loader takes a file for, so code that moves is other code."""
    if old.topic is not new.topic or new.topic in DANGEROUS - {Topic.WEIGHTS}:
        return min(_matters(old), _matters(new), key=list(Matters).index)
    return Matters.MINOR


def _changed(old: Item, new: Item) -> Iterator[Change]:
    told = same_bytes(old.hashes, new.hashes)
    if told is False:
        yield field(new.topic, "digest", *_digests(old, new), _matters(new), item=new)
    elif told is None and bool(old.hashes) != bool(new.hashes):
        yield field(new.topic, "digest", old.digest, new.digest, Matters.NOTABLE, item=new)
    sizes = old.value(SIZE), new.value(SIZE)
    if told is None and sizes[0] != sizes[1]:
        yield field(new.topic, "size", *sizes, _matters(new), item=new)
    yield from _stated(old, new)


def _digests(old: Item, new: Item) -> tuple[str, str]:
    """The digests by the first algorithm in which the two differ."""
    differing = sorted(
        name
        for name in old.hashes.keys() & new.hashes.keys()
        if old.hashes[name] != new.hashes[name]
    )
    name = next((name for name in ("SHA-256", *differing) if name in differing), "")
    spelled = name.lower().replace("sha-", "sha")
    before, after = (", ".join(sorted(side.hashes[name])) for side in (old, new))
    return f"{spelled}:{before}", f"{spelled}:{after}"


def _stated(old: Item, new: Item) -> Iterator[Change]:
    """What is said of a file besides its bytes."""
    before, after = old.value(STATE), new.value(STATE)
    if before != after:
        yield _state(new, before, after)
    yield from fields(old, new, known=frozenset({SIZE, STATE}))


def _state(item: Item, old: str, new: str) -> Change:
    """What a look inside came to. Flagged now and not before is what somebody has to know."""
    matters = Matters.SECURITY if new == "flagged" else Matters.NOTABLE
    was = f"was {shown(old)}" if old else "was not looked into"
    now = f"is {shown(new)} now" if new else "is not looked into any more"
    sentence = f"The {called(item)} {was}, and {now}."
    way = way_of(old, new)
    return Change(item.topic, way, item.name, "state", old, new, matters, sentence)
