"""Comparing two documents. Serial number, time and tools are no changes, nor is any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.sbom.difference.card import card_changes
from aiverify.sbom.difference.change import Change, Difference, Matters, Topic, Way, Weights
from aiverify.sbom.difference.completeness import completeness_changes
from aiverify.sbom.difference.components import component_changes
from aiverify.sbom.difference.document import Document, read_document
from aiverify.sbom.difference.fields import fields
from aiverify.sbom.difference.files import file_changes
from aiverify.sbom.difference.item import STRONG, Item, same_bytes
from aiverify.sbom.difference.pairing import Pairing, paired
from aiverify.sbom.difference.saying import field
from aiverify.sbom.difference.vulnerabilities import vulnerability_changes

_RANK = {topic: rank for rank, topic in enumerate(Topic)}
_WEIGHT = {matters: rank for rank, matters in enumerate(Matters)}


def difference(old: Json, new: Json) -> Difference:
    """What changed from one CycloneDX document to another.

    A document may be anybody's: what has the wrong type counts as absent, and nothing raises.
    """
    before, after = read_document(old), read_document(new)
    files = paired(before.files, after.files)
    found = [
        *file_changes(files),
        *component_changes(before.bases, after.bases),
        *component_changes(before.others, after.others),
        *vulnerability_changes(before, after),
        *card_changes(before.card, after.card),
        *completeness_changes(before, after),
    ]
    found += _root(before.root, after.root, listed=any(map(_is_of_bytes, found)))
    changes = sorted(dict.fromkeys(found), key=_order)
    weights = _weights(before, after, changes)
    return Difference(
        before.side, after.side, weights, tuple(changes), tuple(_remarks(files, weights))
    )


def _order(change: Change) -> tuple[object, ...]:
    return (
        _RANK[change.topic],
        _WEIGHT[change.matters],
        change.subject,
        change.what,
        change.old,
        change.new,
    )


def _is_of_bytes(change: Change) -> bool:
    """Whether a change explains that the digest over all files is another."""
    return change.what in ("component", "digest", "size") and change.topic not in (
        Topic.BASE,
        Topic.PACKAGES,
        Topic.VULNERABILITIES,
    )


def _root(old: Item, new: Item, *, listed: bool) -> Iterator[Change]:
    """What the documents are about. `listed` says that a change of its files was found."""
    for what, before, after, matters in (
        ("name", old.name, new.name, Matters.NOTABLE),
        ("type", old.sort, new.sort, Matters.NOTABLE),
        ("version", old.version, new.version, Matters.MINOR),
        ("package", old.package, new.package, Matters.NOTABLE),
    ):
        if before != after:
            yield field(Topic.IDENTITY, what, before, after, matters)
    yield from _digest(old, new)
    for change in fields(old, new):
        if change.what == "root digest" and listed:
            # The files that cause it are told with their own weight.
            yield replace(change, matters=Matters.NOTABLE)
        elif change.what == "root digest" and change.way is Way.CHANGED:
            sentence = f"{change.sentence[:-1]}, and no file that is listed explains it."
            yield replace(change, sentence=sentence)
        else:
            yield change


def _digest(old: Item, new: Item) -> Iterator[Change]:
    """A hash of the whole, as tools give it that know a model as one file."""
    if old.hashes != new.hashes and same_bytes(old.hashes, new.hashes) is not True:
        changed = same_bytes(old.hashes, new.hashes) is False
        matters = Matters.SECURITY if changed else Matters.NOTABLE
        if old.digest != new.digest:
            yield field(Topic.IDENTITY, "digest", old.digest, new.digest, matters)


def _weights(old: Document, new: Document, changes: Sequence[Change]) -> Weights:
    """Whether the same bytes are weights in both, under whatever names."""
    if any(_is_of_weights(change) for change in changes):
        return Weights.CHANGED
    before, after = ([i for i in side.files if i.topic is Topic.WEIGHTS] for side in (old, new))
    if before or after:
        return Weights.SAME if _same(before, after) else Weights.UNKNOWN
    if not (old.root.hashes or new.root.hashes):
        return Weights.NONE
    told = same_bytes(old.root.hashes, new.root.hashes)
    return {True: Weights.SAME, False: Weights.CHANGED, None: Weights.UNKNOWN}[told]


def _is_of_weights(change: Change) -> bool:
    if change.topic is not Topic.WEIGHTS or change.way is Way.MOVED:
        return False
    return change.what == "component" or (
        change.what in ("digest", "size") and change.way is Way.CHANGED
    )


def _same(old: Sequence[Item], new: Sequence[Item]) -> bool:
    """Whether one strong algorithm gives the same digests on both sides."""
    for algorithm in STRONG:
        before, after = (
            Counter(item.hashes.get(algorithm) for item in side) for side in (old, new)
        )
        if None not in before and None not in after:
            return before == after
    return False


def _remarks(files: Pairing, weights: Weights) -> Iterator[str]:
    """What could not be told. No change that is found does not mean that there is none."""
    untold = sum(same_bytes(one.hashes, other.hashes) is None for one, other in files.pairs)
    if untold:
        yield (
            f"{counted(untold, 'file')} of the same name cannot be compared by bytes: there is "
            "no digest of one algorithm on both sides."
        )
    if weights is Weights.UNKNOWN:
        yield "Nobody can tell whether the weights are the same bytes."
    if weights is Weights.NONE:
        yield "Neither document lists weights."
