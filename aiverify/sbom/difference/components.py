"""Base models, datasets, parts and packages: which came or went, and what changed of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiverify.sbom.difference.change import Change, Matters, Topic, Way
from aiverify.sbom.difference.fields import fields
from aiverify.sbom.difference.item import Item, kind_of_purl, same_bytes
from aiverify.sbom.difference.pairing import paired
from aiverify.sbom.difference.saying import called, field, presence, shown, way_of
from aiverify.sbom.difference.versions import Turn, turn

_MATTERS = {
    Topic.BASE: Matters.SECURITY,
    Topic.TEMPLATE: Matters.SECURITY,
    Topic.WEIGHTS: Matters.SECURITY,
    Topic.CODE: Matters.SECURITY,
    Topic.OTHER: Matters.MINOR,
}


def component_changes(old: Sequence[Item], new: Sequence[Item]) -> Iterator[Change]:
    """Every change of components that are no files."""
    found = paired(old, new)
    for before, after in found.pairs:
        yield from _changed(before, after)
    for item in found.removed:
        yield presence(item, Way.REMOVED, _matters(item))
    for item in found.added:
        yield presence(item, Way.ADDED, _matters(item))


def _matters(item: Item) -> Matters:
    return _MATTERS.get(item.topic, Matters.NOTABLE)


def _changed(old: Item, new: Item) -> Iterator[Change]:
    if old.version != new.version:
        yield _version(old, new)
    if old.name != new.name:
        yield field(new.topic, "name", old.name, new.name, Matters.NOTABLE, item=new)
    yield from _digest(old, new)
    yield from fields(old, new)


def _version(old: Item, new: Item) -> Change:
    """Another version, which is up or down where its ecosystem says so."""
    before, after = old.version, new.version
    if new.topic is not Topic.PACKAGES or not (before and after):
        what = "revision" if new.topic is Topic.BASE else "version"
        return field(new.topic, what, before, after, _matters(new), item=new)
    went = turn(before, after, kind_of_purl(new.purl or old.purl))
    verb = {Turn.UP: "was upgraded", Turn.DOWN: "was downgraded"}.get(went, "changed")
    # Going back brings back what was repaired in between.
    matters = Matters.SECURITY if went is Turn.DOWN else Matters.NOTABLE
    sentence = f"The {called(new)} {verb} from {shown(before)} to {shown(after)}."
    way = way_of(before, after)
    return Change(new.topic, way, new.name, "version", before, after, matters, sentence)


def _digest(old: Item, new: Item) -> Iterator[Change]:
    told = same_bytes(old.hashes, new.hashes)
    if old.digest == new.digest or told is True:
        return
    same_release = old.version == new.version and new.topic is Topic.PACKAGES
    if told is False and same_release and new.version:
        sentence = f"The {called(new)} has the same version and other bytes."
        yield Change(
            new.topic,
            Way.CHANGED,
            new.name,
            "digest",
            old.digest,
            new.digest,
            Matters.SECURITY,
            sentence,
        )
    else:
        matters = _matters(new) if told is False else Matters.NOTABLE
        yield field(new.topic, "digest", old.digest, new.digest, matters, item=new)
