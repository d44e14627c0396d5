"""A walk through all objects of an HDF5 file, from its root."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiverify.core import rules
from aiverify.core.names import printable
from aiverify.formats.hdf5 import attributes, groups, objects
from aiverify.formats.hdf5.attributes import Attribute
from aiverify.formats.hdf5.contents import Contents
from aiverify.formats.hdf5.datasets import Datasets
from aiverify.formats.hdf5.heaps import GlobalHeaps
from aiverify.formats.hdf5.links import Link, Way
from aiverify.formats.hdf5.objects import KINDS, MUST_UNDERSTAND, Kind, Message
from aiverify.formats.hdf5.pickles import MARKS, is_pickle
from aiverify.formats.hdf5.store import COST, NotFollowed, Store
from aiverify.formats.interface import Part
from aiverify.formats.sources import Memory

MAX_OBJECTS = 100_000
MAX_DEPTH = 100
"""Groups within groups. A path is as long as they are deep."""

MAX_SHOWN = 200

TEXTS = ("model_config", "training_config", "keras_version", "backend")
"""Attributes whose text is read: Keras keeps its configuration in them."""

DTYPES = {"bfloat16": "bf16", "float8_e4m3fn": "f8_e4m3", "float8_e5m2": "f8_e5m2"}

GROUP = frozenset({Kind.SYMBOL_TABLE, Kind.LINK_INFO, Kind.LINK, Kind.GROUP_INFO})


class Walk:
    """Visits each object once, whatever number of links lead to it.

    What breaks the format's rules ends the walk; what is not looked into is noted, and the
    rest is looked into nevertheless.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._heaps = GlobalHeaps(store)
        self.contents = Contents()
        self._datasets = Datasets(store, self._heaps, self.contents)
        self._depth = 0
        self._waiting: list[tuple[str, int | None, int]] = []
        self._seen: set[int] = set()

    def from_root(self, root: int | None) -> Contents:
        """Everything that can be reached.

        Raises:
            MalformedError: an object breaks a rule of the format.
        """
        self._waiting.append(("", root, 0))
        while self._waiting:
            path, address, self._depth = self._waiting.pop()
            place = self._store.check(address, 8)
            if place not in self._seen:
                self._seen.add(place)
                self._object(path, place)
        return self.contents

    def _object(self, path: str, address: int) -> None:
        try:
            self._store.spend(len(path))
            found = objects.messages(self._store, address)
        except NotFollowed as error:
            self.contents.unread[str(error)] = None
            return
        self.contents.groups += any(item.kind in GROUP for item in found)
        self._unknown(found)
        for step in (self._datasets.look, self._attributes, self._links):
            try:
                step(path, found)
            except NotFollowed as error:
                self.contents.unread[str(error)] = None

    def _unknown(self, found: Sequence[Message]) -> None:
        for item in found:
            if item.kind not in KINDS and item.flags & MUST_UNDERSTAND:
                self.contents.unread[f"an object with a message of kind {item.kind}"] = None

    def _attributes(self, path: str, found: Sequence[Message]) -> None:
        names: set[str] = set()
        for item in _all_attributes(self._store, found):
            self._store.spend(COST)
            self.contents.attributes += 1
            self._once(names, item.name, f"attributes of {_shown(path)}", path)
            self._attribute(path, item)

    def _attribute(self, path: str, item: Attribute) -> None:
        if item.name in TEXTS:
            texts = item.texts(self._store, self._heaps, 1)
            if texts is None and item.name == "model_config":
                self.contents.unread["a model_config that is no text"] = None
            self.contents.texts.setdefault(item.name, []).extend(texts or [])
        elif item.name == "dtype":
            self._restate(path, item.texts(self._store, self._heaps, 1) or [])
        elif item.name in MARKS:
            texts = item.texts(self._store, self._heaps, 1)
            if texts and texts[0].startswith(MARKS[item.name]):
                self.contents.unread["a dataset of pickles"] = None
        elif is_pickle(item.data.rstrip(b"\0")):
            name = f"{path}@{item.name}"
            memory = Memory(item.data.rstrip(b"\0"))
            self.contents.parts.append(Part(name, lambda: memory))

    def _restate(self, path: str, texts: list[str]) -> None:
        """Keras's own word for a dtype that NumPy, and so HDF5, does not know."""
        tensors = self.contents.tensors
        known = DTYPES.get(texts[0]) if texts else None
        if known and tensors and tensors[-1].name == path and tensors[-1].dtype == "opaque":
            tensors[-1] = replace(tensors[-1], dtype=known)

    def _links(self, path: str, found: Sequence[Message]) -> None:
        depth = self._depth + 1
        names: set[str] = set()
        inner: list[tuple[str, int | None, int]] = []
        for message in found:
            for link in groups.members(self._store, message):
                self._store.spend(COST)
                self._once(names, link.name, f"members of {_shown(path)}", path)
                below = f"{path}/{link.name}" if path else link.name
                if link.way is Way.HARD:
                    inner.append((below, link.address, depth))
                else:
                    self._away(below, link)
        if inner and depth > MAX_DEPTH:
            raise NotFollowed(f"groups nested deeper than {MAX_DEPTH}")
        if len(self._seen) + len(self._waiting) + len(inner) > MAX_OBJECTS:
            raise NotFollowed(f"more than {MAX_OBJECTS} objects")
        self._waiting += reversed(inner)

    def _away(self, path: str, link: Link) -> None:
        """A link that names what it stands for."""
        target = printable(link.target[:MAX_SHOWN])
        if link.way is Way.SOFT:
            self.contents.soft_links += 1
        elif link.way is Way.EXTERNAL:
            message = f"{_shown(path)} is a link to another file: {target}"
            self.contents.found(rules.keras.EXTERNAL.found(message, place=path[:MAX_SHOWN]))
        else:
            message = f"{_shown(path)} is a user-defined link: {target}"
            self.contents.found(rules.keras.LINK.found(message, place=path[:MAX_SHOWN]))

    def _once(self, names: set[str], name: str, what: str, path: str) -> None:
        if name in names:
            message = f"two {what} are named {_shown(name)}"
            self.contents.found(rules.containers.DUPLICATE.found(message, place=path[:MAX_SHOWN]))
        names.add(name)


def _all_attributes(store: Store, found: Sequence[Message]) -> Iterator[Attribute]:
    """Those in the header, and those that it keeps in a heap."""
    for message in found:
        if message.kind == Kind.ATTRIBUTE:
            yield attributes.parsed(store, objects.resolved(store, message).data)
        elif message.kind == Kind.ATTRIBUTE_INFO:
            for data, shared in groups.dense(store, message):
                body = objects.pointed(store, Kind.ATTRIBUTE, data) if shared else data
                yield attributes.parsed(store, body)


def _shown(path: str) -> str:
    return printable(path[:MAX_SHOWN]) or "the root"
