"""What the files of a dataset say of it: its contents, its keepers, and what is sensitive in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiverify.core.artifact import Artifact
from aiverify.core.card import is_address
from aiverify.core.describe import CARDS
from aiverify.core.description import Description
from aiverify.core.facts import FileFacts
from aiverify.core.fields import Fields
from aiverify.sbom.bom import Component, Dataset, Means, Origin, Property, Sort
from aiverify.sbom.composing import told
from aiverify.sbom.composing.refs import ref, short_version
from aiverify.sbom.licences import classify_all
from aiverify.sbom.properties import ROOT_DIGEST

MAX_ITEMS = 200
"""Features or splits that are listed."""

MAX_PROSE = 4000

SENSITIVE = (
    "personal and sensitive information",
    "sensitive information",
    "personal information",
)
"""Headings of a dataset's card whose prose is about people."""

KEEPERS = {"curated by": "stewards", "shared by": "custodians", "owner": "owners"}
"""Lines of a dataset's card and the part that CycloneDX's governance has for them."""

LISTS = {
    "task_categories": "task",
    "size_categories": "size-category",
    "annotations_creators": "annotations",
    "source_datasets": "source-dataset",
}
"""Members of the card's front matter, and our words."""


def described(root: Component, description: Description, files: Sequence[FileFacts]) -> Component:
    """The artifact with what is said of it as a dataset."""
    data, properties, origins = dataset(description, files)
    return replace(
        root,
        description=root.description or data.description,
        data=data,
        properties=root.properties + properties,
        origins=root.origins + origins,
    )


def at_hand(artifact: Artifact, description: Description, files: Sequence[FileFacts]) -> Component:
    """A dataset that a model was trained on: its root digest pins it, its card speaks for it."""
    data, properties, origins = dataset(description, files)
    root = str(artifact.manifest.root)
    return Component(
        ref=f"{ref('dataset', artifact.name)}#{root}",
        sort=Sort.DATA,
        name=artifact.name,
        version=short_version(artifact.version),
        licences=classify_all(licence.value for licence in description.licences),
        data=data,
        properties=(Property(ROOT_DIGEST, root), *properties),
        origins=(
            Origin("name", "--dataset", Means.GIVEN),
            *told.origins("licence", description.licences),
            *origins,
        ),
    )


def dataset(
    description: Description, files: Sequence[FileFacts]
) -> tuple[Dataset, tuple[Property, ...], tuple[Origin, ...]]:
    """The dataset, its properties, and where both stand. Its card counts before other files."""
    found = _Found()
    for item in files:
        values = Fields(item.facts.values, f"{item.name}#", [])
        if item.facts.format == "modelcard" and item.name.lower() in CARDS:
            _card(values, found)
    for section in SENSITIVE:
        if section in description.sections:
            stated = description.sections[section]
            found.say("sensitive", stated.value[:MAX_PROSE], stated.source)
    for item in files:
        values = Fields(item.facts.values, f"{item.name}#/", [])
        if item.facts.format == "croissant" and "/" not in item.name:
            _croissant(values, found)
        elif item.facts.format == "dataset_info":
            _info(values, found)
        _table(item, values, found)
    return found.dataset(), tuple(found.properties), tuple(dict.fromkeys(found.origins))


class _Found:
    """What was found so far."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, None]] = {}
        self.properties: list[Property] = []
        self.origins: list[Origin] = []

    def say(self, field: str, text: str, source: str) -> None:
        """A statement for one of the dataset's own fields."""
        if text:
            self._texts.setdefault(field, {})[text] = None
            self.origins.append(Origin("data", source))

    def note(self, word: str, value: str, source: str, means: Means = Means.STATED) -> None:
        """A statement that no field holds."""
        name = f"aiverify:dataset:{word}"
        if value and Property(name, value) not in self.properties:
            self.properties.append(Property(name, value))
            self.origins.append(Origin(name, source, means))

    def dataset(self) -> Dataset:
        """All of it."""
        first = {field: next(iter(texts)) for field, texts in self._texts.items()}
        every = {field: tuple(texts) for field, texts in self._texts.items()}
        return Dataset(
            description=first.get("description", ""),
            classification=first.get("classification", ""),
            sensitive=every.get("sensitive", ()),
            owners=every.get("owners", ()),
            stewards=every.get("stewards", ()),
            custodians=every.get("custodians", ()),
            url=first.get("url", ""),
        )


def _card(card: Fields, found: _Found) -> None:
    bullets = card.inner("bullets")
    for line, part in KEEPERS.items():
        found.say(part, bullets.text(line), bullets.source(line))
    front_matter = Fields(card.inner("front_matter").members, card.where, [])
    for key, word in LISTS.items():
        for text in front_matter.texts(key)[:MAX_ITEMS]:
            found.note(word, text, front_matter.source(key))
    for info in _infos(front_matter):
        _info(info, found)


def _infos(front_matter: Fields) -> Iterator[Fields]:
    """`dataset_info` of the front matter: an object, or one for each configuration."""
    value = front_matter.members.get("dataset_info")
    if isinstance(value, list):
        yield from front_matter.each("dataset_info")
    elif value is not None:
        yield front_matter.inner("dataset_info")


def _info(info: Fields, found: _Found) -> None:
    """The features and splits that the `datasets` library writes down."""
    found.say("description", info.text("description")[:MAX_PROSE], info.source("description"))
    for name in _named(info, "features"):
        found.note("feature", name, info.source("features"))
    for name, split in _splits(info):
        examples = split.integer("num_examples")
        said = name if examples is None else f"{name}: {examples} examples"
        found.note("split", said, info.source("splits"))


def _table(item: FileFacts, values: Fields, found: _Found) -> None:
    """The rows and columns of a table that says so itself, such as Parquet."""
    rows = values.integer("rows")
    if rows is not None:
        found.note("examples", f"{rows} in {item.name}", item.name, Means.INFERRED)
    for column in values.texts("columns")[:MAX_ITEMS]:
        found.note("feature", column, item.name, Means.INFERRED)


def _named(info: Fields, key: str) -> list[str]:
    value = info.members.get(key)
    if isinstance(value, dict):
        return [name for name in value if isinstance(name, str)][:MAX_ITEMS]
    return [item.text("name") for item in info.each(key)][:MAX_ITEMS]


def _splits(info: Fields) -> Iterator[tuple[str, Fields]]:
    if isinstance(info.members.get("splits"), dict):
        splits = info.inner("splits")
        for name in list(splits.members)[:MAX_ITEMS]:
            yield name, splits.inner(name)
    else:
        for split in list(info.each("splits"))[:MAX_ITEMS]:
            yield split.text("name"), split


def _croissant(values: Fields, found: _Found) -> None:
    """What a Croissant file says (MLCommons Croissant 1.0, and its vocabulary for RAI)."""
    found.say("description", values.text("description")[:MAX_PROSE], values.source("description"))
    for creator in values.texts("creators"):
        found.say("owners", creator, values.source("creator"))
    for publisher in values.texts("publishers"):
        found.say("custodians", publisher, values.source("publisher"))
    for text in values.texts("sensitive"):
        found.say("sensitive", text, values.source("rai:personalSensitiveInformation"))
    for name in values.texts("features")[:MAX_ITEMS]:
        found.note("feature", name, values.source("recordSet"))
    url = values.text("url")
    if is_address(url):
        found.say("url", url, values.source("url"))
