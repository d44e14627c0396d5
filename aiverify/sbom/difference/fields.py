"""What a component says of itself beyond its bytes, compared field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aiverify.core.jsonvalue import Json
from aiverify.sbom.difference.change import Change, Matters, Topic
from aiverify.sbom.difference.item import Item, Properties
from aiverify.sbom.difference.saying import listed
from aiverify.sbom.properties import ROOT_DIGEST
from aiverify.sbom.reading import Located, items, member, text

SOURCES = ("aiverify:source", "aiverify:inferred")
"""How the names of properties begin that say where a value came from: the value counts alone."""

LICENCE = "licence"

SIZE, STATE = "aiverify:size", "aiverify:state"

DEAR = frozenset({Topic.IDENTITY, Topic.BASE, Topic.DATASETS, Topic.WEIGHTS, Topic.ADAPTER})
"""Whose licence binds whoever uses the artifact."""


ELSEWHERE = frozenset(
    {"bom-ref", "components", "hashes", "name", "properties", "purl", "type", "version"}
)
"""Members of a component that no field is read from."""


class _Field(NamedTuple):
    """A field of a component: its words, its values in order, and how much a change matters."""

    words: str
    values: Callable[[Located], Sequence[str]]
    matters: Matters


class _Known(NamedTuple):
    """What a property is about, in words for people."""

    topic: Topic | None
    words: str
    matters: Matters


_PROPERTIES: Mapping[str, _Known] = {
    "aiverify:kind": _Known(Topic.IDENTITY, "kind", Matters.SECURITY),
    "aiverify:stated-name": _Known(Topic.IDENTITY, "stated name", Matters.NOTABLE),
    SIZE: _Known(Topic.IDENTITY, "size in bytes", Matters.MINOR),
    "aiverify:format": _Known(None, "format", Matters.NOTABLE),
    "aiverify:role": _Known(None, "role", Matters.NOTABLE),
    "aiverify:unread": _Known(None, "reason why nobody looked inside", Matters.NOTABLE),
    "aiverify:parameters": _Known(Topic.WEIGHTS, "number of parameters", Matters.NOTABLE),
    "aiverify:tensors": _Known(Topic.WEIGHTS, "number of tensors", Matters.NOTABLE),
    "aiverify:context-length": _Known(Topic.CARD, "context length", Matters.NOTABLE),
    "aiverify:vocabulary": _Known(Topic.TOKENIZER, "vocabulary size", Matters.NOTABLE),
    "aiverify:library": _Known(Topic.CARD, "library", Matters.NOTABLE),
    "aiverify:language": _Known(Topic.CARD, "languages", Matters.MINOR),
    "aiverify:adapter:type": _Known(Topic.ADAPTER, "adapter's type", Matters.NOTABLE),
    "aiverify:adapter:r": _Known(Topic.ADAPTER, "adapter's rank r", Matters.NOTABLE),
    "aiverify:adapter:alpha": _Known(Topic.ADAPTER, "adapter's alpha", Matters.NOTABLE),
    "aiverify:adapter:target": _Known(Topic.ADAPTER, "adapter's target modules", Matters.NOTABLE),
    "aiverify:metric-name": _Known(Topic.METRICS, "metrics' names", Matters.MINOR),
    "aiverify:producer": _Known(None, "program that wrote it", Matters.NOTABLE),
    "aiverify:class": _Known(None, "class that loads it", Matters.NOTABLE),
    "aiverify:warning": _Known(Topic.OTHER, "warnings", Matters.MINOR),
    ROOT_DIGEST: _Known(None, "root digest", Matters.SECURITY),
}

_FAMILIES: tuple[tuple[str, _Known], ...] = (
    ("aiverify:dtype:", _Known(Topic.WEIGHTS, "number of parameters in {}", Matters.NOTABLE)),
    ("aiverify:tensors:dtype:", _Known(Topic.WEIGHTS, "number of {} tensors", Matters.NOTABLE)),
    ("aiverify:tensors:", _Known(Topic.WEIGHTS, "tensors' {}", Matters.NOTABLE)),
    ("aiverify:quantization", _Known(Topic.WEIGHTS, "quantization{}", Matters.NOTABLE)),
    ("aiverify:adapter:", _Known(Topic.ADAPTER, "adapter's {}", Matters.NOTABLE)),
    ("aiverify:tokenizer:", _Known(Topic.TOKENIZER, "tokenizer's {}", Matters.NOTABLE)),
    ("aiverify:dataset:", _Known(Topic.DATASETS, "data's {}", Matters.NOTABLE)),
    ("aiverify:metric:", _Known(Topic.METRICS, "metric's {}", Matters.MINOR)),
    ("aiverify:environment:", _Known(Topic.CONSIDERATIONS, "environment's {}", Matters.MINOR)),
)
"""Properties whose names have a part that says which; the first that fits counts."""


def fields(old: Item, new: Item, *, known: frozenset[str] = frozenset()) -> Iterator[Change]:
    """Every field and property that differs. `known` are properties that are told elsewhere."""
    whole = new.topic is Topic.IDENTITY
    # Most components are the same in all of them, and documents list a hundred thousand.
    differing = _members(old.located) != _members(new.located)
    for name, values, matters in _fields(new.topic) if differing else ():
        before, after = (list(filter(None, values(side.located))) for side in (old, new))
        if _compared(name, before) != _compared(name, after):
            topic = _topic_of(name) if whole else new.topic
            yield listed(topic, name, before, after, matters, item=None if whole else new)
    yield from properties(old.properties, new.properties, None if whole else new, known=known)


def properties(
    old: Properties, new: Properties, item: Item | None, *, known: frozenset[str] = frozenset()
) -> Iterator[Change]:
    """Every property whose values differ, in whatever order they are given."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, ()), new.get(name, ())
        if before != after and name not in known and not name.startswith(SOURCES):
            about = _about(name)
            # What an adapter or a part within the artifact says is told of that.
            topic = item.topic if item else about.topic or Topic.IDENTITY
            yield listed(topic, about.words, before, after, about.matters, item=item)


