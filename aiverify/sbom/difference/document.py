"""Somebody's CycloneDX document, sorted into what a comparison asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from aiverify.core.jsonvalue import Json
from aiverify.sbom.difference.change import Side, Topic
from aiverify.sbom.difference.item import Item, read_item
from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.reading import Located, components, items, member, root_of, text


@dataclass(frozen=True, slots=True)
class Document:
    """A document in parts. `others` are all components but files and base models."""

    place: Located
    root: Item
    files: Sequence[Item]
    bases: Sequence[Item]
    others: Sequence[Item]

    @property
    def card(self) -> Located:
        """The model card of what the document is about."""
        return member(self.root.located, "modelCard")

    @property
    def side(self) -> Side:
        """What it is about."""
        digest = self.root.value(ROOT_DIGEST) or self.root.digest
        return Side(self.root.name, self.root.version, digest)

    @property
    def named(self) -> Mapping[str, Item]:
        """Components by their refs, the first where two share one."""
        found: dict[str, Item] = {}
        for item in (self.root, *self.files, *self.others):
            if item.ref:
                found.setdefault(item.ref, item)
        return found


def read_document(value: Json) -> Document:
    """Sort a document's components. What has the wrong type is not there."""
    place, root = Located(value, ""), root_of(value)
    listed = list(map(read_item, chain(components(place), components(root))))
    ancestors = items(member(root, "pedigree"), "ancestors")
    bases = list(map(partial(read_item, topic=Topic.BASE), ancestors))
    known = {key for base in bases for key in _keys(base)}
    rest = [item for item in listed if item.sort != "file" and not _is_base(item, known)]
    return Document(
        place,
        read_item(root, Topic.IDENTITY),
        [item for item in listed if item.sort == "file"],
        bases,
        [*rest, *_inline(root, rest)],
    )


def _keys(item: Item) -> Iterator[tuple[str, str]]:
    """What a base model is known by; a pedigree repeats a component without its ref."""
    if item.package:
        yield "purl", item.package
    if item.name:
        yield "name", item.name


def _is_base(item: Item, known: set[tuple[str, str]]) -> bool:
    """Whether the pedigree has this component as well, which is one base model then."""
    return item.topic is Topic.PARTS and not known.isdisjoint(_keys(item))


def _inline(root: Located, listed: Sequence[Item]) -> Iterator[Item]:
    """Datasets that the model card describes without listing them as components."""
    known = {item.name for item in listed if item.topic is Topic.DATASETS}
    parameters = member(member(root, "modelCard"), "modelParameters")
    for dataset in items(parameters, "datasets"):
        if text(dataset, "name") and text(dataset, "name") not in known:
            yield read_item(dataset, Topic.DATASETS)
