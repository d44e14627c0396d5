"""A CycloneDX document as elements look at it: read once, whatever stands in it.

Nothing here raises, and all of it takes time in proportion to the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from aiverify.core.jsonvalue import Json
from aiverify.sbom.reading import Located, components, items, member, text
from aiverify.sbom.scoring.inference import inferences, is_inferred, is_origin
from aiverify.sbom.scoring.words import quoted, words_of

MODEL = "machine-learning-model"
FILE = "file"

PARAMETERS = "modelCard/modelParameters"
"""Where a model card says what the model is."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is asked for fields: a component, a dataset, or the document itself.

    `sides` are the objects whose fields are its own: a dataset's are its component and the
    entry of `data` in it. It has none where all that is known is a reference that leads nowhere.
    """

    ref: str
    sides: tuple[Located, ...]

    @property
    def place(self) -> str:
        """The JSON pointer to it."""
        return self.sides[0].place if self.sides else ""

    @property
    def kind(self) -> str:
        """CycloneDX's type of component."""
        return text(self.sides[0], "type") if self.sides else ""

    @property
    def called(self) -> str:
        """A name for sentences."""
        names = (text(side, "name") for side in self.sides)
        return quoted(next(filter(None, names), self.ref) or "one without a name")

    def at(self, path: str) -> Iterator[Located]:
        """What stands at a path of each side: `supplier/name`, or `authors[]/name`."""
        return (found for side in self.sides for found in below(side, path))

    def labelled(self, *phrases: str) -> Iterator[Located]:
        """Values of properties whose names have one of the phrases as words of their own."""
        wanted = tuple(f" {phrase} " for phrase in phrases)
        for path in ("properties[]", "modelCard/properties[]", "contents/properties[]"):
            for item in self.at(path):
                name = text(item, "name")
                words = "" if is_origin(name) else words_of(name)
                if any(phrase in words for phrase in wanted):
                    yield member(item, "value")


@dataclass(frozen=True, slots=True)
class Document:
    """What a document has, by kind.

    `components` are all that it lists, the one that it is about first; `models` and `datasets`
    are those among them, and those that only a pedigree or a model card names. `refs` leads
    from a `bom-ref` to what has it, `edges` to what that depends on.
    """

    whole: Thing
    subject: Thing
    components: tuple[Thing, ...]
    models: tuple[Thing, ...]
    datasets: tuple[Thing, ...]
    services: tuple[Thing, ...]
    refs: Mapping[str, Located]
    repeated: tuple[str, ...]
    edges: Mapping[str, tuple[str, ...]]
    inferred: Mapping[str, bool]

    @property
    def root(self) -> Located:
        """The document itself."""
        return self.whole.sides[0]

    def infers(self, place: str) -> bool:
        """Whether the document says that what stands there was inferred."""
        return bool(self.inferred) and is_inferred(self.inferred, place)

    def files_of(self, thing: Thing) -> list[Located]:
        """The files that something consists of: those nested in it, and those it depends on."""
        nested = list(thing.at("components[]"))
        first = self.refs.get(thing.ref)  # of several with one ref, only one has its edges
        edges = self.edges.get(thing.ref, ()) if first and first.place == thing.place else ()
        needed = [self.refs[ref] for ref in edges if ref in self.refs]
        found = {item.place: item for item in (*nested, *needed) if text(item, "type") == FILE}
        return list(found.values())


def read(document: Mapping[str, Json]) -> Document:
    """Look at a document once."""
    root = Located(document, "")
    metadata = member(root, "metadata")
    subject = member(metadata, "component")
    listed = [item for item in (*components(subject), *components(root)) if _is_object(item)]
    own = [subject, *listed] if _is_object(subject) else listed
    past = list(_ancestors(own))
    services = list(_services(root))
    named = [*own, *past, *services, *(data for item in own for data in items(item, "data"))]
    refs, repeated = _by_ref(named)
    return Document(
        whole=Thing("", (root, metadata)),
        subject=_thing(subject),
        components=tuple(map(_thing, own)),
        models=tuple(map(_thing, _models(own, past))),
        datasets=_datasets([*own, *past], refs),
        services=tuple(map(_thing, services)),
        refs=refs,
        repeated=repeated,
        edges=_edges(root),
        inferred=inferences(root, (*own, *past)),
    )


