"""Which fields a document itself calls inferred."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from aiverify.sbom.fields import FIELDS
from aiverify.sbom.reading import Located, items, member, text

_NAMESPACE = "aiverify:"
_ORIGIN = f"{_NAMESPACE}source:"
_MARK = "(inferred)"
_OTHER_MARKS = ("(stated)", "(given)")
_WORD = re.compile(r"\binferred\b", re.IGNORECASE)

_EVIDENCE = {"hash": "hashes"}
"""Where CycloneDX's word for a field of an identity is not the field's name."""

Told = tuple[str, bool]
"""A JSON pointer, and whether what stands there is said to be inferred."""


def inferences(root: Located, components: Iterable[Located]) -> Mapping[str, bool]:
    """What the document says was inferred, or was not, by JSON pointers.

    What any source states is not inferred, whatever was concluded from others.
    """
    told: dict[str, bool] = {}
    of_components = chain.from_iterable(map(_of_component, components))
    for place, inferred in chain(_cited(root), of_components):
        told[place] = told.get(place, True) and inferred
    return told


def is_inferred(told: Mapping[str, bool], place: str) -> bool:
    """Whether what stands at a place was inferred: by what is told of it, or of all around it."""
    while place and place not in told:
        place = place.rpartition("/")[0]
    return told.get(place, False)


def is_origin(name: str) -> bool:
    """Whether a property says where a field came from, and is no statement itself."""
    return name.startswith(_ORIGIN)


def _cited(root: Located) -> Iterator[Told]:
    """CycloneDX 1.7, `citations`."""
    for citation in items(root, "citations"):
        note = text(citation, "note")
        if _is_of_part(note):
            continue
        inferred = not note.endswith(_OTHER_MARKS) and bool(_WORD.search(note[-2000:]))
        for pointer in items(citation, "pointers"):
            if isinstance(pointer.value, str):
                yield pointer.value, inferred


def _is_of_part(note: str) -> bool:
    """Whether a note is about something that has no place of its own where it points to."""
    about, colon, _ = note[:200].partition(": ")
    return bool(colon) and (about in FIELDS or about.startswith(_NAMESPACE))


def _of_component(component: Located) -> Iterator[Told]:
    yield from _by_properties(component)
    identity = member(member(component, "evidence"), "identity")
    single = [identity] if isinstance(identity.value, Mapping) else []  # an object until 1.5
    for item in (*single, *items(member(component, "evidence"), "identity")):
        confidence, field = member(item, "confidence").value, text(item, "field")
        sure = isinstance(confidence, bool) or not isinstance(confidence, int | float)
        if field and not sure:
            yield f"{component.place}/{_EVIDENCE.get(field, field)}", confidence < 1  # type: ignore[operator]


def _by_properties(component: Located) -> Iterator[Told]:
    own = list(items(component, "properties"))
    told: dict[str, bool] = {}
    for item in own:
        if is_origin(name := text(item, "name")):
            field = name.removeprefix(_ORIGIN)
            told[field] = told.get(field, True) and text(item, "value").endswith(_MARK)
    for field, inferred in told.items():
        if field in FIELDS:
            yield f"{component.place}{FIELDS[field]}", inferred
    if told:
        for item in (*own, *items(member(component, "modelCard"), "properties")):
            field = text(item, "name").removeprefix(_NAMESPACE)
            if field in told:
                yield item.place, told[field]
