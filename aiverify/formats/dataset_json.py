"""What the datasets library keeps beside the rows of a data set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from aiverify.core.facts import Facts, Role
from aiverify.core.fields import INTEGER, Fields, Shape
from aiverify.core.jsonvalue import Json
from aiverify.core.words import counted
from aiverify.errors import MalformedError
from aiverify.formats.configuration import Configuration
from aiverify.formats.cutting import cut
from aiverify.formats.interface import Probe, Source
from aiverify.formats.json_file import JsonFile

TEXTS = ("description", "citation", "homepage", "license")

COUNTS: Mapping[str, Shape] = {"num_examples": INTEGER, "num_bytes": INTEGER}

MARKS = ("features", "splits", "builder_name")
"""Members by which a document describes one configuration, and does not hold several."""

MAX_ITEMS = 1000
"""Configurations, features or splits that are stated."""

MAX_TEXT = 20_000
"""Characters of a description or citation that are stated."""


class DatasetDocument(Configuration):
    """A description of a data set.

    Who loads the data obeys it as little as any other JSON, and a file of the same name may be
    something else: one that is no strict JSON object is read as JSON alone.
    """

    role = Role.DATASET

    def read(self, probe: Probe, source: Source) -> Facts:
        """The facts, or those of any JSON document."""
        try:
            return super().read(probe, source)
        except MalformedError:
            return JsonFile().read(probe, source)


class DatasetInfo(DatasetDocument):
    """`dataset_info.json`, and `dataset_infos.json` with one for each configuration.

    States of all configurations together `description`, `citation`, `homepage` and `license`
    (the first of each that is not empty), `features` (their types by name) and `splits`
    (`num_examples` and `num_bytes` by name). Where there are several configurations, a split's
    name begins with that of its own.
    """

    name = "dataset_info"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base in ("dataset_info.json", "dataset_infos.json")

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """Each configuration's statements."""
        infos = list(_infos(fields))
        values: dict[str, Json] = {}
        features: dict[str, Json] = {}
        splits: dict[str, Json] = {}
        for name, info in infos[:MAX_ITEMS]:
            for key in TEXTS:
                if text := info.text(key):
                    values.setdefault(key, cut(text, MAX_TEXT))
            for feature, kind in _features(info):
                features.setdefault(feature, kind)
            for split, counts in _splits(info, MAX_ITEMS + 1 - len(splits)):
                splits[f"{name}/{split}" if len(infos) > 1 else split] = counts
        if len(infos) > MAX_ITEMS:
            fields.warn("", f"has more than {MAX_ITEMS} configurations; the rest is left out")
        values["features"] = _bounded(fields, "features", features)
        values["splits"] = _bounded(fields, "splits", splits)
        return f"data set of {counted(len(infos), 'configuration')}", values


def _infos(fields: Fields) -> Iterator[tuple[str, Fields]]:
    """Configurations by name: the document is one, or holds them."""
    if any(key in fields.members for key in MARKS):
        yield "", fields
        return
    infos = {name: value for name, value in fields.members.items() if isinstance(value, Mapping)}
    if len(infos) < len(fields.members):
        fields.warn("", "has members that describe no configuration, and those are left out")
    for name in infos:
        yield name, fields.inner(name)


def _features(info: Fields) -> Iterator[tuple[str, str]]:
    """Names and types: an object by their names, or a list of objects that have one."""
    value = info.members.get("features")
    if isinstance(value, list):
        for item in info.each("features"):
            yield item.text("name"), _kind(item.members)
        return
    for name, feature in info.inner("features").members.items():
        yield name, _kind(feature)


def _kind(feature: Json) -> str:
    """The type of a feature: that of its numbers or texts where it says so."""
    if isinstance(feature, list):
        # The library writes a sequence as a list with the one feature that repeats.
        return "Sequence"
    members = feature if isinstance(feature, Mapping) else {}
    kinds = (members.get("dtype"), members.get("_type"))
    return next((kind for kind in kinds if isinstance(kind, str)), "")


def _splits(info: Fields, most: int) -> Iterator[tuple[str, Json]]:
    splits = info.inner("splits")
    for name in islice(splits.members, most):
        yield name, splits.inner(name).pick(COUNTS)


def _bounded(fields: Fields, key: str, items: Mapping[str, Json]) -> dict[str, Json]:
    if len(items) > MAX_ITEMS:
        fields.warn(key, f"are more than {MAX_ITEMS}, and the rest is left out")
    return dict(list(items.items())[:MAX_ITEMS])


class DatasetDict(DatasetDocument):
    """`dataset_dict.json`, beside a folder for each split. States `splits`: their names."""

    name = "dataset_dict"

    def recognises(self, probe: Probe) -> bool:
        """By name."""
        return probe.base == "dataset_dict.json"

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """The names."""
        splits = dict.fromkeys(fields.texts("splits"))
        return counted(len(splits), "split"), {"splits": list(_bounded(fields, "splits", splits))}


class DatasetState(DatasetDocument):
    """`state.json` beside the rows of one split. States `split`, and how many `files` it is in."""

    name = "dataset_state"

    def recognises(self, probe: Probe) -> bool:
        """By name, and a member that the library always writes."""
        return probe.base == "state.json" and b'"_data_files"' in probe.head

    def state(self, fields: Fields) -> tuple[str, dict[str, Json]]:
        """What is there of it."""
        values: dict[str, Json] = {}
        if split := fields.text("_split"):
            values["split"] = split
        values["files"] = files = len(list(fields.each("_data_files")))
        return f"a split in {counted(files, 'file')}", values