def below(parent: Located, path: str) -> list[Located]:
    """What stands at a path: names joined by `/`, with `[]` after the name of an array."""
    steps = _steps(path)
    if isinstance(parent.value, dict) and steps[0][0] not in parent.value:
        return []  # as for most paths that are asked for, of which there may be millions
    found = [parent]
    for name, many in steps:
        if not found:
            break
        found = [
            each
            for one in found
            for each in (items(one, name) if many else (member(one, name),))
            if each.value is not None
        ]
    return found


@cache
def _steps(path: str) -> tuple[tuple[str, bool], ...]:
    return tuple((part.removesuffix("[]"), part.endswith("[]")) for part in path.split("/"))


def _thing(item: Located) -> Thing:
    return Thing(text(item, "bom-ref"), (item,) if _is_object(item) else ())


def _is_object(item: Located) -> bool:
    return isinstance(item.value, Mapping)


def _ancestors(own: Iterable[Located]) -> Iterator[Located]:
    """Every ancestor that a pedigree names, however far back."""
    pending = list(own)
    while pending:
        found = below(pending.pop(), "pedigree/ancestors[]")
        found = [item for item in found if _is_object(item)]
        pending += found
        yield from found


def _services(root: Located) -> Iterator[Located]:
    pending = list(items(root, "services"))
    for service in pending:  # grows while it is walked
        if _is_object(service):
            yield service
            pending += items(service, "services")


def _by_ref(named: Iterable[Located]) -> tuple[dict[str, Located], tuple[str, ...]]:
    """What has each `bom-ref`, the first that has it; and those that several have."""
    refs: dict[str, Located] = {}
    counts: Counter[str] = Counter()
    for item in named:
        if ref := text(item, "bom-ref"):
            refs.setdefault(ref, item)
            counts[ref] += 1
    return refs, tuple(ref for ref, count in counts.items() if count > 1)


def _edges(root: Located) -> dict[str, tuple[str, ...]]:
    """What each reference depends on or provides."""
    edges: dict[str, list[str]] = {}
    for entry in items(root, "dependencies"):
        found = [*items(entry, "dependsOn"), *items(entry, "provides")]
        edges.setdefault(text(entry, "ref"), []).extend(
            item.value for item in found if isinstance(item.value, str)
        )
    return {ref: tuple(needs) for ref, needs in edges.items()}


def _models(own: Iterable[Located], past: Iterable[Located]) -> list[Located]:
    """Models among components, and those that only a pedigree names."""
    found = [item for item in own if _is_model(item)]
    known = {key for item in found for key in _identities(item)}
    for item in filter(_is_model, past):
        keys = _identities(item)
        if known.isdisjoint(keys):
            found.append(item)
        known.update(keys)
    return found


def _is_model(item: Located) -> bool:
    return text(item, "type") == MODEL or _is_object(member(item, "modelCard"))


def _identities(item: Located) -> set[tuple[str, str]]:
    """By what two mentions of one model are known to be that."""
    name, version = text(item, "name"), text(item, "version")
    keys = {("ref", text(item, "bom-ref")), ("purl", text(item, "purl")), ("name", name)}
    if version:
        keys = keys - {("name", name)} | {("name", f"{name}@{version}")}
    return {key for key in keys if key[1]}


def _datasets(own: Iterable[Located], refs: Mapping[str, Located]) -> tuple[Thing, ...]:
    """Components of data, entries of data in others, and what model cards name."""
    own = list(own)
    found: dict[str, Thing] = {}
    for item in own:
        found.update((thing.place, thing) for thing in _data_in(item))
    places = {side.place: thing for thing in found.values() for side in thing.sides}
    for card in (below(item, PARAMETERS) for item in own):
        for named in (each for one in card for each in items(one, "datasets")):
            thing = _named(named, refs)
            key = thing.place or f"ref:{thing.ref}"
            if thing.place not in places:
                found.setdefault(key, thing)
    return tuple(found.values())


def _data_in(item: Located) -> Iterator[Thing]:
    entries = [entry for entry in items(item, "data") if _is_object(entry)]
    sets = [entry for entry in entries if text(entry, "type") in ("dataset", "")]
    if text(item, "type") == "data":
        if sets or not entries:
            yield Thing(text(item, "bom-ref"), (item, *sets))
    else:
        yield from (Thing(text(entry, "bom-ref"), (entry,)) for entry in sets)


def _named(named: Located, refs: Mapping[str, Located]) -> Thing:
    """A dataset that a model card names: by a reference, or there and then."""
    ref = text(named, "ref")
    if not ref:
        return Thing(text(named, "bom-ref"), (named,) if _is_object(named) else ())
    target = refs.get(ref)
    return Thing(ref, (target,) if target else ())
