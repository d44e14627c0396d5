"""Croissant: a data set described in JSON-LD (MLCommons, 1.0 and 1.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiverify.core.fields import Fields
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.formats.cutting import cut
from aiverify.formats.dataset_json import DatasetDocument
from aiverify.formats.interface import Probe

MARK = b"mlcommons.org/croissant"

TEXTS = {
    "name": "name",
    "description": "description",
    "url": "url",
    "version": "version",
    "datePublished": "date_published",
}
"""Members of schema.org that are one text, and how they are stated."""

LISTS = {
    "license": "licences",
    "creator": "creators",
    "publisher": "publishers",
    "rai:personalSensitiveInformation": "sensitive",
}
"""Members that may be several."""

PREFIXES = ("", "sc:", "schema:", "cr:")
"""What may stand before a member's name, by the context that the document gives."""

TEXT_KEYS = ("@value", "name", "@id", "url")
"""Members of an object that say which one it is, the plainest first."""

MAX_ITEMS = 1000
MAX_TEXT = 20_000
"""Characters of one text that are stated."""


class Croissant(DatasetDocument):
    """A data set in Croissant.

    States `name`, `description`, `url`, `version` and `date_published`, as lists `licences`,
    `creators`, `publishers` and `sensitive` (what is said of personal information), `features`
    (the names of all fields) and `files` (how many are listed), as far as they are there.
    """

    name = "croissant"

    def recognises(self, probe: Probe) -> bool:
        """By the vocabulary that its context names, in a file that is JSON by its name."""
        return probe.base.endswith((".json", ".jsonld")) and MARK in probe.head

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """What there is of each."""
        values: dict[str, Json] = {}
        for key, name in TEXTS.items():
            if texts := _texts(fields, key):
                values[name] = texts[0]
        for key, name in LISTS.items():
            if texts := _texts(fields, key):
                values[name] = texts
        if features := list(dict.fromkeys(_features(fields))):
            values["features"] = _bounded(fields, "recordSet", features)
        values["files"] = files = len(_items(_member(fields, "distribution")[1]))
        return f"data set {values.get('name', '')}, {counted(files, 'file')}", values


def _member(fields: Fields, key: str) -> tuple[str, Json]:
    """A member as it is called, and its value: with the prefix of its vocabulary or without."""
    names = (prefix + key for prefix in PREFIXES)
    found = next((name for name in names if fields.members.get(name) is not None), key)
    return found, fields.members.get(found)


def _items(value: Json) -> Sequence[Json]:
    """What a member holds: one thing, or a list of them, or nothing."""
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


def _texts(fields: Fields, key: str) -> list[Json]:
    """The texts of a member: each a text itself, or an object that has one."""
    name, value = _member(fields, key)
    items = _items(value)
    texts: list[Json] = [text for item in items if (text := _text(item))]
    if len(texts) < len(items):
        fields.warn(name, "holds what is no text and has no name, and that is left out")
    return _bounded(fields, name, texts)


def _bounded(fields: Fields, name: str, texts: list[Json]) -> list[Json]:
    if len(texts) > MAX_ITEMS:
        fields.warn(name, f"has more than {MAX_ITEMS} items, and the rest is left out")
    return texts[:MAX_ITEMS]


def _text(item: Json) -> str:
    if isinstance(item, Mapping):
        plain = (_text(item[key]) for key in TEXT_KEYS if _is_plain(item.get(key)))
        return next(filter(None, plain), "")
    return cut(str(item), MAX_TEXT) if _is_plain(item) else ""


def _is_plain(value: Json) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _features(fields: Fields) -> Iterator[Json]:
    for record_set in _items(_member(fields, "recordSet")[1]):
        if isinstance(record_set, Mapping):
            for item in _items(_member(Fields(record_set, ""), "field")[1]):
                if name := _text(item):
                    yield name