def licences(component: Located) -> tuple[str, ...]:
    """The licences of a component, as it has them."""
    found: dict[str, None] = {}
    for choice in items(component, "licenses"):
        licence = member(choice, "license")
        for said in (text(choice, "expression"), text(licence, "id"), text(licence, "name")):
            if said:
                found[said] = None
    return tuple(sorted(found))


def _members(component: Located) -> Mapping[str, Json]:
    """The members of a component that fields are read from."""
    value = component.value
    members = value.items() if isinstance(value, Mapping) else ()
    return {key: member for key, member in members if key not in ELSEWHERE}


def _about(name: str) -> _Known:
    if name in _PROPERTIES:
        return _PROPERTIES[name]
    for family, known in _FAMILIES:
        if name.startswith(family):
            return known._replace(words=known.words.format(name[len(family) :].replace(":", " ")))
    words = f"property {name}" if name else "property without a name"
    return _Known(Topic.OTHER, words, Matters.MINOR)


def _topic_of(words: str) -> Topic:
    return Topic.IDENTITY if words in _IDENTITY else Topic.OTHER


def _fields(topic: Topic) -> tuple[_Field, ...]:
    """Every field with its weight, which for licences is for the topic to say."""
    matters = Matters.SECURITY if topic in DEAR else Matters.NOTABLE
    return (_Field(LICENCE, licences, matters), *_FIELDS)


def _text(key: str) -> Callable[[Located], Sequence[str]]:
    return lambda component: tuple(filter(None, [text(component, key)]))


def _texts(component: Located) -> Sequence[str]:
    tags = (item.value for item in items(component, "tags"))
    return tuple(sorted(tag for tag in tags if isinstance(tag, str)))


def _suppliers(component: Located) -> Sequence[str]:
    organizations = ("supplier", "manufacturer")
    named = [text(member(component, key), "name") for key in organizations]
    return tuple(sorted({*named, text(component, "publisher")} - {""}))


def _authors(component: Located) -> Sequence[str]:
    named = {text(author, "name") for author in items(component, "authors")}
    return tuple(sorted({*named, text(component, "author")} - {""}))


def _references(component: Located) -> Sequence[str]:
    found = items(component, "externalReferences")
    return tuple(sorted(f"{text(item, 'type')} {text(item, 'url')}".strip() for item in found))


def _data(*keys: str) -> Callable[[Located], Sequence[str]]:
    """Texts of a dataset, or of what a component says of its data."""
    return lambda component: tuple(
        sorted(said for data in _described(component) for said in _leaves(data, keys))
    )


def _described(component: Located) -> Iterator[Located]:
    yield component
    yield from items(component, "data")


def _leaves(data: Located, keys: Sequence[str]) -> Iterator[str]:
    """The text under a key, or the texts of the list that is there."""
    for key in keys:
        if text(data, key):
            yield text(data, key)
        yield from (item.value for item in items(data, key) if isinstance(item.value, str))


def _governed(component: Located) -> Sequence[str]:
    found: set[str] = set()
    for data in _described(component):
        for role in ("owners", "stewards", "custodians"):
            for who in items(member(data, "governance"), role):
                named = text(member(who, "organization"), "name")
                named = named or text(member(who, "contact"), "name")
                found.add(f"{role.removesuffix('s')} {named}".strip())
    return tuple(sorted(found))


def _compared(name: str, values: Sequence[str]) -> Sequence[str]:
    """Values as they are compared: a licence is the same one in any case."""
    return sorted(value.casefold() for value in values) if name == LICENCE else values


_FIELDS: tuple[_Field, ...] = (
    _Field("supplier", _suppliers, Matters.NOTABLE),
    _Field("author", _authors, Matters.NOTABLE),
    _Field("description", _text("description"), Matters.MINOR),
    _Field("copyright", _text("copyright"), Matters.MINOR),
    _Field("tags", _texts, Matters.MINOR),
    _Field("references", _references, Matters.MINOR),
    _Field("classification", _data("classification"), Matters.NOTABLE),
    _Field("sensitive data", _data("sensitiveData"), Matters.NOTABLE),
    _Field("governance", _governed, Matters.NOTABLE),
)

_IDENTITY = frozenset({LICENCE, "supplier", "author"})
